"""A person's place in the schedule: put there on joining, moved with what they change.

Planning moves people from text to text in sets; here it is one person at a time, in the transaction
of the text that asked for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.core.calendar import Due as Slot
from bot.core.calendar import Window, local_date, repaced, wanted_after
from bot.core.library import Programme
from bot.core.model import Subscriber
from bot.store import paths, schedule
from bot.store.schedule import Due

NEAR_DAYS = 14
FAR_DAYS = 130
"""Nobody is due later than a pause of 90 days after a month's gap."""


def find(
    connection: Connection, subscriber: Subscriber, window: Window, expected: int, now: datetime
) -> list[Due]:
    """A person's rows of the schedule, soonest first; `expected`: in how many programmes they are.

    Looked for where they are most likely due first, so that finding them costs the same however
    many people there are.
    """
    if not expected:
        return []
    near = _instants(subscriber, window, NEAR_DAYS, now)
    found = schedule.find(connection, subscriber.id, near, 0)
    if len(found) >= expected:
        return found
    far = _instants(subscriber, window, FAR_DAYS, now)
    return schedule.find(connection, subscriber.id, far, expected)


def _instants(subscriber: Subscriber, window: Window, days: int, now: datetime) -> list[datetime]:
    today = local_date(subscriber.zones, now)
    slots = (
        window.due_on(subscriber.zones, subscriber.slot, today + timedelta(days=day))
        for day in range(-1, days)
    )
    ends = (subscriber.paused_until, subscriber.held_until)
    return [slot.base_at for slot in slots if slot] + [at for at in ends if at is not None]


def place(
    connection: Connection,
    subscriber: Subscriber,
    enrolment_id: int,
    programme: Programme,
    path_id: int,
    received: int,
    window: Window,
    now: datetime,
) -> None:
    """Put somebody on the schedule who joins now; what they already got gives the distance."""
    today = local_date(subscriber.zones, now)
    wanted = wanted_after(programme, received, subscriber.pace, today)
    slot = window.next_due(subscriber.zones, subscriber.slot, wanted, now)
    row = Due(
        base_at=slot.base_at,
        priority=programme.priority,
        subscriber_id=subscriber.id,
        programme=programme.id,
        enrolment_id=enrolment_id,
        path_id=path_id,
        due_on=slot.on,
    )
    schedule.place(connection, [row])


def take_off(
    connection: Connection,
    subscriber: Subscriber,
    window: Window | None,
    expected: int,
    now: datetime,
) -> dict[str, int]:
    """Take somebody off the schedule; where they stood, by programme. Without a window every
    instant at which anybody is due is looked at."""
    if window is None:
        rows = schedule.find(connection, subscriber.id, (), expected) if expected else []
    else:
        rows = find(connection, subscriber, window, expected, now)
    schedule.drop(connection, rows)
    return {row.programme: row.path_id for row in rows}


def move(
    connection: Connection,
    rows: list[Due],
    changed: Subscriber,
    window: Window,
    now: datetime,
) -> None:
    """The rows in the slot and zones that somebody has now chosen, on the same dates if it fits."""
    _replace(
        connection,
        rows,
        lambda row: window.next_due(changed.zones, changed.slot, row.due_on, now),
    )


def repace(
    connection: Connection,
    rows: list[Due],
    subscriber: Subscriber,
    pace: str,
    programmes: Mapping[str, Programme],
    window: Window,
    now: datetime,
) -> None:
    """The rows at another pace: sooner or later by the difference of the two, never on a day that
    had its text, since what is due is at least a day after the last."""
    received = paths.all_received(connection, {row.path_id for row in rows})

    def slot(row: Due) -> Slot:
        programme = programmes.get(row.programme)
        on = row.due_on
        if programme is not None:
            on = repaced(programme, len(received[row.path_id]), on, subscriber.pace, pace)
        return window.next_due(subscriber.zones, subscriber.slot, on, now)

    _replace(connection, rows, slot)


def resumed(row: Due, subscriber: Subscriber, window: Window, now: datetime) -> Slot | None:
    """Where a row goes when a pause ends now: forward only if it was the pause that put it off."""
    if subscriber.paused_until is None:
        return None
    zones, slot = subscriber.zones, subscriber.slot
    busy = {subscriber.last_push_on} if subscriber.last_push_on else set()
    today, until = local_date(zones, now), subscriber.paused_until
    after = window.next_due(zones, slot, today, until, late=timedelta(0))
    if row.base_at != after.base_at:
        return None
    return window.next_due(zones, slot, today, now, busy)


def resume(
    connection: Connection, rows: list[Due], subscriber: Subscriber, window: Window, now: datetime
) -> None:
    """End a pause: what it put off comes in the next good slot."""
    _replace(connection, rows, lambda row: resumed(row, subscriber, window, now))


def _replace(
    connection: Connection, rows: list[Due], slot_of: Callable[[Due], Slot | None]
) -> None:
    moved = []
    for row in rows:
        slot = slot_of(row)
        if slot is not None and (slot.base_at, slot.on) != (row.base_at, row.due_on):
            moved.append((row, replace(row, base_at=slot.base_at, due_on=slot.on)))
    schedule.drop(connection, [old for old, _ in moved])
    schedule.place(connection, [new for _, new in moved])
