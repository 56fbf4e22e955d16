"""Who is due becomes rows of `texts`; each row then waits in the queue for its minute.

Any number of processes may plan at any moment, and may be cut off anywhere: a batch is one
transaction, and a person's row of the schedule is moved on in the one that queues their text.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.core.calendar import Window
from bot.core.library import Library, Message
from bot.core.pushes import Push, Standing, decide
from bot.store import due, unplan
from bot.store import plan as sets
from bot.store.database import Database
from bot.store.outbox import NEEDS
from bot.store.paths import all_received, intern_all
from bot.store.texts import Worded, keep_words

BATCH = 1000
"""Rows a transaction: some 20 ms, so that a webhook never waits long for SQLite's one writer."""
MOST_BATCHES = 500
MANY = 5000
"""After so many rows moved, what they left behind is cleared away at once."""
NOWHERE = ("", ())


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
    decisions = _Decisions(library, now)
    for _ in range(MOST_BATCHES):
        rows, planned = database.write(lambda c: _sweep(c, decisions, now, batch))
        total += planned
        if rows < batch:
            break
    if total.texts + total.moved + total.expired >= MANY:
        database.clear_dead_rows("schedule")
    return total


class _Decisions:
    """What becomes of the people in a standing, decided once however many batches they fill."""

    def __init__(self, library: Library, now: datetime) -> None:
        self._programmes = library.programmes
        self.window = Window.of(library.service)
        self._now = now
        self._made: dict[tuple[object, ...], Push] = {}

    def of(self, standing: due.Standing, received: tuple[str, ...]) -> Push:
        """The decision for a standing."""
        programme = self._programmes.get(standing.programme)
        if programme is None or not standing.entitled:
            return Push(ends_as="kept")
        what = Standing(
            programme=programme,
            received=received,
            due_on=standing.due_on,
            zones=standing.zones,
            slot=standing.slot,
            pace=standing.pace,
            tags=standing.tags,
            waits_until=standing.waits_until,
        )
        alike = (
            standing.programme, received, what.due_on, what.zones, what.slot, what.pace,
            tuple(sorted(what.tags.items())), what.waits_until,
        )  # fmt: skip
        if alike not in self._made:
            self._made[alike] = decide(what, self.window, self._now)
        return self._made[alike]


def _sweep(
    connection: Connection, decisions: _Decisions, now: datetime, batch: int
) -> tuple[int, Planned]:
    """One batch: gather, decide, write. Returns how many rows were due, and what was done."""
    if not due.begin(connection):
        return 0, Planned()
    rows = due.gather(connection, now, batch, decisions.window.spread_seconds)
    if not rows:
        return 0, Planned()
    standings = due.standings(connection, now)
    received = all_received(connection, {standing.path_id for standing in standings})
    decided = [(one, decisions.of(one, received[one.path_id])) for one in standings]
    walked = {
        one.standing: (one.programme, (*received[one.path_id], push.message.id))
        for one, push in decided
        if push.message is not None
    }
    path_ids = intern_all(connection, set(walked.values())) if walked else {}
    keep_words(connection, [_worded(push.words) for _, push in decided if push.words], now)
    outcomes = [
        _outcome(one.standing, push, path_ids.get(walked.get(one.standing, NOWHERE)))
        for one, push in decided
    ]
    written = sets.write(connection, outcomes, now)
    return rows, Planned(written.planned, written.moved, written.ended)


def _worded(words: Message) -> Worded:
    return Worded(words.id, words.language, words.fingerprint, words.text, words.segments)


def _outcome(standing: int, push: Push, path_id: int | None) -> sets.Outcome:
    """The decision as a row; `path_id` is the path with the message on it."""
    outcome = sets.Outcome(
        standing,
        else_base_at=push.else_base_at,
        else_due_on=push.else_due_on,
        ends_as=push.ends_as,
    )
    if push.message is None or push.words is None:
        return outcome
    return replace(
        outcome,
        from_at=push.from_at,
        message_id=push.message.id,
        language=push.words.language,
        fingerprint=push.words.fingerprint,
        segments=push.words.segments,
        closes_at=push.closes_at,
        push_on=push.push_on,
        next_base_at=push.next_base_at,
        next_due_on=push.next_due_on,
        next_path_id=path_id,
    )
