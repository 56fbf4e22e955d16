"""How often something may happen within a window: counters that all processes share."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, tuple_

from bot.store.tables import EPOCH, limits
from bot.store.upsert import insert_into

SERVICE_KEY = b"service"


def number_key(number_index: bytes) -> bytes:
    """The key of one phone number, made of its keyed hash."""
    return b"number\0" + number_index


def address_key(address_index: bytes) -> bytes:
    """The key of one network address, made of its keyed hash."""
    return b"address\0" + address_index


def window_of(now: datetime, length: timedelta) -> datetime:
    """When the window of this length began in which `now` lies."""
    return now - (now - EPOCH) % length


def take(connection: Connection, key: bytes, window_at: datetime, most: int) -> bool:
    """Count one more, unless `most` were counted in this window; whether it was.

    One statement, so that no two callers take the last one.
    """
    if most <= 0:
        return False
    statement = insert_into(connection, limits).values(key=key, window_at=window_at, count=1)
    counting = statement.on_conflict_do_update(
        index_elements=[limits.c.key, limits.c.window_at],
        set_={"count": limits.c.count + 1},
        where=limits.c.count < most,
    ).returning(limits.c.count)
    return connection.execute(counting).first() is not None


def spent(connection: Connection, key: bytes, window_at: datetime, most: int) -> bool:
    """Whether nothing is left in this window: a look that writes nothing."""
    query = select(limits.c.count).where(limits.c.key == key, limits.c.window_at == window_at)
    return (connection.execute(query).scalar_one_or_none() or 0) >= most


def forget(connection: Connection, before: datetime, most: int) -> int:
    """Delete up to `most` counters of windows that began before then; how many went."""
    row = tuple_(limits.c.key, limits.c.window_at)
    old = select(limits.c.key, limits.c.window_at).where(limits.c.window_at < before).limit(most)
    return connection.execute(delete(limits).where(row.in_(old))).rowcount
