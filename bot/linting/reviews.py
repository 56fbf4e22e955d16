"""Who has read what: a signature counts for the exact words under it, and for no others."""

from __future__ import annotations

from bot.core.library import Library, Message
from bot.linting.wordings import wordings

SAFETY_FLAGS = frozenset({"988", "911", "NAL"})
SAFETY_REPLIES = ("crisis", "overdose", "danger", "under18", "medicine", "pregnant", "stop_")


def awaiting(library: Library) -> tuple[Message, ...]:
    """Texts whose words nobody has signed, in the order of the content."""
    return tuple(wording.message for wording in wordings(library) if not wording.message.reviewed)


def unreviewed_safety(library: Library) -> tuple[Message, ...]:
    """Texts on which somebody's safety rests and which nobody has signed.

    They carry 988, 911 or naloxone, or answer danger, a medicine that is stopped, or a person
    under 18, in any language.
    """
    return tuple(message for message in awaiting(library) if on_safety(message))


def on_safety(message: Message) -> bool:
    """Whether somebody's safety rests on this text."""
    name = message.id.removeprefix("sys.") if message.id.startswith("sys.") else ""
    return bool(message.flags & SAFETY_FLAGS) or (bool(name) and name.startswith(SAFETY_REPLIES))
