"""People: found by the keyed hash of their number, one text of theirs at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, Select, bindparam, delete, select, update

from bot.core.model import Consent, Question, Subscriber
from bot.store.tables import subscribers, suppressions
from bot.store.upsert import insert_into


@dataclass(frozen=True, slots=True)
class NewSubscriber:
    """What is known of somebody at their first text, or when they type their number."""

    number_index: bytes
    number_sealed: bytes
    zones: str
    slot: str
    spread: int
    """Seconds into a slot at which their texts go, always the same for one person."""
    consent: Consent = Consent.NONE
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Record:
    """A subscriber as the row tells it, with what the rules need not know."""

    subscriber: Subscriber
    number_index: bytes
    spread: int
    question_at: datetime | None
    """When the last question was asked or closed: check-ins pushed before it are settled."""
    seen_at: datetime

    @classmethod
    def from_row(cls, row: Row[Any]) -> Record:
        """The value of a row of the table."""
        question = None
        if row.question_id is not None and row.question_at is not None:
            question = Question(
                row.question_id, row.question_at, row.question_unclear, row.question_about
            )
        subscriber = Subscriber(
            id=row.id,
            consent=Consent(row.consent),
            zones=row.zones,
            slot=row.slot,
            pace=row.pace,
            language=row.language,
            paused_until=row.paused_until,
            held_until=row.held_until,
            question=question,
            topic=row.topic,
            topic_position=row.topic_position,
            last_message=row.last_message,
            fallback_at=row.fallback_at,
            tags=row.tags,
            pending_programme=row.pending_programme,
            pending_until=row.pending_until,
        )
        return cls(subscriber, row.number_index, row.spread, row.question_at, row.seen_at)


def lock(connection: Connection, number_index: bytes) -> Record | None:
    """The person with this number, locked until the transaction ends, or None.

    The lock makes two texts of one person wait for each other: each decision sees the other.
    """
    return _one(connection, _LOCK_NUMBER, number_index)


def lock_id(connection: Connection, subscriber_id: int) -> Record | None:
    """The person with this id, locked until the transaction ends, or None once erased."""
    return _one(connection, _LOCK_ID, subscriber_id)


# The statements of the hot path are built once: building one costs more than running it.
_WHO: BindParameter[Any] = bindparam("who")
_LOCK_NUMBER = select(subscribers).where(subscribers.c.number_index == _WHO).with_for_update()
_LOCK_ID = select(subscribers).where(subscribers.c.id == _WHO).with_for_update()
_CHANGE = update(subscribers).where(subscribers.c.id == _WHO)


def _one(connection: Connection, query: Select[Any], who: bytes | int) -> Record | None:
    row = connection.execute(query, {"who": who}).one_or_none()
    return None if row is None else Record.from_row(row)


def lock_or_create(connection: Connection, new: NewSubscriber, now: datetime) -> Record:
    """The person with this number, made if this is the first that is heard of them, and locked."""
    found = lock(connection, new.number_index)
    if found is not None:
        return found
    values: dict[str, object] = {
        "number_index": new.number_index,
        "number_sealed": new.number_sealed,
        "consent": new.consent.value,
        "zones": new.zones,
        "slot": new.slot,
        "pace": "standard",
        "language": new.language,
        "spread": new.spread,
        "tags": {},
        "created_at": now,
        "seen_at": now,
    }
    connection.execute(insert_into(connection, subscribers).values(values).on_conflict_do_nothing())
    made = lock(connection, new.number_index)
    assert made is not None, "a person who was just inserted, or whom another transaction was"
    return made


def change(connection: Connection, subscriber_id: int, values: Mapping[str, object]) -> None:
    """Set columns of one person."""
    if values:
        connection.execute(_CHANGE, {**values, "who": subscriber_id})


def suppress(connection: Connection, number_index: bytes, reason: str, now: datetime) -> bool:
    """List a number as never to be texted by accident; False if it was listed already."""
    done = connection.execute(
        insert_into(connection, suppressions)
        .values(number_index=number_index, since=now, reason=reason)
        .on_conflict_do_nothing()
        .returning(suppressions.c.reason)
    )
    return done.first() is not None


def lift_suppression(connection: Connection, number_index: bytes) -> None:
    """The owner of the number asked for texts: take it off that list."""
    connection.execute(delete(suppressions).where(suppressions.c.number_index == number_index))
