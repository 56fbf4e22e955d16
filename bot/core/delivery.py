"""What a status report of the carrier does to a text: forward only, and only to its own.

Reports come twice, late, and in any order. A text may have been handed over more than once (after
the carrier certainly did not deliver it), under a new SID each time; reports of an earlier attempt
must not be taken for the present one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CARRIER_DAY = ZoneInfo("America/Los_Angeles")

STATE_OF = {
    "accepted": "sent",
    "scheduled": "sent",
    "queued": "sent",
    "sending": "sent",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "undelivered",
    "failed": "failed",
    "canceled": "failed",
}
"""The carrier's statuses in our words. One that is missing here is kept and changes nothing."""

FAILURES = ("undelivered", "failed", "canceled")

_RANK = {"sent": 1, "undelivered": 2, "failed": 2, "delivered": 3}
_IN_HAND = ("queued", "sending", "unknown")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a text stands."""

    state: str
    kind: str
    sid: str | None
    attempts: int


@dataclass(frozen=True, slots=True)
class Step:
    """The state that a text goes to, and whether it takes on the report's SID."""

    state: str
    adopts: bool


def follow(text: Standing, sid: str, status: str, *, spent: bool) -> Step | None:
    """The step that a report makes a text take, or None if it takes none.

    `spent`: whether an attempt under this SID has already been reported as failed.
    """
    state = STATE_OF.get(status)
    if state is None:
        return None
    adopts = text.sid is None
    if not adopts and text.sid != sid:
        return None
    if adopts and not _may_adopt(text, state, spent):
        return None
    if _RANK[state] > _RANK.get(text.state, 0):
        return Step(state, adopts)
    return Step(text.state, True) if adopts else None


def _may_adopt(text: Standing, state: str, spent: bool) -> bool:
    """Whether a SID that the text does not have yet can be its own."""
    if text.kind == "reply":
        return text.state == "sent"
    if text.attempts == 0 or text.state not in _IN_HAND:
        return False
    # Reported as failed, queued again, and now said to have arrived: then it need not go again.
    return not spent or (state == "delivered" and text.state == "queued")


def carrier_day(now: datetime) -> date:
    """The carriers' day, which the daily caps count in: it begins at midnight Pacific time."""
    return now.astimezone(CARRIER_DAY).date()


def day_ends_at(now: datetime) -> datetime:
    """The instant of the next midnight Pacific time."""
    tomorrow = carrier_day(now) + timedelta(days=1)
    return datetime.combine(tomorrow, time(), CARRIER_DAY).astimezone(UTC)
