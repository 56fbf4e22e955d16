"""Enrolments: who is, or was, in which programme, and where they stood when they left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.core.model import EnrolmentState
from bot.store.tables import enrolments

_LATEST = (  # built once: building it costs more than running it
    select(
        enrolments.c.id,
        enrolments.c.programme,
        enrolments.c.state,
        enrolments.c.path_id,
        enrolments.c.joined_at,
    )
    .where(enrolments.c.subscriber_id == bindparam("who"))
    .order_by(enrolments.c.id)
)


@dataclass(frozen=True, slots=True)
class Standing:
    """One row: `path_id` is where it stood when it last left the schedule."""

    id: int
    programme: str
    state: EnrolmentState
    path_id: int
    joined_at: datetime


def latest(connection: Connection, subscriber_id: int) -> dict[str, Standing]:
    """A person's latest enrolment of each programme."""
    found = {}
    for row in connection.execute(_LATEST, {"who": subscriber_id}):
        state = EnrolmentState(row.state)
        found[row.programme] = Standing(row.id, row.programme, state, row.path_id, row.joined_at)
    return found


def start(
    connection: Connection, subscriber_id: int, programme: str, path_id: int, now: datetime
) -> int:
    """A new, active enrolment; its id."""
    done = connection.execute(
        insert(enrolments).values(
            subscriber_id=subscriber_id,
            programme=programme,
            state=EnrolmentState.ACTIVE.value,
            path_id=path_id,
            joined_at=now,
        )
    )
    assert done.inserted_primary_key is not None
    return int(done.inserted_primary_key[0])


def end(
    connection: Connection,
    enrolment_id: int,
    state: EnrolmentState,
    path_id: int,
    reason: str,
    now: datetime,
) -> None:
    """Leave or complete, keeping where it stood."""
    connection.execute(
        update(enrolments)
        .where(enrolments.c.id == enrolment_id)
        .values(state=state.value, path_id=path_id, ended_at=now, end_reason=reason[:40])
    )
