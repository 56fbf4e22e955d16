"""Everything that is sealed, batch by batch, for sealing it again under another key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, func, select, update

from bot.store.tables import inbox, subscribers


@dataclass(frozen=True, slots=True)
class Sealed:
    """One sealed value, where it stands, and the key under which its row is found."""

    id: int | str
    value: bytes


def count_sealed(connection: Connection) -> int:
    """How many sealed values there are."""
    numbers = select(func.count()).select_from(subscribers)
    bodies = select(func.count()).where(inbox.c.keep_until.is_not(None))
    return int(connection.execute(numbers).scalar_one() + connection.execute(bodies).scalar_one())


def numbers_after(connection: Connection, after: int, most: int) -> list[Sealed]:
    """Sealed numbers of the next people, in the order of their ids."""
    query = select(subscribers.c.id, subscribers.c.number_sealed).where(subscribers.c.id > after)
    rows = connection.execute(query.order_by(subscribers.c.id).limit(most))
    return [Sealed(row.id, row.number_sealed) for row in rows]


def bodies(connection: Connection) -> list[Sealed]:
    """Every text that is still kept, sealed; they are few, and kept for days at most."""
    query = select(inbox.c.message_sid, inbox.c.body_sealed).where(
        inbox.c.keep_until.is_not(None), inbox.c.body_sealed.is_not(None)
    )
    return [Sealed(row.message_sid, row.body_sealed) for row in connection.execute(query)]


def put_numbers(connection: Connection, changes: Sequence[tuple[Sealed, bytes]]) -> None:
    """Replace sealed numbers that are still what was read."""
    _put(connection, subscribers, subscribers.c.id, subscribers.c.number_sealed, changes)


def put_bodies(connection: Connection, changes: Sequence[tuple[Sealed, bytes]]) -> None:
    """Replace sealed texts that are still what was read."""
    _put(connection, inbox, inbox.c.message_sid, inbox.c.body_sealed, changes)


def _put(
    connection: Connection,
    table: Table,
    id: Column[Any],
    column: Column[Any],
    changes: Sequence[tuple[Sealed, bytes]],
) -> None:
    if not changes:
        return
    statement = (
        update(table)
        .where(id == bindparam("which"), column == bindparam("before"))
        .values({column: bindparam("after")})
    )
    rows = [{"which": old.id, "before": old.value, "after": new} for old, new in changes]
    connection.execute(statement, rows)


def first_number(connection: Connection) -> tuple[bytes, bytes] | None:
    """Keyed hash and sealed number of one person, to try the keys on."""
    query = select(subscribers.c.number_index, subscribers.c.number_sealed)
    row = connection.execute(query.order_by(subscribers.c.id).limit(1)).one_or_none()
    return None if row is None else (row.number_index, row.number_sealed)
