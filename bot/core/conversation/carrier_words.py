"""HELP, and START: the two words that are answered to anybody, after an opt-out too.

With `handles_stop` the carrier also sends its own standard text to the bare words. The bot answers
all the same: the crisis numbers must not hang on a setting in the carrier's console, and the
carrier's START text can't ask which programme is wanted. Neither says what the bot says.
"""

from __future__ import annotations

from bot.core.conversation import programmes, settings
from bot.core.conversation.turn import Turn
from bot.core.model import Ask, Change, ComeBack, Consent, Decision, Question, SetTag


def help_word(turn: Turn) -> Decision | None:
    """HELP, INFO: what this is, the numbers, MENU, STOP."""
    return turn.answer("help", "help") if turn.reading.keyword == "help" else None


def start_word(turn: Turn) -> Decision | None:
    """START, UNSTOP: after an opt-out it asks which programme, it never guesses."""
    if turn.reading.keyword != "start":
        return None
    named = programmes.named_in(turn, turn.reading.rest)
    back: tuple[Change, ...] = (ComeBack(),) if turn.opted_out else ()
    if turn.subscriber.tags.get("minor"):
        back += (SetTag("minor", ""),)
    if named:
        return programmes.join(turn, named, *back, adult=True)
    if turn.subscriber.active and turn.subscriber.consent is Consent.GIVEN:
        return settings.resume(turn) if turn.paused else turn.answer("start: is on", "back")
    question = Question("start", turn.now, about="recovery treatment")
    return turn.answer("start", "start", *back, Ask(question))
