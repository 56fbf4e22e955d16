"""What became of an attempt to hand over a text: one conditional update for each outcome.

Every one of them names the attempt that it belongs to, and the states that it may find. False means
that it came too late: somebody else knew already, or has taken over.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, update

from bot.store.outbox import FINAL_REASONS, Claim
from bot.store.tables import stopped_messages, subscribers, texts
from bot.store.upsert import insert_into


def _step(connection: Connection, claim: Claim, states: tuple[str, ...], **values: Any) -> bool:
    ours = (texts.c.id == claim.id, texts.c.attempts == claim.attempt, texts.c.state.in_(states))
    return connection.execute(update(texts).where(*ours).values(values)).rowcount == 1


_ACCEPTED = (
    update(texts)
    .where(
        texts.c.id == bindparam("text_id"),
        texts.c.attempts >= bindparam("attempt"),
        texts.c.state.in_(("queued", "sending", "unknown")),
        texts.c.sid.is_(None),
    )
    .values(state="sent", sid=bindparam("new_sid"), error=None, changed_at=bindparam("now"))
)


def accepted(connection: Connection, claim: Claim, sid: str, now: datetime) -> bool:
    """The carrier took it. False if a receipt told us first.

    The one outcome that counts for later attempts too: if this one was given up for lost and others
    have queued or claimed the text again, they need not make their call.
    """
    values = {"text_id": claim.id, "attempt": claim.attempt, "new_sid": sid, "now": now}
    return connection.execute(_ACCEPTED, values).rowcount == 1


def in_doubt(connection: Connection, claim: Claim, error: str, now: datetime) -> bool:
    """Nobody knows what became of it."""
    return _step(connection, claim, ("sending",), state="unknown", error=error, changed_at=now)


def failed(connection: Connection, claim: Claim, error: str, now: datetime) -> bool:
    """The carrier refused it for good."""
    return _step(connection, claim, ("sending",), state="failed", error=error, changed_at=now)


def cancelled(connection: Connection, claim: Claim, reason: str, now: datetime) -> bool:
    """It must not go, and was not called."""
    if reason in FINAL_REASONS:
        values: dict[str, Any] = {"state": "cancelled", "error": "consent"}
    else:  # closed, so that it is planned again for another window
        values = {"state": "queued", "closes_at": now}
    return _step(connection, claim, ("sending",), changed_at=now, **values)


def again(
    connection: Connection,
    claim: Claim,
    error: str,
    due_at: datetime,
    now: datetime,
    *,
    counts: bool,
) -> bool:
    """The carrier certainly did not take it: back into the queue, due at `due_at`.

    `counts`: whether it uses up one of the few tries that a text has.
    """
    return _step(
        connection,
        claim,
        ("sending",),
        state="queued",
        error=error,
        due_at=due_at,
        tries=texts.c.tries + (1 if counts else 0),
        changed_at=now,
    )


def give_back(connection: Connection, claim: Claim, now: datetime) -> bool:
    """It was claimed and not called: as if nothing had been."""
    return _step(connection, claim, ("sending",), state="queued", changed_at=now)


# --- what a refusal means beyond the one text ----------------------------------------------------


def mark_unreachable(connection: Connection, subscriber_id: int, reason: str) -> None:
    """The number can't be reached: no more pushes until its owner writes."""
    connection.execute(
        update(subscribers).where(subscribers.c.id == subscriber_id).values(unreachable=reason[:40])
    )


def stop_message(
    connection: Connection, fingerprint: str, message_id: str, error: str, now: datetime
) -> None:
    """Carriers filter these words: nobody gets them until a person has looked."""
    connection.execute(
        insert_into(connection, stopped_messages)
        .values(fingerprint=fingerprint, message_id=message_id, error=error, since=now)
        .on_conflict_do_nothing()
    )
