"""Texts that came while the program was down: which are missing, and the way of late replies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, exists, func, select, update

from bot.store.tables import consents, inbox, receipts, subscribers, texts

REJOINED = ("joined", "confirmed", "came_back")


def known(connection: Connection, sids: Sequence[str]) -> set[str]:
    """Those of the inbound texts that have arrived here."""
    query = select(inbox.c.message_sid).where(inbox.c.message_sid.in_(sids))
    return set(connection.scalars(query))


def wrote_since(connection: Connection, number_index: bytes, at: datetime) -> bool:
    """Whether a later text of the same person has been answered already."""
    query = (
        select(func.max(inbox.c.received_at))
        .select_from(inbox)
        .join(subscribers, subscribers.c.id == inbox.c.subscriber_id)
        .where(subscribers.c.number_index == number_index)
    )
    last = connection.execute(query).scalar()
    return last is not None and last > at


def rejoined_since(connection: Connection, number_index: bytes, at: datetime) -> bool:
    """Whether the person has agreed to texts after that instant."""
    query = select(consents.c.id).where(
        consents.c.number_index == number_index,
        consents.c.event.in_(REJOINED),
        consents.c.at > at,
    )
    return connection.execute(query.limit(1)).first() is not None


def unsent_replies(connection: Connection, inbox_sid: str) -> list[tuple[int, str, str]]:
    """Replies that were written for a text and that no webhook has carried: id, message, zones."""
    carried = exists().where(receipts.c.text_id == texts.c.id)
    query = (
        select(texts.c.id, texts.c.message_id, subscribers.c.zones)
        .outerjoin(subscribers, subscribers.c.id == texts.c.subscriber_id)
        .where(
            texts.c.inbox_sid == inbox_sid,
            texts.c.kind == "reply",
            texts.c.state == "sent",
            texts.c.sid.is_(None),
            ~carried,
        )
        .order_by(texts.c.id)
    )
    return [(row.id, row.message_id, row.zones or "") for row in connection.execute(query)]


def queue_reply(
    connection: Connection, text_id: int, due_at: datetime, closes_at: datetime, now: datetime
) -> None:
    """Send a reply by API, since there is no webhook that could carry it."""
    _change(connection, text_id, now, kind="notice", state="queued", due_at=due_at,
            closes_at=closes_at)  # fmt: skip


def drop_reply(connection: Connection, text_id: int, now: datetime) -> None:
    """It is too late to say this."""
    _change(connection, text_id, now, state="cancelled", error="late")


def _change(connection: Connection, text_id: int, now: datetime, **values: object) -> None:
    still = (texts.c.id == text_id, texts.c.kind == "reply", texts.c.sid.is_(None))
    connection.execute(update(texts).where(*still).values(changed_at=now, **values))
