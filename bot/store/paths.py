"""Paths: what somebody received in a programme, in order, interned.

People in step share a row, so a decision is made once for all of them. A path never changes: going
on means another path, one message longer.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.store.tables import paths


def intern(connection: Connection, programme: str, received: Sequence[str]) -> int:
    """The id of this path, made if nobody has walked it yet."""
    words = " ".join(received)
    found = _find(connection, programme, words)
    if found is not None:
        return found
    insert = postgres_insert if connection.dialect.name == "postgresql" else sqlite_insert
    connection.execute(
        insert(paths).values(programme=programme, received=words).on_conflict_do_nothing()
    )
    made = _find(connection, programme, words)
    assert made is not None, "a path that was just inserted, or that another transaction did"
    return made


def received(connection: Connection, path_id: int) -> tuple[str, ...]:
    """The message ids of a path, in order."""
    query = select(paths.c.received).where(paths.c.id == path_id)
    return tuple(connection.execute(query).scalar_one().split())


def all_received(connection: Connection, path_ids: set[int]) -> dict[int, tuple[str, ...]]:
    """The message ids of many paths."""
    query = select(paths.c.id, paths.c.received).where(paths.c.id.in_(sorted(path_ids)))
    return {id_: tuple(words.split()) for id_, words in connection.execute(query)}


def _find(connection: Connection, programme: str, words: str) -> int | None:
    query = select(paths.c.id).where(paths.c.programme == programme, paths.c.received == words)
    return connection.execute(query).scalar_one_or_none()
