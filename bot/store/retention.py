"""What is deleted once its time is over, a batch at a time; each returns how many rows it took.

Rows that are added in the order of time are looked at from the oldest on, so that no index by time
is needed. Rows that may stay in front for years are swept with a cursor instead.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, exists, func, select, update

from bot.core.model import EnrolmentState
from bot.store import erasure
from bot.store.tables import consents, enrolments, flags, inbox, receipts, subscribers, texts


def overwrite_bodies(connection: Connection, now: datetime, most: int) -> int:
    """Sealed words whose time is over."""
    over = select(inbox.c.message_sid).where(inbox.c.keep_until <= now).limit(most)
    gone = {"body_sealed": None, "keep_until": None}
    return connection.execute(
        update(inbox).where(inbox.c.message_sid.in_(over)).values(gone)
    ).rowcount


def delete_texts(connection: Connection, before: datetime, most: int) -> int:
    """Texts made before then; those that wait or are in hand stay."""
    oldest = select(texts.c.id, texts.c.created_at, texts.c.state).order_by(texts.c.id)
    first = oldest.limit(most).subquery()
    open_ = first.c.state.in_(("queued", "sending"))
    return _delete(connection, texts, select(first.c.id).where(first.c.created_at < before, ~open_))


def delete_flags(connection: Connection, before: datetime, most: int) -> int:
    """Flags raised before then, settled or not."""
    first = select(flags.c.id, flags.c.raised_at).order_by(flags.c.id).limit(most).subquery()
    return _delete(connection, flags, select(first.c.id).where(first.c.raised_at < before))


def delete_receipts(connection: Connection, before: datetime, most: int) -> int:
    """Status callbacks that came before then."""
    old = select(receipts.c.sid).where(receipts.c.received_at < before).limit(most)
    of = and_(receipts.c.sid.in_(old), receipts.c.received_at < before)
    return connection.execute(delete(receipts).where(of)).rowcount


def delete_inbox(connection: Connection, before: datetime, most: int) -> int:
    """Notes of inbound texts that came before then."""
    old = select(inbox.c.message_sid).where(inbox.c.received_at < before).limit(most)
    return connection.execute(delete(inbox).where(inbox.c.message_sid.in_(old))).rowcount


def _delete(connection: Connection, table: Table, ids: Any) -> int:
    return connection.execute(delete(table).where(table.c.id.in_(ids))).rowcount


def idle_people(
    connection: Connection, after: int, before: datetime, most: int
) -> tuple[list[int], int | None]:
    """Of the next people by id, those who last wrote before then and are in no programme.

    With them where to go on, or None at the end.
    """
    person = subscribers.c
    first = select(*subscribers.c).where(person.id > after).order_by(person.id).limit(most)
    some = first.subquery()
    active = exists().where(
        enrolments.c.subscriber_id == some.c.id, enrolments.c.state == EnrolmentState.ACTIVE
    )
    idle = select(some.c.id).where(some.c.seen_at < before, some.c.pending_until.is_(None), ~active)
    last = connection.execute(select(func.max(some.c.id))).scalar_one()
    return list(connection.execute(idle).scalars()), last


def forget_old_consents(
    connection: Connection, after: int, before: datetime, most: int
) -> tuple[int, int | None]:
    """Of the next rows of the ledger, delete those of numbers with nothing since then.

    How many went, and where to go on, or None at the end.
    """
    first = select(consents.c.id, consents.c.number_index).where(consents.c.id > after)
    some = first.order_by(consents.c.id).limit(most).subquery()
    since = exists().where(consents.c.number_index == some.c.number_index, consents.c.at >= before)
    kept = exists().where(subscribers.c.number_index == some.c.number_index)
    last = connection.execute(select(func.max(some.c.id))).scalar_one()
    over = list(connection.execute(select(some.c.id).where(~since, ~kept)).scalars())
    if over:
        erasure.forget_consents(connection, over)
    return len(over), last
