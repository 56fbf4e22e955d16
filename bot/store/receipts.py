"""Status reports as they came, and the texts whose fate nobody knows yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, exists, select, update

from bot.core.delivery import FAILURES
from bot.store.outbox import NEEDS
from bot.store.tables import receipts, subscribers, texts, wordings
from bot.store.upsert import insert_into


@dataclass(frozen=True, slots=True)
class Doubt:
    """A text that is "unknown", with what is needed to ask the carrier about it."""

    id: int
    attempt: int
    subscriber_id: int
    kind: str
    number_sealed: bytes | None
    body: str | None
    created_at: datetime


def keep(
    connection: Connection, sid: str, status: str, text_id: int | None, error: str | None,
    now: datetime,
) -> bool:  # fmt: skip
    """Keep a report; False if it was here before."""
    values = {"sid": sid, "status": status, "text_id": text_id, "error": error, "received_at": now}
    statement = insert_into(connection, receipts).values(values).on_conflict_do_nothing()
    return connection.execute(statement.returning(receipts.c.sid)).first() is not None


def find_text(connection: Connection, text_id: int | None, sid: str) -> Row[Any] | None:
    """The text that a report is of, locked: by our own id if it carries one, else by SID."""
    by_sid = texts.c.sid == sid
    which = by_sid if text_id is None else texts.c.id == text_id
    return connection.execute(select(texts).where(which).with_for_update()).one_or_none()


def is_spent(connection: Connection, sid: str) -> bool:
    """Whether this SID was reported as failed before."""
    query = select(receipts.c.sid).where(receipts.c.sid == sid, receipts.c.status.in_(FAILURES))
    return connection.execute(query).first() is not None


def release(connection: Connection, sid: str, owner_id: int, now: datetime) -> None:
    """Take a SID from another text that adopted it from the list: the same words, the same number.

    A report or an answer names the owner; what the list shows can only be compared by words. The
    other text is in doubt again.
    """
    connection.execute(
        update(texts)
        .where(texts.c.sid == sid, texts.c.id != owner_id)
        .values(state="unknown", sid=None, settled=None, error="mistaken", changed_at=now)
    )


def advance(
    connection: Connection, text_id: int, state: str, sid: str, error: str | None,
    settled: str | None, now: datetime,
) -> None:  # fmt: skip
    """Move a text (which the caller has locked) on to a state that the carrier reported."""
    values: dict[str, Any] = {"state": state, "sid": sid, "error": error, "changed_at": now}
    if settled:
        values["settled"] = settled
    connection.execute(update(texts).where(texts.c.id == text_id).values(values))


def queue_again(
    connection: Connection, text_id: int, due_at: datetime, error: str, now: datetime
) -> None:
    """The carrier took a text and certainly did not deliver it: once more, in this window."""
    connection.execute(
        update(texts)
        .where(texts.c.id == text_id)
        .values(
            state="queued", sid=None, due_at=due_at, tries=texts.c.tries + 1, error=error,
            changed_at=now,
        )
    )  # fmt: skip


def close_for_next_window(
    connection: Connection, text: Row[Any], error: str, now: datetime
) -> bool:
    """Have the planner take an undelivered push back and plan it for the next window.

    False (and nothing changed) if a later push of the person is planned already.
    """
    if text.push_on is None:
        return False
    days = [text.push_on + timedelta(days=n) for n in range(1, 4)]
    later = texts.alias()
    planned = exists().where(later.c.push_on.in_(days), later.c.subscriber_id == text.subscriber_id)
    result = connection.execute(
        update(texts)
        .where(texts.c.id == text.id, ~planned)
        .values(state="queued", sid=None, closes_at=now, error=error, changed_at=now)
    )
    return result.rowcount == 1


# --- settling ------------------------------------------------------------------------------------


def end_leases(connection: Connection, before: datetime, now: datetime) -> int:
    """Texts that were claimed before then and never recorded are in doubt: their worker is dead."""
    result = connection.execute(
        update(texts)
        .where(texts.c.state == "sending", texts.c.attempted_at < before)
        .values(state="unknown", error="lease", changed_at=now)
    )
    return result.rowcount


def doubts(connection: Connection, before: datetime, limit: int) -> Sequence[Doubt]:
    """Texts that have been in doubt since before then, oldest first."""
    query = (
        select(
            texts.c.id,
            texts.c.attempts,
            texts.c.subscriber_id,
            texts.c.kind,
            subscribers.c.number_sealed,
            wordings.c.body,
            texts.c.created_at,
        )
        .select_from(texts)
        .outerjoin(subscribers, subscribers.c.id == texts.c.subscriber_id)
        .outerjoin(wordings, wordings.c.fingerprint == texts.c.fingerprint)
        .where(texts.c.state == "unknown", texts.c.changed_at <= before)
        .order_by(texts.c.attempted_at)
        .limit(limit)
    )
    return [Doubt(*row) for row in connection.execute(query)]


def taken(connection: Connection, sids: Sequence[str]) -> set[str]:
    """Those of the SIDs that belong to texts of ours, or did in an earlier attempt."""
    ours = select(texts.c.sid).where(texts.c.sid.in_(sids))
    spent = select(receipts.c.sid).where(receipts.c.sid.in_(sids), receipts.c.status.in_(FAILURES))
    return {*connection.scalars(ours), *connection.scalars(spent)}


def adopt(
    connection: Connection, doubt: Doubt, sid: str, state: str, error: str | None, now: datetime
) -> bool:
    """The carrier's list has it: take on its SID and state."""
    other = texts.alias()
    return _settle(
        connection, doubt, ~exists().where(other.c.sid == sid),
        state=state, sid=sid, error=error, settled="list", changed_at=now,
    )  # fmt: skip


def queue_once_more(connection: Connection, doubt: Doubt, most: int, now: datetime) -> bool:
    """The carrier never had it, and the window is open: once more."""
    return _settle(
        connection, doubt, texts.c.closes_at > now + NEEDS, texts.c.attempts < most,
        state="queued", due_at=now, settled="again", error=None, changed_at=now,
    )  # fmt: skip


def let_go(connection: Connection, doubt: Doubt, now: datetime) -> bool:
    """The carrier never had it, and it is too late: a push is planned again, a notice expires."""
    if doubt.kind == "push":
        values: dict[str, Any] = {"state": "queued", "closes_at": now}
    else:
        values = {"state": "expired"}
    return _settle(connection, doubt, settled="expired", error=None, changed_at=now, **values)


def leave_open(connection: Connection, doubt: Doubt, why: str, now: datetime) -> bool:
    """It can't be settled now: it stays in doubt, is shown, and is looked at again later."""
    return _settle(connection, doubt, error=f"unsettled:{why}", changed_at=now)


def _settle(connection: Connection, doubt: Doubt, *conditions: Any, **values: Any) -> bool:
    same = (
        texts.c.id == doubt.id,
        texts.c.attempts == doubt.attempt,
        texts.c.state == "unknown",
    )
    statement = update(texts).where(*same, *conditions).values(values)
    return connection.execute(statement).rowcount == 1
