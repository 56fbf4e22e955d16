"""FEEDBACK: a number from one to five, then a line that is optional and private."""

from __future__ import annotations

from bot.core.conversation.checkins import folded
from bot.core.conversation.questions import open_question
from bot.core.conversation.turn import Turn
from bot.core.model import Ask, CloseQuestion, Decision, KeepBody, Question, RaiseFlag

NO = frozenset({"no", "nope", "nah", "n", "no thanks", "no thank you", "nothing", "none", "skip"})
SCORES = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}


def feedback(turn: Turn) -> Decision:
    """FEEDBACK asks for a number; FEEDBACK 4 gives it at once, FEEDBACK and a line the line."""
    rest = turn.reading.rest
    if rest:
        return _scored(turn, rest) or _kept(turn)
    return turn.answer("feedback", "feedback", Ask(Question("feedback", turn.now)))


def score(turn: Turn, question: Question) -> Decision | None:
    """One to five, or no answer."""
    if folded(turn.words) in NO:
        return turn.answer("feedback: none", "feedback_thanks", CloseQuestion())
    return _scored(turn, turn.words)


def no_line(turn: Turn, question: Question) -> Decision | None:
    """Nothing to add."""
    if folded(turn.words) not in NO:
        return None
    return turn.answer("feedback: no line", "feedback_thanks", CloseQuestion())


def line(turn: Turn) -> Decision | None:
    """The optional line: kept sealed for the people who run this, for a few days."""
    question = open_question(turn)
    if question is None or question.id != "feedback_line" or turn.heard.empty:
        return None
    return _kept(turn)


def _kept(turn: Turn) -> Decision:
    changes = (KeepBody("feedback"), RaiseFlag("feedback", "line"), CloseQuestion())
    return turn.answer("feedback: line", "feedback_thanks", *changes)


def _scored(turn: Turn, words: str) -> Decision | None:
    said = folded(words)
    number = SCORES.get(said, int(said) if said in set("12345") else 0)
    if not number:
        return None
    question = Question("feedback_line", turn.now)
    flag = RaiseFlag("feedback", f"score {number}")
    return turn.answer("feedback: score", "feedback_line", flag, Ask(question))
