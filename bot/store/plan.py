"""Decisions about what is due, carried out in sets: texts queued, rows moved, programmes ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Delete,
    Insert,
    Table,
    Update,
    bindparam,
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

from bot.store.due import due, outcomes
from bot.store.tables import Id, Instant, enrolments, schedule, texts
from bot.store.texts import IS_PUSH
from bot.store.upsert import INSERTS


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
    connection.execute(_DECIDED, values)
    connection.execute(_TEXTS[connection.dialect.name], {"now": now})
    planned = connection.execute(_MARK_SENT).rowcount
    connection.execute(_END, {"now": now})
    gone = connection.execute(_TAKE_OUT).rowcount
    connection.execute(_GO_ON)
    moved = connection.execute(_MOVE).rowcount
    return Written(planned, moved, gone - planned - moved)


# The statements are built once: building one costs more than running it on a few rows.
_NOW = bindparam("now", type_=Instant())
_OF_STANDING = outcomes.c.standing == due.c.standing


def _texts(make: Callable[[Table], Any]) -> Any:
    """A text for each row that is sent something; another push of the day keeps it out."""
    columns = {
        "subscriber_id": due.c.subscriber_id,
        "kind": literal("push"),
        "state": literal("queued"),
        "priority": literal(1),
        "message_id": outcomes.c.message_id,
        "language": outcomes.c.language,
        "fingerprint": outcomes.c.fingerprint,
        "segments": outcomes.c.segments,
        "due_at": _later(outcomes.c.from_at, due.c.spread),
        "closes_at": outcomes.c.closes_at,
        "programme": due.c.programme,
        "enrolment_id": due.c.enrolment_id,
        "path_id": due.c.path_id,
        "next_base_at": outcomes.c.next_base_at,
        "push_on": outcomes.c.push_on,
        "created_at": _NOW,
        "changed_at": _NOW,
    }
    rows = (
        select(*columns.values())
        .select_from(due.join(outcomes, _OF_STANDING))
        .where(outcomes.c.message_id.is_not(None))
        .order_by(due.c.priority, due.c.base_at, due.c.subscriber_id)
    )
    return make(texts).from_select(list(columns), rows).on_conflict_do_nothing()


def _later(at: Any, seconds: Any) -> Any:
    """An instant so many seconds later, in whole microseconds."""
    return func.coalesce(at, 0, type_=Id) + seconds * literal(1_000_000, Id)


def _mark_sent() -> Update:
    """Which rows have the text that was just decided: the day's one push may be another."""
    found = exists().where(
        texts.c.push_on == outcomes.c.push_on,
        texts.c.subscriber_id == due.c.subscriber_id,
        texts.c.enrolment_id == due.c.enrolment_id,
        texts.c.message_id == outcomes.c.message_id,
        IS_PUSH,
    )
    return update(due).where(_OF_STANDING, found).values(sent=True)


def _take_out() -> Delete:
    key = tuple_(*schedule.primary_key.columns)
    return delete(schedule).where(
        key.in_(select(due.c.base_at, due.c.subscriber_id, due.c.priority, due.c.programme))
    )


def _place(base_at: Any, path_id: Any, due_on: Any, sent: Any) -> Insert:
    """Put rows back where they go on: those that got a text, or those that did not."""
    rows = {
        "base_at": base_at,
        "subscriber_id": due.c.subscriber_id,
        "priority": due.c.priority,
        "programme": due.c.programme,
        "enrolment_id": due.c.enrolment_id,
        "path_id": path_id,
        "due_on": due_on,
    }
    query = (
        select(*rows.values())
        .select_from(due.join(outcomes, _OF_STANDING))
        .where(base_at.is_not(None), sent)
    )
    made = insert(schedule).from_select(list(rows), query)
    return made.execution_options(preserve_rowcount=True)


def _end() -> Update:
    """Whoever got the last message, or may not be texted, leaves the schedule with their path."""
    ending = (
        select(
            due.c.enrolment_id,
            outcomes.c.ends_as,
            func.coalesce(outcomes.c.next_path_id, due.c.path_id).label("path_id"),
        )
        .select_from(due.join(outcomes, _OF_STANDING))
        .where(outcomes.c.ends_as.is_not(None), outcomes.c.message_id.is_(None) | due.c.sent)
        .subquery()
    )
    kept = ending.c.ends_as == "kept"
    return (
        update(enrolments)
        .where(enrolments.c.id == ending.c.enrolment_id)
        .values(
            path_id=ending.c.path_id,
            state=case((kept, enrolments.c.state), else_=ending.c.ends_as),
            ended_at=case((kept, enrolments.c.ended_at), else_=_NOW),
        )
    )


_DECIDED = insert(outcomes)
_TEXTS = {dialect: _texts(make) for dialect, make in INSERTS.items()}
_MARK_SENT, _END, _TAKE_OUT = _mark_sent(), _end(), _take_out()
_NEXT, _ELSE = outcomes.c.next_base_at, outcomes.c.else_base_at
_GO_ON = _place(_NEXT, outcomes.c.next_path_id, outcomes.c.next_due_on, due.c.sent)
_MOVE = _place(_ELSE, due.c.path_id, outcomes.c.else_due_on, ~due.c.sent)
