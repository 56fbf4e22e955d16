"""All that is known of somebody when a text of theirs comes in, gathered under a lock.

Planning and sending do not touch the row of the person, so that they stay fast: which check-in is
open, what was sent last and when the next is due is read here from where they write it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot import placement
from bot.core.calendar import Window, local_date
from bot.core.model import Enrolment, EnrolmentState, Question, Subscriber
from bot.store import enrolments, paths, texts
from bot.store.schedule import Due
from bot.store.subscribers import Record
from bot.store.texts import Push

RECENT_DAYS = 4
"""Pushes of so many local dates back are looked at for an open check-in, and for AGAIN."""


@dataclass(frozen=True, slots=True)
class Person:
    """The row of a person, what the rules see of them, and their places in the schedule."""

    record: Record
    subscriber: Subscriber
    rows: tuple[Due, ...] = ()

    @property
    def id(self) -> int:
        """The subscriber's id."""
        return self.subscriber.id


def know(connection: Connection, record: Record, window: Window, now: datetime) -> Person:
    """Gather what is known of a person whose row is locked."""
    subscriber = record.subscriber
    standings = enrolments.latest(connection, subscriber.id)
    active = sum(s.state is EnrolmentState.ACTIVE for s in standings.values())
    rows = placement.find(connection, subscriber, window, active, now)
    push = _last_push(connection, subscriber, now) if standings else None
    queued_at = texts.queued_push_at(connection, subscriber.id) if active else None
    known = replace(
        subscriber,
        enrolments=_enrolments(connection, standings, rows, queued_at, record.spread),
        question=_question(record, push),
        last_message=_last_message(record, push),
        last_push_on=push.on if push else None,
    )
    known = replace(known, resumed_due_at=_resumed_due_at(known, rows, window, record.spread, now))
    return Person(record, known, tuple(rows))


def _last_push(connection: Connection, subscriber: Subscriber, now: datetime) -> Push | None:
    today = local_date(subscriber.zones, now)
    days = [today + timedelta(days=1 - back) for back in range(RECENT_DAYS + 2)]
    return texts.last_push(connection, subscriber.id, days)


def _enrolments(
    connection: Connection,
    standings: dict[str, enrolments.Standing],
    rows: list[Due],
    queued_at: datetime | None,
    spread: int,
) -> dict[str, Enrolment]:
    due = {row.programme: row for row in rows}
    path_of = {s.programme: s.path_id for s in standings.values()}
    path_of |= {row.programme: row.path_id for row in rows if row.programme in path_of}
    received = paths.all_received(connection, set(path_of.values()))
    found = {}
    for name, standing in standings.items():
        next_at = due[name].base_at + timedelta(seconds=spread) if name in due else None
        if queued_at is not None and standing.state is EnrolmentState.ACTIVE:
            next_at = min(queued_at, next_at or queued_at)
        found[name] = Enrolment(
            standing.id, name, standing.state, received[path_of[name]], next_at, standing.joined_at
        )
    return found


def _question(record: Record, push: Push | None) -> Question | None:
    """The question asked last: one that the row knows, or the check-in that was pushed."""
    if push is None or (record.question_at is not None and push.at <= record.question_at):
        return record.subscriber.question
    return Question(push.message_id, push.at)


def _last_message(record: Record, push: Push | None) -> str | None:
    if push is not None and push.at > record.seen_at:
        return push.message_id
    return record.subscriber.last_message


def _resumed_due_at(
    known: Subscriber, rows: list[Due], window: Window, spread: int, now: datetime
) -> datetime | None:
    """When the next text would be due if a pause ended now."""
    if known.paused_until is None or known.paused_until <= now:
        return None
    slots = ((row, placement.resumed(row, known, window, now)) for row in rows)
    bases = [slot.base_at if slot else row.base_at for row, slot in slots]
    return min(bases) + timedelta(seconds=spread) if bases else None
