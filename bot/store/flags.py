"""Flags: texts in which danger was read, or feedback, for people to follow up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, exists, select, update

from bot.store.tables import flags, inbox, subscribers


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag; what was written and by whom stays sealed in here."""

    id: int
    kind: str
    rule: str
    subscriber_id: int
    raised_at: datetime
    settled_at: datetime | None
    number_sealed: bytes | None
    body_sealed: bytes | None

    @classmethod
    def from_row(cls, row: Row[Any]) -> Flag:
        """The value of a row of the query below."""
        return cls(**row._mapping)


def _flags() -> Select[Any]:
    own = [c for c in flags.c if c.name != "inbox_sid"]
    return (
        select(*own, subscribers.c.number_sealed, inbox.c.body_sealed)
        .outerjoin(subscribers, subscribers.c.id == flags.c.subscriber_id)
        .outerjoin(inbox, inbox.c.message_sid == flags.c.inbox_sid)
    )


def open_flags(connection: Connection, most: int) -> list[Flag]:
    """Flags that nobody has settled, oldest first."""
    query = _flags().where(flags.c.settled_at.is_(None)).order_by(flags.c.raised_at).limit(most)
    return [Flag.from_row(row) for row in connection.execute(query)]


def find(connection: Connection, id: int) -> Flag | None:
    """One flag."""
    row = connection.execute(_flags().where(flags.c.id == id)).one_or_none()
    return None if row is None else Flag.from_row(row)


def settle(connection: Connection, id: int, now: datetime) -> bool:
    """Close a flag and overwrite the words that were kept for it; False if it was not open."""
    done = connection.execute(
        update(flags)
        .where(flags.c.id == id, flags.c.settled_at.is_(None))
        .values(settled_at=now)
        .returning(flags.c.inbox_sid)
    )
    sid = done.scalar_one_or_none()
    if sid is None:
        return False
    needed = exists().where(flags.c.inbox_sid == sid, flags.c.settled_at.is_(None))
    connection.execute(
        update(inbox)
        .where(inbox.c.message_sid == sid, ~needed)
        .values(body_sealed=None, keep_until=None)
    )
    return True
