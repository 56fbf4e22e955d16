"""Texts whose words the carrier is still to blank."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from bot.store.tables import inbox, receipts, redactions
from bot.store.upsert import insert_into


def ask(connection: Connection, sids: Sequence[str], due_at: datetime) -> None:
    """Ask for the words of these texts to be blanked, not before then."""
    if sids:
        rows = [{"sid": sid, "due_at": due_at} for sid in sorted(set(sids))]
        connection.execute(insert_into(connection, redactions).on_conflict_do_nothing(), rows)


def due(connection: Connection, now: datetime, most: int) -> list[tuple[str, int]]:
    """SID and tries of the next texts to blank."""
    query = select(redactions.c.sid, redactions.c.tries).where(redactions.c.due_at <= now)
    rows = connection.execute(query.order_by(redactions.c.due_at).limit(most))
    return [(row.sid, row.tries) for row in rows]


def settle(connection: Connection, sid: str) -> None:
    """It is done, or can't be."""
    connection.execute(delete(redactions).where(redactions.c.sid == sid))


def put_off(connection: Connection, sid: str, due_at: datetime) -> None:
    """Try again then."""
    connection.execute(
        update(redactions)
        .where(redactions.c.sid == sid)
        .values(due_at=due_at, tries=redactions.c.tries + 1)
    )


def finished(connection: Connection, since: datetime, until: datetime) -> list[str]:
    """SIDs of texts that arrived here, or of which the carrier said the last word, in that time."""
    said = receipts.c.status.in_(("delivered", "undelivered", "failed"))
    ours = select(receipts.c.sid).where(
        receipts.c.received_at >= since, receipts.c.received_at < until, said
    )
    theirs = select(inbox.c.message_sid).where(
        inbox.c.received_at >= since, inbox.c.received_at < until
    )
    return [*connection.execute(ours).scalars(), *connection.execute(theirs).scalars()]
