"""Inserts that know `ON CONFLICT`: SQLAlchemy has one for each database, and no common one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Insert: TypeAlias = postgresql.Insert | sqlite.Insert

INSERTS: Mapping[str, Callable[[Table], Insert]] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}
"""By the dialect's name; for statements that are built once, ahead of any connection."""


def insert_into(connection: Connection, table: Table) -> Insert:
    """An insert into this table, to which `on_conflict_do_nothing` or `…_update` can be added."""
    return INSERTS[connection.dialect.name](table)
