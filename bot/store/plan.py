"""Decisions about what is due, carried out in sets: texts queued, rows moved, programmes ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.store.due import due, outcomes
from bot.store.tables import Id, Instant, enrolments, schedule, texts


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a standing's rows; see the columns of `outcomes`."""

    standing: int
    from_at: datetime | None = None
    message_id: str | None = None
    language: str | None = None
    fingerprint: str | None = None
    segments: int | None = None
    closes_at: datetime | None = None
    push_on: date | None = None
    next_base_at: datetime | None = None
    next_due_on: date | None = None
    next_path_id: int | None = None
    else_base_at: datetime | None = None
    else_due_on: date | None = None
    ends_as: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows went where."""

    planned: int
    moved: int
    ended: int


def write(connection: Connection, decided: Sequence[Outcome], now: datetime) -> Written:
    """Carry the decisions out for every row of the batch."""
    values = [{c.name: getattr(outcome, c.name) for c in outcomes.c} for outcome in decided]
    connection.execute(insert(outcomes), values)
    _insert_texts(connection, now)
    _end_enrolments(connection, now)
    connection.execute(
        delete(schedule).where(
            tuple_(*schedule.primary_key.columns).in_(
                select(due.c.base_at, due.c.subscriber_id, due.c.priority, due.c.programme)
            )
        )
    )
    went_on = _place(connection, outcomes.c.next_base_at, outcomes.c.next_due_on, sent=True)
    moved = _place(connection, outcomes.c.else_base_at, outcomes.c.else_due_on, sent=False)
    total = connection.execute(select(func.count()).select_from(due)).scalar_one()
    planned = connection.execute(
        select(func.count()).select_from(due).join(outcomes, _decided()).where(_was_planned())
    ).scalar_one()
    assert went_on <= planned
    return Written(planned, moved, total - planned - moved)


def _decided() -> Any:
    return outcomes.c.standing == due.c.standing


def _insert_texts(connection: Connection, now: datetime) -> None:
    """A text for each row that is sent something; another push of the day keeps it out."""
    at = outcomes.c.from_at
    columns = {
        "subscriber_id": due.c.subscriber_id,
        "kind": literal("push"),
        "state": literal("queued"),
        "priority": literal(1),
        "message_id": outcomes.c.message_id,
        "language": outcomes.c.language,
        "fingerprint": outcomes.c.fingerprint,
        "segments": outcomes.c.segments,
        "due_at": _later(at, due.c.spread),
        "closes_at": outcomes.c.closes_at,
        "programme": due.c.programme,
        "enrolment_id": due.c.enrolment_id,
        "path_id": due.c.path_id,
        "next_base_at": outcomes.c.next_base_at,
        "push_on": outcomes.c.push_on,
        "created_at": literal(now, Instant),
        "changed_at": literal(now, Instant),
    }
    rows = (
        select(*columns.values())
        .select_from(due.join(outcomes, _decided()))
        .where(outcomes.c.message_id.is_not(None))
        .order_by(due.c.priority, due.c.base_at, due.c.subscriber_id)
    )
    make = postgres_insert if connection.dialect.name == "postgresql" else sqlite_insert
    connection.execute(make(texts).from_select(list(columns), rows).on_conflict_do_nothing())


def _later(at: Any, seconds: Any) -> Any:
    """An instant so many seconds later, in whole microseconds."""
    return func.coalesce(at, 0, type_=Id) + seconds * literal(1_000_000, Id)


def _was_planned() -> Any:
    return exists().where(
        texts.c.push_on == outcomes.c.push_on,
        texts.c.subscriber_id == due.c.subscriber_id,
        texts.c.enrolment_id == due.c.enrolment_id,
        texts.c.message_id == outcomes.c.message_id,
        texts.c.push_on.is_not(None),
        texts.c.state.not_in(("expired", "cancelled")),
    )


def _place(connection: Connection, base_at: Any, due_on: Any, *, sent: bool) -> int:
    """Put rows back where they go on: those that got a text, or those that did not."""
    path = outcomes.c.next_path_id if sent else due.c.path_id
    rows = (
        select(
            base_at,
            due.c.subscriber_id,
            due.c.priority,
            due.c.programme,
            due.c.enrolment_id,
            path,
            due_on,
        )
        .select_from(due.join(outcomes, _decided()))
        .where(base_at.is_not(None), _was_planned() if sent else ~_was_planned())
    )
    names = [
        "base_at",
        "subscriber_id",
        "priority",
        "programme",
        "enrolment_id",
        "path_id",
        "due_on",
    ]
    counted = {"preserve_rowcount": True}
    made = insert(schedule).from_select(names, rows)
    return connection.execute(made, execution_options=counted).rowcount


def _end_enrolments(connection: Connection, now: datetime) -> None:
    """Whoever got the last message, or may not be texted, leaves the schedule with their path."""
    ending = (
        select(
            due.c.enrolment_id,
            outcomes.c.ends_as,
            func.coalesce(outcomes.c.next_path_id, due.c.path_id).label("path_id"),
        )
        .select_from(due.join(outcomes, _decided()))
        .where(
            outcomes.c.ends_as.is_not(None),
            outcomes.c.message_id.is_(None) | _was_planned(),
        )
        .subquery()
    )
    connection.execute(
        update(enrolments)
        .where(enrolments.c.id == ending.c.enrolment_id)
        .values(
            path_id=ending.c.path_id,
            state=case((ending.c.ends_as == "kept", enrolments.c.state), else_=ending.c.ends_as),
            ended_at=case(
                (ending.c.ends_as == "kept", enrolments.c.ended_at), else_=literal(now, Instant)
            ),
        )
    )
