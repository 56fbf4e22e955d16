"""Keywords: what a word does that is the whole text, or a command with something behind it."""

from __future__ import annotations

from collections.abc import Callable

from bot.core.conversation import (
    carrier_words,
    erasure,
    feedback,
    programmes,
    settings,
    status,
    topics,
)
from bot.core.conversation.turn import Turn
from bot.core.model import Decision


def menu(turn: Turn) -> Decision:
    """MENU: the topics, in two short messages."""
    return Decision("menu", (turn.say("menu_1"), turn.say("menu_2")))


def said(id: str) -> Callable[[Turn], Decision]:
    """A command that is answered with one reply and changes nothing."""
    return lambda turn: turn.answer(id, id)


COMMANDS: dict[str, Callable[[Turn], Decision]] = {
    "menu": menu,
    "more": topics.more,
    "again": topics.again,
    "new": topics.new,
    "sources": topics.sources,
    "questions": said("questions"),
    "who": said("who"),
    "share": said("share"),
    "feedback": feedback.feedback,
    "pause": settings.pause,
    "resume": settings.resume,
    "fewer": settings.fewer,
    "more_often": settings.more_often,
    "weekly": settings.weekly,
    "time": settings.set_time,
    "zip": settings.set_zip,
    "status": status.status,
}


def command(turn: Turn) -> Decision | None:
    """A command that changes or shows something."""
    found = COMMANDS.get(turn.reading.keyword or "")
    return None if found is None else found(turn)


KEYWORD_RULES = (
    carrier_words.help_word,
    carrier_words.start_word,
    programmes.confirm,
    erasure.delete,
    programmes.keyword,
    command,
    topics.topic,
)


def dispatch(turn: Turn) -> Decision | None:
    """What the keyword of the text does, whichever kind it is."""
    return next((decision for rule in KEYWORD_RULES if (decision := rule(turn))), None)


def typo(turn: Turn) -> Decision | None:
    """A near miss of one keyword is that keyword; of two, the person is asked."""
    candidates = turn.reading.keyword_candidates
    if "help" in candidates:
        return dispatch(turn.reading_as("help"))
    if len(candidates) == 1:
        return dispatch(turn.reading_as(candidates[0]))
    return topics.ask_which(turn)
