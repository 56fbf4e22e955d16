"""A greeting, a thank you, and the wish for a person."""

from __future__ import annotations

from bot.core.conversation.checkins import folded
from bot.core.conversation.turn import Turn
from bot.core.model import Decision


def manners(turn: Turn) -> Decision | None:
    """Short courtesies get a short answer; whoever asks for a person is told who is there."""
    for courtesy in ("person", "hello"):
        if turn.reading.keyword == courtesy:
            return turn.answer(courtesy, courtesy)
    # The reader takes "thanks" for the manners around a keyword, so it is none itself.
    if folded(turn.words) in turn.library.commands.get("thanks", ()):
        return turn.answer("thanks", "thanks")
    return None
