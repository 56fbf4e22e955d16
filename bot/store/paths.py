"""Paths: what somebody received in a programme, in order, interned.

People in step share a row, so a decision is made once for all of them. A path never changes: going
on means another path, one message longer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeAlias

from sqlalchemy import Connection, bindparam, select

from bot.store.tables import paths
from bot.store.upsert import insert_into

Path: TypeAlias = tuple[str, tuple[str, ...]]
"""A programme, and the ids of the messages received in it, in order."""

_RECEIVED = select(paths.c.id, paths.c.received).where(  # built once: the building costs more
    paths.c.id.in_(bindparam("ids", expanding=True))
)


def intern(connection: Connection, programme: str, received: Sequence[str]) -> int:
    """The id of this path, made if nobody has walked it yet."""
    return intern_all(connection, {(programme, tuple(received))})[programme, tuple(received)]


def intern_all(connection: Connection, walked: Collection[Path]) -> dict[Path, int]:
    """The ids of these paths, made where nobody has walked them yet."""
    found = _find(connection, walked)
    missing = [path for path in sorted(walked) if path not in found]
    if not missing:
        return found
    connection.execute(
        insert_into(connection, paths).on_conflict_do_nothing(),
        [{"programme": programme, "received": " ".join(way)} for programme, way in missing],
    )
    return found | _find(connection, missing)


def received(connection: Connection, path_id: int) -> tuple[str, ...]:
    """The message ids of a path, in order."""
    query = select(paths.c.received).where(paths.c.id == path_id)
    return tuple(connection.execute(query).scalar_one().split())


def all_received(connection: Connection, path_ids: set[int]) -> dict[int, tuple[str, ...]]:
    """The message ids of many paths."""
    if not path_ids:
        return {}
    found = connection.execute(_RECEIVED, {"ids": sorted(path_ids)})
    return {id_: tuple(words.split()) for id_, words in found}


def _find(connection: Connection, walked: Collection[Path]) -> dict[Path, int]:
    found: dict[Path, int] = {}
    for programme in sorted({programme for programme, _ in walked}):
        ways = [" ".join(received) for name, received in walked if name == programme]
        query = select(paths.c.id, paths.c.received).where(
            paths.c.programme == programme, paths.c.received.in_(ways)
        )
        for id_, words in connection.execute(query):
            found[programme, tuple(words.split())] = id_
    return found
