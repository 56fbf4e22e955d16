"""Numbers for whoever watches: few queries, none of which grows with the number of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from bot.store.tables import flags, inbox, receipts, senders, texts

OPEN = ("queued", "sending", "unknown")


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits, of one priority."""

    length: int
    oldest_due_at: datetime | None
    """When the oldest of it was due; in the future while nothing is late."""


def first_id_since(connection: Connection, since: datetime) -> int:
    """The first text made since then. Ids grow with time, so a few look-ups find it."""
    low = connection.scalar(select(func.min(texts.c.id))) or 0
    high = (connection.scalar(select(func.max(texts.c.id))) or 0) + 1
    while low < high:
        middle = (low + high) // 2
        query = select(texts.c.id, texts.c.created_at).where(texts.c.id >= middle)
        row = connection.execute(query.order_by(texts.c.id).limit(1)).one_or_none()
        if row is None or row.created_at >= since:
            high = middle
        else:
            low = row.id + 1
    return low


@dataclass(frozen=True, slots=True)
class Counts:
    """Texts by (state, kind), and by what settled those that were in doubt."""

    texts: dict[tuple[str, str], int]
    settled: dict[str, int]


def counts(connection: Connection, since: datetime) -> Counts:
    """Texts made since then, and all that are open whenever they were made."""
    first = first_id_since(connection, since)
    columns = (texts.c.state, texts.c.kind, texts.c.settled)
    grouped = select(*columns, func.count()).group_by(*columns)
    found = Counts({}, {})
    for state, kind, settled, number in connection.execute(grouped.where(texts.c.id >= first)):
        found.texts[state, kind] = found.texts.get((state, kind), 0) + number
        if settled:
            found.settled[settled] = found.settled.get(settled, 0) + number
    older = grouped.where(texts.c.id < first)
    for one in OPEN:  # each has an index of its own, and few rows
        for state, kind, _, number in connection.execute(older.where(texts.c.state == one)):
            found.texts[state, kind] = found.texts.get((state, kind), 0) + number
    return found


def queues(connection: Connection) -> dict[int, Queue]:
    """What waits to be sent, by priority."""
    query = (
        select(texts.c.priority, func.count(), func.min(texts.c.due_at))
        .where(texts.c.state == "queued")
        .group_by(texts.c.priority)
    )
    found = {row[0]: Queue(int(row[1]), row[2]) for row in connection.execute(query)}
    return {priority: found.get(priority, Queue(0, None)) for priority in (0, 1)}


def doubts(connection: Connection) -> tuple[int, int, datetime | None]:
    """Texts in doubt: how many, how many of them can't be settled, since when the oldest is."""
    query = select(func.count(), func.min(texts.c.attempted_at)).where(texts.c.state == "unknown")
    number, oldest = connection.execute(query).one()
    stuck = select(func.count()).where(
        texts.c.state == "unknown", texts.c.error.like("unsettled:%")
    )
    return int(number), int(connection.scalar(stuck) or 0), oldest


def open_flags(connection: Connection) -> dict[str, int]:
    """People to follow up, by kind."""
    query = (
        select(flags.c.kind, func.count())
        .where(flags.c.settled_at.is_(None))
        .group_by(flags.c.kind)
    )
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def sender_row(connection: Connection, sender: str) -> Row[Any] | None:
    """The shared pace as it stands."""
    query = select(senders).where(senders.c.sender == sender)
    return connection.execute(query).one_or_none()


def last_heard(connection: Connection) -> tuple[datetime | None, datetime | None]:
    """When the last text of a person came in, and the last status report."""
    return (
        connection.scalar(select(func.max(inbox.c.received_at))),
        connection.scalar(select(func.max(receipts.c.received_at))),
    )
