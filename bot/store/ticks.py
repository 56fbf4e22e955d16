"""How the ticks go: when each last ended, and whether well."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Row, select

from bot.store.tables import ticks
from bot.store.upsert import insert_into


def note(connection: Connection, name: str, now: datetime, error: str | None) -> None:
    """Keep how a tick ended: well, or with this kind of error."""
    failed = 1 if error else 0
    values = {"finished_at": now, "error": error, "healthy": error is None}
    statement = insert_into(connection, ticks).values(
        name=name, started_at=now, failures=failed, **values
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[ticks.c.name],
            set_=values | {"failures": ticks.c.failures + failed},
        )
    )


def all_ticks(connection: Connection) -> list[Row[tuple[object, ...]]]:
    """Every tick that ever ran."""
    return list(connection.execute(select(ticks).order_by(ticks.c.name)))
