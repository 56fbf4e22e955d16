"""What is due, gathered in sets: the rows of one batch, and the standings among them.

A standing is what a decision depends on: the programme, the path walked, zones, slot, pace, tags.
People who share it share the decision, so Python decides once for each standing and SQL moves the
rows. Only what is due is touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Executable,
    Insert,
    Integer,
    MetaData,
    Select,
    SmallInteger,
    String,
    Table,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.schema import CreateTable

from bot.core.model import Consent, EnrolmentState
from bot.store.tables import Id, Instant, enrolments, schedule, subscribers

temporary = MetaData()

due = Table(
    # The rows of one batch, with the standing of each.
    "due",
    temporary,
    Column("base_at", Instant),
    Column("subscriber_id", Id),
    Column("priority", SmallInteger),
    Column("programme", String),
    Column("enrolment_id", Id),
    Column("path_id", Id),
    Column("due_on", Date),
    Column("spread", Integer),
    Column("standing", Integer),
    Column("sent", Boolean),  # whether a text was queued for it
    prefixes=["TEMPORARY"],
)

outcomes = Table(
    # What was decided for each standing.
    "outcomes",
    temporary,
    Column("standing", Integer, primary_key=True, autoincrement=False),
    Column("from_at", Instant),  # the spread counts from here
    Column("message_id", String),  # NULL: nothing is sent, the row moves or goes
    Column("language", String),
    Column("fingerprint", String),
    Column("segments", SmallInteger),
    Column("closes_at", Instant),
    Column("push_on", Date),
    Column("next_base_at", Instant),  # NULL: the programme is done, or the row is dropped
    Column("next_due_on", Date),
    Column("next_path_id", Id),
    Column("else_base_at", Instant),  # where it goes if another push has the day
    Column("else_due_on", Date),
    Column("ends_as", String),  # state of the enrolment once the row is gone
    prefixes=["TEMPORARY"],
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a decision depends on, shared by everybody in it."""

    standing: int
    base_at: datetime
    due_on: date
    programme: str
    path_id: int
    zones: str
    slot: str
    pace: str
    language: str
    tags: dict[str, str]
    waits_until: datetime | None
    """End of a pause or hold that is still on."""
    entitled: bool
    """Whether pushes may still be sent: consent given, enrolment active, number reachable."""


def any_due(connection: Connection, now: datetime) -> bool:
    """Whether a slot has begun in which anybody is due; a look that changes nothing."""
    soonest = select(schedule.c.base_at).order_by(schedule.c.base_at).limit(1)
    first = connection.execute(soonest).scalar_one_or_none()
    return first is not None and first <= now


def begin(connection: Connection) -> bool:
    """Make room for a batch. False if another process is planning at this moment."""
    if connection.dialect.name == "postgresql":
        if not connection.execute(_MY_TURN).scalar_one():
            return False
        connection.execute(_BY_INDEX)
    for table in (due, outcomes):
        connection.execute(CreateTable(table, if_not_exists=True))
    for emptying in _EMPTY[connection.dialect.name]:
        connection.execute(emptying)
    return True


def gather(connection: Connection, now: datetime, limit: int, spread_s: int) -> int:
    """Put the rows that are due, soonest first, into `due`; returns how many there are.

    `spread_s`: over how many seconds of a slot people spread now; it may have been more when they
    came.
    """
    values = {"now": now, "most": limit, "within": max(1, spread_s)}
    return connection.execute(_GATHER, values).rowcount


def standings(connection: Connection, now: datetime) -> list[Standing]:
    """The distinct standings among the rows of the batch."""
    return [_standing(row) for row in connection.execute(_STANDINGS, {"now": now})]


_MY_TURN = text("SELECT pg_try_advisory_xact_lock(7237642)")
_BY_INDEX = text(
    # A batch is small, however large the tables are. PostgreSQL doesn't know: after a burst its
    # statistics are old, and it would read whole tables to join a thousand rows.
    "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), "
    "set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true)"
)
_EMPTY: dict[str, Sequence[Executable]] = {
    "postgresql": [text("TRUNCATE due, outcomes")],  # deleting would leave the dead rows to scan
    "sqlite": [delete(due), delete(outcomes)],
}

# The statements are built once: building one costs more than running it on a few rows.
_NOW = bindparam("now", type_=Instant())


def _standing_of(row: Any) -> tuple[Any, ...]:
    """The columns that make a standing, in the order of `Standing` after its number."""
    person = subscribers.c
    pause = case((person.paused_until > _NOW, person.paused_until))
    hold = case((person.held_until > _NOW, person.held_until))
    later = case((or_(hold.is_(None), pause > hold), pause), else_=hold)
    entitled = case(
        (
            (person.consent == Consent.GIVEN)
            & (enrolments.c.state == EnrolmentState.ACTIVE)
            & person.unreachable.is_(None),
            1,
        ),
        else_=0,
    )
    return (
        row.base_at,
        row.due_on,
        row.programme,
        row.path_id,
        person.zones,
        person.slot,
        person.pace,
        person.language,
        person.tags,
        later,
        entitled,
    )


def _gathering() -> Insert:
    first = (
        select(schedule)
        .where(schedule.c.base_at <= _NOW)
        .order_by(*schedule.primary_key.columns)
        .limit(bindparam("most", type_=Integer()))
        .subquery()
    )
    person, way = subscribers.c, enrolments.c
    numbered = func.dense_rank().over(order_by=[*_standing_of(first.c)])
    rows = (
        select(
            *(first.c[c.name] for c in list(due.c)[:7]),
            func.coalesce(person.spread, 0) % bindparam("within", type_=Integer()),
            numbered,
            literal(False),
        )
        .select_from(first)
        .outerjoin(subscribers, person.id == first.c.subscriber_id)
        .outerjoin(enrolments, way.id == first.c.enrolment_id)
    )
    made = insert(due).from_select([c.name for c in due.c], rows)
    return made.execution_options(preserve_rowcount=True)


def _distinct() -> Select[Any]:
    anyone = (
        select(due.c.standing, func.min(due.c.subscriber_id).label("id"))
        .group_by(due.c.standing)
        .subquery()
    )
    return (
        select(due.c.standing, *_standing_of(due.c))
        .select_from(anyone)
        .join(due, (due.c.standing == anyone.c.standing) & (due.c.subscriber_id == anyone.c.id))
        .outerjoin(subscribers, subscribers.c.id == due.c.subscriber_id)
        .outerjoin(enrolments, enrolments.c.id == due.c.enrolment_id)
    )


_GATHER, _STANDINGS = _gathering(), _distinct()


def _standing(row: Any) -> Standing:
    number, base_at, due_on, programme, path, zones, slot, pace, language, tags, later, good = row
    tags = tags if isinstance(tags, dict) else {}
    return Standing(
        number, base_at, due_on, programme, path, zones or "", slot or "", pace or "",
        language or "en", tags, later, bool(good),
    )  # fmt: skip
