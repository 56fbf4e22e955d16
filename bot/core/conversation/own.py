"""Answers to the questions that the bot asks on its own account.

Any other text lets such a question go, so that a DELETE next week is asked about again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.core.conversation import keywords, programmes, settings
from bot.core.conversation.checkins import folded
from bot.core.conversation.questions import OWN_LAST, open_question
from bot.core.conversation.turn import Turn
from bot.core.model import (
    Ask,
    Change,
    CloseQuestion,
    Decision,
    Hold,
    KeepBody,
    OptOut,
    Question,
    RaiseFlag,
    Release,
)

NO = frozenset({"no", "nope", "nah", "n", "no thanks", "no thank you", "nothing", "none", "skip"})
KEEP = NO | {
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
SCORES = {word: n for n, word in enumerate(["one", "two", "three", "four", "five"], start=1)}
ORDER = {"1": 0, "first": 0, "the first": 0, "2": 1, "second": 1, "the second": 1}


def answered(turn: Turn) -> Decision | None:
    """What the text answers to the bot's own question, if one is open and it answers it."""
    question = open_question(turn)
    answer = ANSWERS.get(question.id) if question is not None else None
    if answer is None or question is None or turn.heard.empty:
        return None
    return answer(turn, question)


def said_freely(turn: Turn) -> Decision | None:
    """The optional line of feedback: kept sealed for the people who run this, for a few days."""
    question = open_question(turn)
    if question is None or question.id != "feedback_line" or turn.heard.empty:
        return None
    changes = (KeepBody("feedback"), RaiseFlag("feedback", "line"), CloseQuestion())
    return turn.answer("feedback: line", "feedback_thanks", *changes)


def let_go(turn: Turn, decision: Decision) -> Decision:
    """Close a question of the bot's own that this text did not take up, but for ask_stop."""
    question = open_question(turn)
    kept = {Ask, CloseQuestion}
    if question is None or question.id not in OWN_LAST or question.id == "ask_stop":
        return decision
    if not decision.replies or any(type(change) in kept for change in decision.changes):
        return decision
    return replace(decision, changes=(CloseQuestion(), *decision.changes))


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
        return turn.answer("unclear stop: texts", "stop", OptOut("sentence"), CloseQuestion())
    return None


def hold_before(question: Question, now: datetime) -> Change:
    """The hold as it was before the question: one for danger goes on."""
    before = datetime.fromisoformat(question.about) if question.about else now
    return Hold(before) if before > now else Release()


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


def _score(turn: Turn, question: Question) -> Decision | None:
    """One to five, or nothing."""
    if folded(turn.words) in NO:
        return turn.answer("feedback: none", "feedback_thanks", CloseQuestion())
    return score(turn, turn.words)


def score(turn: Turn, words: str) -> Decision | None:
    """The number in the words, and the invitation to add a line."""
    said = folded(words)
    number = SCORES.get(said, int(said) if said in set("12345") else 0)
    if not number:
        return None
    question = Question("feedback_line", turn.now)
    flag = RaiseFlag("feedback", f"score {number}")
    return turn.answer("feedback: score", "feedback_line", flag, Ask(question))


def _line(turn: Turn, question: Question) -> Decision | None:
    if folded(turn.words) not in NO:
        return None
    return turn.answer("feedback: no line", "feedback_thanks", CloseQuestion())


def _delete(turn: Turn, question: Question) -> Decision | None:
    if turn.reading.keyword is not None:
        return None
    return turn.answer("delete: kept", "delete_kept", CloseQuestion())


def _time(turn: Turn, question: Question) -> Decision | None:
    return settings.time_of(turn, turn.words, CloseQuestion())


def _zip(turn: Turn, question: Question) -> Decision | None:
    return settings.zip_of(turn, turn.words, CloseQuestion())


ANSWERS: dict[str, Callable[[Turn, Question], Decision | None]] = {
    "ask_stop": _stop_or_keep,
    "start": _choice,
    "did_you_mean": _choice,
    "feedback": _score,
    "feedback_line": _line,
    "delete_ask": _delete,
    "time_ask": _time,
    "zip_ask": _zip,
}
