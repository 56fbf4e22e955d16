"""Answers to the questions that the bot asks on its own account.

Any other text lets such a question go, so that a DELETE next week is asked about again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.core.conversation import feedback, keywords, programmes, settings
from bot.core.conversation.checkins import folded
from bot.core.conversation.questions import OWN_LAST, hold_before, open_question
from bot.core.conversation.turn import Turn
from bot.core.model import (
    Ask,
    Change,
    CloseQuestion,
    Decision,
    OptOut,
    Question,
)

KEEP = feedback.NO | {
    "neither",
    "keep",
    "keep them",
    "keep going",
    "keep it",
    "never mind",
    "nevermind",
    "2",
}
TEXTS = frozenset({
    "text", "texts", "texting", "message", "messages", "msg", "msgs", "reminders",
})  # fmt: skip
USING = frozenset({
    "using", "use", "drug", "drugs", "dope", "pills", "opioids", "heroin", "fentanyl", "oxy",
    "percs", "meth", "drinking",
})  # fmt: skip
TURNED_ROUND = frozenset({
    "no", "not", "dont", "keep", "isnt", "want", "like", "love",
})  # fmt: skip
ORDER = {"1": 0, "first": 0, "the first": 0, "2": 1, "second": 1, "the second": 1}


def answered(turn: Turn) -> Decision | None:
    """What the text answers to the bot's own question, if one is open and it answers it."""
    question = open_question(turn)
    answer = ANSWERS.get(question.id) if question is not None else None
    if answer is None or question is None or turn.heard.empty:
        return None
    return answer(turn, question)


def let_go(turn: Turn, decision: Decision) -> Decision:
    """Close a question of the bot's own that this text did not take up; ask_stop waits on."""
    question = open_question(turn)
    kept = {Ask, CloseQuestion}
    if question is None or question.id not in OWN_LAST:
        return decision
    if question.id == "ask_stop":
        return _settled(turn, question, decision)
    if not decision.replies or any(type(change) in kept for change in decision.changes):
        return decision
    undo: tuple[Change, ...] = (CloseQuestion(),)
    if question.id == "delete_ask":
        undo += (hold_before(question, turn.now),)
    return replace(decision, changes=(*undo, *decision.changes))


def _settled(turn: Turn, question: Question, decision: Decision) -> Decision:
    """An opt-out answers ask_stop: what it held is free again, should they come back."""
    if not any(isinstance(change, OptOut) for change in decision.changes):
        return decision
    undo = (hold_before(question, turn.now), CloseQuestion())
    return replace(decision, changes=(*undo, *decision.changes))


def _stop_or_keep(turn: Turn, question: Question) -> Decision | None:
    """Stop the texts, or stop using?"""
    said = folded(turn.words)
    words = set(said.split())
    undo = (CloseQuestion(), hold_before(question, turn.now))
    if turn.reading.keyword is not None:
        decision = keywords.dispatch(turn)
        return decision and replace(decision, changes=(*undo, *decision.changes))
    about_texts, about_using = words & TEXTS, words & USING
    if said in KEEP or (about_using and not about_texts) or (about_texts and words & TURNED_ROUND):
        return turn.answer("unclear stop: keep", "ask_stop_keep", *undo)
    if said in ("1", "first", "both") or about_texts:
        return turn.answer("unclear stop: texts", "stop", OptOut("sentence"))
    return None


def _choice(turn: Turn, question: Question) -> Decision | None:
    """One of two keywords, by its place; the word itself is read as a keyword."""
    offered = question.about.split()
    said = folded(turn.words).removesuffix(" one")
    if question.id == "start" and said in ("both", "all"):
        return programmes.join(turn, tuple(offered))
    if said not in ORDER or len(offered) <= ORDER[said]:
        return None
    decision = keywords.dispatch(turn.reading_as(offered[ORDER[said]]))
    return decision and replace(decision, changes=(CloseQuestion(), *decision.changes))


def _delete(turn: Turn, question: Question) -> Decision | None:
    if turn.reading.keyword is not None:
        return None
    undo = (CloseQuestion(), hold_before(question, turn.now))
    return turn.answer("delete: kept", "delete_kept", *undo)


def _time(turn: Turn, question: Question) -> Decision | None:
    return settings.time_of(turn, turn.words, CloseQuestion())


def _zip(turn: Turn, question: Question) -> Decision | None:
    return settings.zip_of(turn, turn.words, CloseQuestion())


ANSWERS: dict[str, Callable[[Turn, Question], Decision | None]] = {
    "ask_stop": _stop_or_keep,
    "start": _choice,
    "did_you_mean": _choice,
    "feedback": feedback.score,
    "feedback_line": feedback.no_line,
    "delete_ask": _delete,
    "time_ask": _time,
    "zip_ask": _zip,
}
