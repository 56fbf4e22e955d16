"""Small things that the program must remember, by name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.store.tables import facts


def recall(connection: Connection, name: str) -> str | None:
    """What was remembered last under this name."""
    query = select(facts.c.value).where(facts.c.name == name)
    return connection.execute(query).scalar_one_or_none()


def remember(connection: Connection, name: str, value: str, now: datetime) -> None:
    """Remember this under the name, in place of what was."""
    insert_ = postgres_insert if connection.dialect.name == "postgresql" else sqlite_insert
    values = {"value": value, "changed_at": now}
    statement = insert_(facts).values(name=name, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=[facts.c.name], set_=values))
