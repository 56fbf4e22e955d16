"""Messages that a carrier filters: they are sent to nobody until somebody has looked at them."""

from __future__ import annotations

from sqlalchemy import Connection, Row, delete, select

from bot.store.tables import stopped_messages


def stopped(connection: Connection) -> list[Row[tuple[object, ...]]]:
    """Every message that is stopped, with the carrier's error and since when."""
    return list(connection.execute(select(stopped_messages).order_by(stopped_messages.c.since)))


def release(connection: Connection, message_id: str) -> int:
    """Let a message go out again; returns how many wordings of it were stopped."""
    query = delete(stopped_messages).where(stopped_messages.c.message_id == message_id)
    return connection.execute(query).rowcount
