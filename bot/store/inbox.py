"""The inbox: one row for each inbound text, by the carrier's id, so that nothing counts twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, update

from bot.store.tables import flags, inbox
from bot.store.upsert import INSERTS

# The statements of the hot path are built once: building one costs more than running it.
_ARRIVE = {
    dialect: make(inbox).on_conflict_do_nothing().returning(inbox.c.message_sid)
    for dialect, make in INSERTS.items()
}
_SETTLE = update(inbox).where(inbox.c.message_sid == bindparam("which"))


def arrive(connection: Connection, message_sid: str, now: datetime) -> bool:
    """Note that a text came; False if it came before, also at this very moment elsewhere."""
    statement = _ARRIVE[connection.dialect.name]
    came = {"message_sid": message_sid, "received_at": now, "rule": ""}
    return connection.execute(statement, came).first() is not None


def settle(
    connection: Connection,
    message_sid: str,
    rule: str,
    subscriber_id: int | None = None,
    body_sealed: bytes | None = None,
    keep_until: datetime | None = None,
) -> None:
    """Note which rule decided, and keep the sealed words where something needs them."""
    values = {
        "which": message_sid,
        "rule": rule,
        "subscriber_id": subscriber_id,
        "body_sealed": body_sealed,
        "keep_until": keep_until,
    }
    connection.execute(_SETTLE, values)


def raise_flag(
    connection: Connection, kind: str, rule: str, subscriber_id: int, sid: str, now: datetime
) -> None:
    """Something that people should follow up."""
    connection.execute(
        insert(flags).values(
            kind=kind, rule=rule, subscriber_id=subscriber_id, inbox_sid=sid, raised_at=now
        )
    )
