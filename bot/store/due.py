"""What is due, gathered in sets: the rows of one batch, and the standings among them.

A standing is what a decision depends on: the programme, the path walked, zones, slot, pace, tags.
People who share it share the decision, so Python decides once for each standing and SQL moves the
rows. Only what is due is touched.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Date,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    case,
    delete,
    func,
    insert,
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
    prefixes=["TEMPORARY"],
)

outcomes = Table(
    # What was decided for each standing.
    "outcomes",
    temporary,
    Column("standing", Integer),
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
        mine = text("SELECT pg_try_advisory_xact_lock(7237642)")
        if not connection.execute(mine).scalar_one():
            return False
    for table in (due, outcomes):
        connection.execute(CreateTable(table, if_not_exists=True))
        connection.execute(delete(table))
    return True


def gather(connection: Connection, now: datetime, limit: int) -> int:
    """Put the rows that are due, soonest first, into `due`; returns how many there are."""
    first = (
        select(schedule)
        .where(schedule.c.base_at <= now)
        .order_by(*schedule.primary_key.columns)
        .limit(limit)
        .subquery()
    )
    person, way = subscribers.c, enrolments.c
    numbered = func.dense_rank().over(order_by=[*_standing_of(first.c, now)])
    rows = (
        select(
            *(first.c[c.name] for c in list(due.c)[:7]), func.coalesce(person.spread, 0), numbered
        )
        .select_from(first)
        .outerjoin(subscribers, person.id == first.c.subscriber_id)
        .outerjoin(enrolments, way.id == first.c.enrolment_id)
    )
    connection.execute(insert(due).from_select([c.name for c in due.c], rows))
    return connection.execute(select(func.count()).select_from(due)).scalar_one()


def _standing_of(row: Any, now: datetime) -> tuple[Any, ...]:
    """The columns that make a standing, in the order of `Standing` after its number."""
    person = subscribers.c
    pause = case((person.paused_until > now, person.paused_until))
    hold = case((person.held_until > now, person.held_until))
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


def standings(connection: Connection, now: datetime) -> list[Standing]:
    """The distinct standings among the rows of the batch."""
    anyone = (
        select(due.c.standing, func.min(due.c.subscriber_id).label("id"))
        .group_by(due.c.standing)
        .subquery()
    )
    query = (
        select(due.c.standing, *_standing_of(due.c, now))
        .select_from(anyone)
        .join(due, (due.c.standing == anyone.c.standing) & (due.c.subscriber_id == anyone.c.id))
        .outerjoin(subscribers, subscribers.c.id == due.c.subscriber_id)
        .outerjoin(enrolments, enrolments.c.id == due.c.enrolment_id)
    )
    return [_standing(row) for row in connection.execute(query)]


def _standing(row: Any) -> Standing:
    number, base_at, due_on, programme, path, zones, slot, pace, language, tags, later, good = row
    tags = tags if isinstance(tags, dict) else {}
    return Standing(
        number, base_at, due_on, programme, path, zones or "", slot or "", pace or "",
        language or "en", tags, later, bool(good),
    )  # fmt: skip
