"""How much is measured: the real thing, or a short run that only shows that all of it works."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Sizes of one run."""

    rounds: int = 5
    people: int = 1_000_000
    """Subscribers of the large database; each has one enrolment and one row of the schedule."""
    fewer: int = 20_000
    """Subscribers of the one that planning's flatness is compared with."""
    few: int = 1_000
    """Subscribers of the small database."""
    due: int = 100_000
    """People due at once in a large planning run, and texts sent at once beside the webhooks."""
    due_fewer: int = 10_000
    requests: int = 2_500
    """Webhooks in one round."""
    texts: int = 3_000
    """Texts sent in one round."""
    seconds: float = 6.0
    """How long a set rate is held."""


WHOLE = Scale()
QUICK = Scale(
    rounds=1,
    people=6_000,
    fewer=2_000,
    few=200,
    due=1_000,
    due_fewer=500,
    requests=160,
    texts=128,
    seconds=1.0,
)
