"""The rows that tell the story of one text or one person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.store.schedule import find
from bot.store.tables import (
    consents,
    enrolments,
    flags,
    inbox,
    paths,
    receipts,
    subscribers,
    texts,
)

RECENT = 20


def text(connection: Connection, text_id: int) -> Row[Any] | None:
    """A text."""
    return connection.execute(select(texts).where(texts.c.id == text_id)).one_or_none()


def reports(connection: Connection, text_id: int, sid: str | None) -> list[Row[Any]]:
    """What the carrier reported of a text, in the order in which it came."""
    query = select(receipts).where((receipts.c.text_id == text_id) | (receipts.c.sid == sid))
    return list(connection.execute(query.order_by(receipts.c.received_at)))


def question(connection: Connection, inbox_sid: str) -> tuple[datetime, str] | None:
    """When the inbound text came that a reply answers, and by which rule; never its words."""
    query = select(inbox.c.received_at, inbox.c.rule).where(inbox.c.message_sid == inbox_sid)
    row = connection.execute(query).one_or_none()
    return None if row is None else (row.received_at, row.rule)


def person(connection: Connection, subscriber_id: int) -> Row[Any] | None:
    """A subscriber; the number stays sealed."""
    query = select(subscribers).where(subscribers.c.id == subscriber_id)
    return connection.execute(query).one_or_none()


def enrolled(connection: Connection, subscriber_id: int) -> list[Row[Any]]:
    """Every enrolment of a person, with what was received when it last left the schedule."""
    query = (
        select(enrolments, paths.c.received)
        .outerjoin(paths, paths.c.id == enrolments.c.path_id)
        .where(enrolments.c.subscriber_id == subscriber_id)
        .order_by(enrolments.c.id)
    )
    return list(connection.execute(query))


def scheduled(connection: Connection, subscriber_id: int) -> list[tuple[Any, str]]:
    """What a person is due for: the row of the schedule, and what was received before it."""
    due = find(connection, subscriber_id, [], expected=1)
    received = {
        row.id: row.received
        for row in connection.execute(
            select(paths).where(paths.c.id.in_([one.path_id for one in due]))
        )
    }
    return [(one, received.get(one.path_id, "")) for one in due]


def recent_texts(connection: Connection, subscriber_id: int) -> list[Row[Any]]:
    """The last texts of a person, newest first. A search through `texts`: for people, not ticks."""
    query = select(texts).where(texts.c.subscriber_id == subscriber_id)
    return list(connection.execute(query.order_by(texts.c.id.desc()).limit(RECENT)))


def recent_inbound(connection: Connection, subscriber_id: int) -> list[Row[Any]]:
    """When a person last wrote and which rule answered."""
    query = select(inbox.c.received_at, inbox.c.rule, inbox.c.message_sid)
    query = query.where(inbox.c.subscriber_id == subscriber_id)
    return list(connection.execute(query.order_by(inbox.c.received_at.desc()).limit(RECENT)))


def ledger(connection: Connection, number_index: bytes) -> list[Row[Any]]:
    """What a person agreed to and took back."""
    query = select(consents).where(consents.c.number_index == number_index)
    return list(connection.execute(query.order_by(consents.c.id)))


def raised(connection: Connection, subscriber_id: int) -> list[Row[Any]]:
    """What people should follow up, or did."""
    query = select(flags).where(flags.c.subscriber_id == subscriber_id)
    return list(connection.execute(query.order_by(flags.c.id)))
