"""Stepping back: a push that did not go out in its window returns to the plan.

Its message was never sent, so the enrolment goes back to the path before it and is due at once;
the planner then finds the next good hour. Nothing is skipped and the order stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select, update

from bot.core.model import EnrolmentState
from bot.store.schedule import Due, drop, find, place
from bot.store.tables import enrolments, schedule, texts


def any_closing(connection: Connection, closing_by: datetime) -> bool:
    """Whether the window of any queued text closes by then; a look that changes nothing."""
    soonest = (
        select(texts.c.closes_at)
        .where(texts.c.state == "queued")
        .order_by(texts.c.closes_at)
        .limit(1)
    )
    first = connection.execute(soonest).scalar_one_or_none()
    return first is not None and first <= closing_by


def expire(
    connection: Connection,
    closing_by: datetime,
    now: datetime,
    priorities: Mapping[str, int],
    limit: int,
) -> int:
    """Take texts whose window closes out of the queue, and pushes among them back into the plan."""
    query = (
        select(texts)
        .where(texts.c.state == "queued", texts.c.closes_at <= closing_by)
        .order_by(texts.c.closes_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    closing = connection.execute(query).all()
    if not closing:
        return 0
    connection.execute(
        update(texts)
        .where(texts.c.id.in_([row.id for row in closing]))
        .values(state="expired", changed_at=now)
    )
    step_back(connection, [row for row in closing if row.kind == "push"], now, priorities)
    return len(closing)


def step_back(
    connection: Connection, pushes: Sequence[Row[Any]], now: datetime, priorities: Mapping[str, int]
) -> None:
    """Schedule the messages of these texts again, in place of what was scheduled after them."""
    after = _scheduled_after(connection, pushes)
    drop(connection, after.values())
    place(
        connection,
        [
            Due(
                base_at=now,
                subscriber_id=push.subscriber_id,
                priority=priorities.get(push.programme, 9),
                programme=push.programme,
                enrolment_id=push.enrolment_id,
                path_id=push.path_id,
                due_on=push.push_on,
            )
            for push in pushes
        ],
    )
    connection.execute(  # the last message of a programme completes it when it is planned
        update(enrolments)
        .where(
            enrolments.c.id.in_([push.enrolment_id for push in pushes]),
            enrolments.c.state == EnrolmentState.COMPLETED,
        )
        .values(state=EnrolmentState.ACTIVE, ended_at=None)
    )


def _scheduled_after(
    connection: Connection, pushes: Sequence[Row[Any]]
) -> dict[tuple[int, str], Due]:
    """The row of the schedule that follows each push, wherever it has been moved."""
    keys = [
        and_(
            schedule.c.base_at == push.next_base_at,
            schedule.c.subscriber_id == push.subscriber_id,
            schedule.c.programme == push.programme,
        )
        for push in pushes
        if push.next_base_at is not None
    ]
    found: dict[tuple[int, str], Due] = {}
    for start in range(0, len(keys), 200):
        query = select(schedule).where(or_(*keys[start : start + 200]))
        for row in connection.execute(query):
            found[row.subscriber_id, row.programme] = Due.from_row(row)
    for push in pushes:  # somebody changed their hours meanwhile: rare
        key = (push.subscriber_id, push.programme)
        if key not in found and push.next_base_at is not None:
            for moved in find(connection, push.subscriber_id, [], expected=1):
                if moved.programme == push.programme:
                    found[key] = moved
    return found
