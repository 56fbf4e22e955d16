"""What becomes of somebody whose turn has come: a text, another day, or the end of a programme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.core.calendar import Window, step
from bot.core.library import Message, Programme, Tags
from bot.core.model import EnrolmentState


@dataclass(frozen=True, slots=True)
class Standing:
    """What the decision depends on; many people share one."""

    programme: Programme
    received: tuple[str, ...]
    due_on: date
    zones: str
    slot: str
    pace: str
    tags: Tags
    waits_until: datetime | None = None
    """End of a pause or hold that is still on."""


@dataclass(frozen=True, slots=True)
class Push:
    """The decision.

    With a message: it is due the person's spread after `from_at`, on the local date `push_on`,
    until `closes_at`; then they go on at `next_base_at`, or the programme `ends_as` completed.
    Without one, or where another push has the day already, they go to `else_base_at`.
    """

    message: Message | None = None
    words: Message | None = None
    """The message as worded for these people."""
    from_at: datetime | None = None
    closes_at: datetime | None = None
    push_on: date | None = None
    next_base_at: datetime | None = None
    next_due_on: date | None = None
    else_base_at: datetime | None = None
    else_due_on: date | None = None
    ends_as: str | None = None


def decide(standing: Standing, window: Window, now: datetime) -> Push:
    """What becomes of people in this standing, now that their slot has begun (or is long past).

    What an outage or a pause held back goes at the next good hour: at once if today's window has
    room, else in their slot of the next day. Raises `NeverOpenError`.
    """
    zones, slot = standing.zones, standing.slot
    if standing.waits_until is not None:
        later = window.next_due(
            zones, slot, standing.due_on, standing.waits_until, late=timedelta(0)
        )
        return Push(else_base_at=later.base_at, else_due_on=later.on)
    due = window.next_due(zones, slot, standing.due_on, now)
    if due.base_at > now:
        return Push(else_base_at=due.base_at, else_due_on=due.on)
    taken = step(standing.programme, standing.received, standing.tags, standing.pace, due.on)
    if taken is None:
        return Push(ends_as=EnrolmentState.COMPLETED)
    other = window.next_due(zones, slot, due.on + timedelta(days=1), now)
    follows = window.next_due(zones, slot, taken.next_on, now) if taken.next_on else None
    return Push(
        message=taken.message,
        words=taken.message.worded_for(standing.tags),
        from_at=due.base_at,
        closes_at=due.closes_at,
        push_on=due.on,
        next_base_at=follows.base_at if follows else None,
        next_due_on=follows.on if follows else None,
        else_base_at=other.base_at,
        else_due_on=other.on,
        ends_as=None if follows else EnrolmentState.COMPLETED,
    )
