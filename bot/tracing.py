"""The whole story of one text, or of one person: what happened, when, and why; no number, no words.

"Why hasn't she got day 12?" is answered from the rows alone: what was planned and why it did not
go, whether she paused or left, when she is due next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from bot.carrier import meaning
from bot.store import senders, stories
from bot.store.database import Database

STATES = {
    "queued": "waits in the queue",
    "sending": "is in the hands of a worker",
    "sent": "was taken by the carrier",
    "delivered": "was delivered",
    "undelivered": "was not delivered",
    "failed": "was refused",
    "cancelled": "was cancelled",
    "expired": "missed its window, and was planned again if it was a push",
    "unknown": "is in doubt: the carrier's answer never came",
}
SETTLED = {
    "callback": "a status report",
    "list": "the carrier's list",
    "again": "the carrier's list, which did not have it, so it went again",
    "expired": "the carrier's list, which did not have it, after its window had closed",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a story."""

    at: datetime | None
    what: str


def of_text(database: Database, text_id: int, sender: str, now: datetime) -> list[Line] | None:
    """The story of a text, or None if there is none with this id."""

    def work(connection: Connection) -> list[Line] | None:
        row = stories.text(connection, text_id)
        if row is None:
            return None
        return [*_text_lines(connection, row), *_why_waiting(connection, row, sender, now)]

    return database.read(work)


def of_person(database: Database, subscriber_id: int, now: datetime) -> list[Line] | None:
    """The story of a subscriber, or None if nobody has this id (any more)."""

    def work(connection: Connection) -> list[Line] | None:
        row = stories.person(connection, subscriber_id)
        if row is None:
            return None
        return [
            *_person_lines(row, now),
            *_programme_lines(connection, subscriber_id),
            *_history(connection, row),
        ]

    return database.read(work)


# --- one text ------------------------------------------------------------------------------------


def _text_lines(connection: Connection, row: Row[Any]) -> Iterator[Line]:
    to = f"{row.kind} {row.message_id} ({row.language}) to subscriber {row.subscriber_id}"
    yield Line(row.created_at, f"made: {to}, {row.segments} segment(s), words {row.fingerprint}")
    if row.inbox_sid:
        question = stories.question(connection, row.inbox_sid)
        if question is not None:
            yield Line(question[0], f"it answers a text, by the rule {question[1]!r}")
    if row.push_on:
        yield Line(None, f"push of {row.push_on} in {row.programme}, enrolment {row.enrolment_id}")
    if row.kind != "reply":
        yield Line(row.due_at, "due; " + ("urgent" if row.priority == 0 else "routine"))
        yield Line(row.closes_at, "its window closes")
    if row.attempts:
        yield Line(row.attempted_at, f"claimed by {row.claimed_by}, attempt {row.attempts}")
    for report in stories.reports(connection, row.id, row.sid):
        code = f", {_code(report.error)}" if report.error else ""
        yield Line(report.received_at, f"the carrier reports {report.status} ({report.sid}){code}")
    if row.settled:
        yield Line(None, f"was in doubt, settled by {SETTLED.get(row.settled, row.settled)}")
    error = f" ({row.error})" if row.error else ""
    yield Line(row.changed_at, f"{STATES.get(row.state, row.state)}{error}")


def _code(error: str) -> str:
    fault = meaning(int(error)).fault if error.isdecimal() else "?"
    return f"error {error}: {fault}"


def _why_waiting(
    connection: Connection, row: Row[Any], sender: str, now: datetime
) -> Iterator[Line]:
    if row.state != "queued":
        return
    stopped = senders.stopped(connection, sender)
    if stopped is not None:
        yield Line(stopped.since, f"sending stands still: {stopped.error}")
    if row.due_at > now:
        yield Line(None, "it is not due yet")
    elif row.closes_at <= now:
        yield Line(None, "its window is over: the planner takes it back")
    elif stopped is None:
        yield Line(None, "it is due: it goes when the pace lets it")


# --- one person ----------------------------------------------------------------------------------


def _person_lines(row: Row[Any], now: datetime) -> Iterator[Line]:
    yield Line(row.created_at, f"subscriber {row.id}: consent {row.consent}")
    hours = f"{row.slot}, pace {row.pace}, language {row.language}, zones {row.zones}"
    yield Line(None, f"texts at {hours}")
    if row.paused_until and row.paused_until > now:
        yield Line(row.paused_until, "paused until then")
    if row.held_until and row.held_until > now:
        yield Line(row.held_until, "pushes are held until then, after danger or an unclear stop")
    if row.unreachable:
        yield Line(None, f"the carrier can't reach the number: {row.unreachable}")
    if row.question_id:
        yield Line(row.question_at, f"was asked {row.question_id}, not answered yet")


def _programme_lines(connection: Connection, subscriber_id: int) -> Iterator[Line]:
    for one in stories.enrolled(connection, subscriber_id):
        yield Line(one.joined_at, f"joined {one.programme} (enrolment {one.id}), {one.state}")
        if one.ended_at:
            yield Line(one.ended_at, f"{one.programme} ended: {one.end_reason or one.state}")
        if one.state != "active" and one.received:
            yield Line(None, f"{one.programme}: had received {_listed(one.received.split())}")
    due = stories.scheduled(connection, subscriber_id)
    for row, received in due:
        what = f"{row.programme}: the next is planned for the slot that begins then ({row.due_on})"
        yield Line(row.base_at, f"{what}, after {_listed(received.split())}")
    if not due:
        yield Line(None, "nothing is scheduled")


def _listed(received: Sequence[str]) -> str:
    shown = " ".join(received[-5:])
    return f"{len(received)} messages, the last {shown}" if received else "no message"


def _history(connection: Connection, row: Row[Any]) -> list[Line]:
    """Consent, texts both ways and flags in one order, oldest first."""
    lines = [
        Line(one.at, f"consent: {one.event} by {one.channel} ({one.detail})")
        for one in stories.ledger(connection, row.number_index)
    ]
    lines += [
        Line(one.received_at, f"wrote ({one.message_sid}); answered by the rule {one.rule!r}")
        for one in stories.recent_inbound(connection, row.id)
    ]
    lines += [
        Line(one.created_at, f"text {one.id}: {one.kind} {one.message_id} {_ending(one)}")
        for one in stories.recent_texts(connection, row.id)
    ]
    lines += [
        Line(one.raised_at, f"flag {one.id}: {one.kind}, {'settled' if one.settled_at else 'open'}")
        for one in stories.raised(connection, row.id)
    ]
    return sorted(lines, key=lambda line: line.at or row.created_at)


def _ending(row: Row[Any]) -> str:
    error = f" ({row.error})" if row.error else ""
    return f"{STATES.get(row.state, row.state)}{error}"
