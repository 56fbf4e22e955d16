"""A greeting, a thank you, and the wish for a person."""

from __future__ import annotations

from bot.core.conversation.checkins import folded
from bot.core.conversation.fallback import APART
from bot.core.conversation.turn import Turn
from bot.core.model import Decision, NoteFallback


def manners(turn: Turn) -> Decision | None:
    """Short courtesies get a short answer; not more than one an hour, so that none goes on."""
    said = folded(turn.words)
    if turn.reading.keyword == "person":
        return turn.answer("asks for a person", "person")
    greets = turn.reading.keyword == "hello"
    if greets and not turn.subscriber.active:
        return turn.answer("hello", "hello")
    if not greets and said not in turn.library.commands.get("thanks", ()):
        return None
    last = turn.subscriber.fallback_at
    if last is not None and turn.now - last < APART:
        return Decision("courtesy, within the hour")
    reply = "hello" if greets else "thanks"
    return turn.answer(reply, reply, NoteFallback())
