"""Whether a number that somebody typed on the web page gets the one text that asks its owner."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.model import Consent

PENDING_FOR = timedelta(hours=24)
"""How long JOIN is waited for; then the number is erased again."""

CONFIRM_WITHIN = timedelta(hours=1)
"""After that the text is not handed over any more: whoever typed the number is gone by then."""

MOST_ASKS = 3
"""How often in all a number may be asked without an answer of JOIN or a keyword."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a typed number."""

    consent: Consent = Consent.NONE
    active: Set[str] = field(default_factory=frozenset)
    """Programmes that go on."""
    pending_until: datetime | None = None
    asked: int = 0
    """How often it was asked since it last joined anything."""
    suppressed: bool = False
    unreachable: bool = False
    minor: bool = False


def may_ask(standing: Standing, programme: str, now: datetime) -> bool:
    """Whether to text this number once: not if it said no, is in already, or was asked enough."""
    refused = standing.consent is Consent.WITHDRAWN or standing.suppressed or standing.minor
    waiting = standing.pending_until is not None and standing.pending_until > now
    useless = standing.unreachable or programme in standing.active
    return not (refused or waiting or useless) and standing.asked < MOST_ASKS
