"""Whether what follows a command belongs to it: "TIME 2PM" is one, "time with my kids" is not.

The reader only sees that a command's word comes first. Nobody may be signed up, or have their hours
changed, by a sentence that happens to begin like that.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from bot.core.conversation import programmes, settings, topics
from bot.core.conversation.turn import Turn

FILLERS = frozenset({
    "a", "again", "all", "and", "back", "both", "by", "for", "it", "keep", "me", "message",
    "messages", "my", "now", "of", "on", "over", "please", "plus", "program", "programme",
    "sending", "series", "text", "texting", "texts", "the", "them", "these", "to", "too", "up",
    "with", "y",
})  # fmt: skip
LENGTHS = re.compile(
    r"\d+\w*|for|until|till?|next|week|weeks|day|days|month|months|tomorrow|weekend|"
    r"(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?|"
    r"(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)\w*"
)


def understood(turn: Turn) -> Turn:
    """The turn, its keyword forgotten if what follows does not belong to it."""
    belongs = BELONGS.get(turn.reading.keyword or "")
    if not turn.reading.rest or belongs is None or belongs(turn):
        return turn
    reading = replace(turn.reading, keyword=None, keyword_candidates=(), rest="")
    return replace(turn, heard=replace(turn.heard, reading=reading))


def _programmes(turn: Turn) -> bool:
    words = turn.reading.rest.split()
    return all(word in FILLERS or programmes.named_in(turn, word) for word in words)


def _length(turn: Turn) -> bool:
    words = turn.reading.rest.split()
    return all(
        word in FILLERS or word in settings.NUMBERS or LENGTHS.fullmatch(word) for word in words
    )


def _hour(turn: Turn) -> bool:
    return settings.time_of(turn, turn.reading.rest) is not None


def _topic(turn: Turn) -> bool:
    return topics.topic_named(turn, turn.reading.rest) is not None


BELONGS: dict[str, Callable[[Turn], bool]] = {
    "start": _programmes,
    "recovery": _programmes,
    "treatment": _programmes,
    "pause": _length,
    "time": _hour,
    "more": _topic,
    "again": _programmes,
    "resume": _programmes,
    "fewer": _programmes,
}
"""The commands that a sentence can begin with by chance, and what may follow them."""
