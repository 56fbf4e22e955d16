"""What can't be read: said kindly, with MENU and people to reach, and at most once an hour."""

from __future__ import annotations

from datetime import timedelta

from bot.core.conversation.turn import Turn
from bot.core.model import Decision, NoteFallback

APART = timedelta(hours=1)


def tapback(turn: Turn) -> Decision | None:
    """A phone's own text about a reaction that was tapped: nobody wrote it, nothing is said."""
    return Decision("tapback") if turn.reading.tapback else None


def fallback(turn: Turn) -> Decision:
    """The last rule: it always decides."""
    last = turn.subscriber.fallback_at
    if last is not None and turn.now - last < APART:
        return Decision("fallback, within the hour")
    reply = "fallback_media" if turn.heard.empty or turn.heard.media else "fallback"
    return turn.answer(reply, reply, NoteFallback())
