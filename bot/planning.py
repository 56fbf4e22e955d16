"""Who is due becomes rows of `texts`; each row then waits in the queue for its minute.

Any number of processes may plan at any moment, and may be cut off anywhere: a batch is one
transaction, and a person's row of the schedule is moved on in the one that queues their text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.core.calendar import Window
from bot.core.library import Library
from bot.core.pushes import Push, Standing, decide
from bot.store import due, unplan
from bot.store import plan as sets
from bot.store.database import Database
from bot.store.outbox import NEEDS
from bot.store.paths import all_received, intern
from bot.store.texts import Worded, keep_words

BATCH = 1000
"""Rows a transaction: some 20 ms, so that a webhook never waits long for SQLite's one writer."""
MOST_BATCHES = 500


@dataclass(frozen=True, slots=True)
class Planned:
    """What a sweep did."""

    texts: int = 0
    moved: int = 0
    ended: int = 0
    expired: int = 0

    def __add__(self, other: Planned) -> Planned:
        return Planned(
            self.texts + other.texts,
            self.moved + other.moved,
            self.ended + other.ended,
            self.expired + other.expired,
        )


def plan(database: Database, library: Library, now: datetime, batch: int = BATCH) -> Planned:
    """Take what missed its window back into the plan, then queue all that is due by now."""
    if not database.read(lambda c: unplan.any_closing(c, now + NEEDS) or due.any_due(c, now)):
        return Planned()
    priorities = {programme.id: programme.priority for programme in library.programmes.values()}

    def expire(connection: Connection) -> int:
        return unplan.expire(connection, now + NEEDS, now, priorities, batch)

    total = Planned()
    for _ in range(MOST_BATCHES):
        expired = database.write(expire)
        total += Planned(expired=expired)
        if expired < batch:
            break
    for _ in range(MOST_BATCHES):
        rows, planned = database.write(_sweep(library, now, batch))
        total += planned
        if rows < batch:
            break
    return total


def _sweep(
    library: Library, now: datetime, batch: int
) -> Callable[[Connection], tuple[int, Planned]]:
    """One batch: gather, decide, write."""

    def work(connection: Connection) -> tuple[int, Planned]:
        if not due.begin(connection):
            return 0, Planned()
        rows = due.gather(connection, now, batch)
        if not rows:
            return 0, Planned()
        standings = due.standings(connection, now)
        received = all_received(connection, {standing.path_id for standing in standings})
        outcomes = [
            _outcome(connection, library, standing, received[standing.path_id], now)
            for standing in standings
        ]
        written = sets.write(connection, outcomes, now)
        return rows, Planned(written.planned, written.moved, written.ended)

    return work


def _outcome(
    connection: Connection,
    library: Library,
    standing: due.Standing,
    received: tuple[str, ...],
    now: datetime,
) -> sets.Outcome:
    """What becomes of everybody in a standing."""
    programme = library.programmes.get(standing.programme)
    if programme is None or not standing.entitled:
        return sets.Outcome(standing.standing, ends_as="kept")
    push = decide(
        Standing(
            programme=programme,
            received=received,
            due_on=standing.due_on,
            zones=standing.zones,
            slot=standing.slot,
            pace=standing.pace,
            tags=standing.tags,
            waits_until=standing.waits_until,
        ),
        Window.of(library.service),
        now,
    )
    outcome = sets.Outcome(
        standing.standing,
        else_base_at=push.else_base_at,
        else_due_on=push.else_due_on,
        ends_as=push.ends_as,
    )
    if push.message is None:
        return outcome
    walked = (*received, push.message.id)
    return _with_text(connection, outcome, push, intern(connection, programme.id, walked), now)


def _with_text(
    connection: Connection, outcome: sets.Outcome, push: Push, path_id: int, now: datetime
) -> sets.Outcome:
    assert push.message is not None
    words = push.words or push.message
    worded = Worded(words.id, words.language, words.fingerprint, words.text, words.segments)
    keep_words(connection, [worded], now)
    return replace(
        outcome,
        from_at=push.from_at,
        message_id=push.message.id,
        language=words.language,
        fingerprint=words.fingerprint,
        segments=words.segments,
        closes_at=push.closes_at,
        push_on=push.push_on,
        next_base_at=push.next_base_at,
        next_due_on=push.next_due_on,
        next_path_id=path_id,
    )
