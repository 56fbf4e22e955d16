"""The schedule: who is due when, clustered by the instant at which the slot begins.

There is no index by person: it would dirty a page somewhere for each text that is planned, and
planning would slow down as people join. One person's rows are found by probing the instants at
which they can be due; those are few.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, tuple_

from bot.store.tables import schedule

_AT = select(schedule).where(  # built once: building it costs more than running it
    schedule.c.base_at.in_(bindparam("instants", expanding=True)),
    schedule.c.subscriber_id == bindparam("who"),
)


@dataclass(frozen=True, slots=True)
class Due:
    """One row: this person's next text of this programme."""

    base_at: datetime
    subscriber_id: int
    priority: int
    programme: str
    enrolment_id: int
    path_id: int
    due_on: date

    @classmethod
    def from_row(cls, row: Row[tuple[object, ...]]) -> Due:
        """The value of a row of the table."""
        return cls(**row._mapping)


def place(connection: Connection, rows: Iterable[Due]) -> None:
    """Add rows; the person must not be scheduled for that programme yet."""
    values = [
        {
            "base_at": due.base_at,
            "subscriber_id": due.subscriber_id,
            "priority": due.priority,
            "programme": due.programme,
            "enrolment_id": due.enrolment_id,
            "path_id": due.path_id,
            "due_on": due.due_on,
        }
        for due in rows
    ]
    if values:
        connection.execute(insert(schedule), values)


def find(
    connection: Connection, subscriber_id: int, candidates: Sequence[datetime], expected: int
) -> list[Due]:
    """One person's rows, soonest first.

    `candidates` are the instants at which their slot begins on the coming days. If those do not
    give the `expected` number of rows (the hours of the service changed, or a time zone's rules
    did), every instant at which anybody is due is probed.
    """
    found = _at(connection, subscriber_id, candidates)
    if len(found) < expected:
        found = _at(connection, subscriber_id, _instants(connection))
    return sorted(found, key=lambda due: (due.base_at, due.priority))


def drop(connection: Connection, rows: Iterable[Due]) -> None:
    """Take rows out."""
    key = tuple_(*schedule.primary_key.columns)
    keys = [(due.base_at, due.subscriber_id, due.priority, due.programme) for due in rows]
    if keys:
        connection.execute(delete(schedule).where(key.in_(keys)))


def soonest(connection: Connection) -> datetime | None:
    """When the next slot begins in which anybody is due."""
    query = select(schedule.c.base_at).order_by(schedule.c.base_at).limit(1)
    return connection.execute(query).scalar_one_or_none()


def _at(connection: Connection, subscriber_id: int, instants: Sequence[datetime]) -> list[Due]:
    if not instants:
        return []
    where = {"instants": list(instants), "who": subscriber_id}
    return [Due.from_row(row) for row in connection.execute(_AT, where)]


def _instants(connection: Connection) -> list[datetime]:
    """Every instant at which somebody is due, by leaps through the index from one to the next."""
    found: list[datetime] = []
    after = select(schedule.c.base_at).order_by(schedule.c.base_at).limit(1)
    here = connection.execute(after).scalar_one_or_none()
    while here is not None:
        found.append(here)
        query = after.where(schedule.c.base_at > here)
        here = connection.execute(query).scalar_one_or_none()
    return found
