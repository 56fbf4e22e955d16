"""Small things that the program must remember, by name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from bot.store.tables import facts
from bot.store.upsert import insert_into


def recall(connection: Connection, name: str) -> str | None:
    """What was remembered last under this name."""
    query = select(facts.c.value).where(facts.c.name == name)
    return connection.execute(query).scalar_one_or_none()


def remember(connection: Connection, name: str, value: str, now: datetime) -> None:
    """Remember this under the name, in place of what was."""
    values = {"value": value, "changed_at": now}
    statement = insert_into(connection, facts).values(name=name, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=[facts.c.name], set_=values))
