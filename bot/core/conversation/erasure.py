"""DELETE: asked once, then everything about the person goes."""

from __future__ import annotations

from bot.core.conversation import questions
from bot.core.conversation.turn import Turn
from bot.core.model import Decision, Erase


def delete(turn: Turn) -> Decision | None:
    """DELETE asks what is meant; DELETE again, while that question is open, erases.

    Until the question is answered nothing is pushed: whoever wants their data gone may well have
    had enough of the texts.
    """
    if turn.reading.keyword != "delete":
        return None
    asked = questions.open_question(turn)
    if asked is not None and asked.id == "delete_ask":
        return turn.answer("delete: done", "delete_done", Erase())
    return turn.answer("delete: asked", "delete_ask", *questions.holding(turn, "delete_ask"))
