"""The policy: the rules in the order in which they are asked, each of which may decide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.core.conversation import (
    care,
    carrier_words,
    danger,
    erasure,
    feedback,
    keywords,
    manners,
    optout,
    own,
    programmes,
    questions,
    settings,
    topics,
)
from bot.core.conversation.arguments import understood
from bot.core.conversation.fallback import fallback, tapback
from bot.core.conversation.offered import taken_at_its_word
from bot.core.conversation.turn import Heard, Turn
from bot.core.library import Library
from bot.core.model import Decision, Erase, SetLanguage, Subscriber

Rule = Callable[[Turn], Decision | None]

POLICY: tuple[tuple[str, Rule], ...] = (
    ("a phone's tapback gets nothing", tapback),
    ("an exact opt-out word; beside danger the next rules act on both", optout.exact),
    ("overdose", danger.overdose),
    ("suicide", danger.suicide),
    ("other danger", danger.other),
    ("an opt-out in plain language", optout.in_words),
    ("silence after an opt-out, but for HELP, START and DELETE", optout.silence),
    ("stopping a medicine", care.medicine_stop),
    ("pregnancy", care.pregnant),
    ("an unclear stop: asked once", optout.unclear),
    ("HELP, INFO", carrier_words.help_word),
    ("START, UNSTOP", carrier_words.start_word),
    ("an age under 18", programmes.under_age),
    ("JOIN confirms the web page", programmes.confirm),
    ("DELETE, and its confirmation", erasure.delete),
    ("an answer to a question of the bot's own", own.answered),
    ("an answer to a check-in", questions.answered),
    ("programme keywords", programmes.keyword),
    ("commands", keywords.command),
    ("five digits are a ZIP", settings.bare_zip),
    ("topics", topics.topic),
    ("a greeting, thanks, the wish for a person", manners.manners),
    ("somebody used", care.slip),
    ("somebody wants to stop using", care.stopping_use),
    ("a line of feedback", feedback.line),
    ("a check-in that takes any words", questions.said_freely),
    ("a typo of a keyword", keywords.typo),
    ("a check-in whose answer is unclear", questions.not_understood),
    ("the fallback, at most one an hour", fallback),
)


def respond(
    subscriber: Subscriber,
    heard: Heard,
    library: Library,
    now: datetime,
    handles_stop: bool,
) -> Decision:
    """What to say to a text, and what to change: the first rule that decides.

    `handles_stop`: the carrier answers the exact opt-out words itself, so nothing is said to them.
    """
    turn = Turn(subscriber, heard, library, now, handles_stop)
    turn = taken_at_its_word(understood(turn))
    decision = next(found for _, rule in POLICY if (found := rule(turn)) is not None)
    decision = own.let_go(turn, decision)
    erased = any(isinstance(change, Erase) for change in decision.changes)
    if turn.language != subscriber.language and not erased and not heard.reading.tapback:
        changes = (*decision.changes, SetLanguage(turn.language))
        return replace(decision, changes=changes)
    return decision
