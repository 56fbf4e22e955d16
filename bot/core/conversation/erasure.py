"""DELETE: asked once, then everything about the person goes."""

from __future__ import annotations

from bot.core.conversation import questions
from bot.core.conversation.turn import Turn
from bot.core.model import Ask, Decision, Erase, Question


def delete(turn: Turn) -> Decision | None:
    """DELETE asks what is meant; DELETE again, while that question is open, erases."""
    if turn.reading.keyword != "delete":
        return None
    asked = questions.open_question(turn)
    if asked is not None and asked.id == "delete_ask":
        return turn.answer("delete: done", "delete_done", Erase())
    return turn.answer("delete: asked", "delete_ask", Ask(Question("delete_ask", turn.now)))
