"""Nothing is kept for longer than `docs/privacy.md` says: the tidy tick.

It goes in small batches, each a transaction of its own, and stops after a while: what is left is
taken by the next tick.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.core.model import Consent
from bot.store import erasure, facts, limits, retention, signups, subscribers
from bot.store.database import Database

BATCH = 500
MOST_BATCHES = 20
"""Batches of one kind in one tick."""


@dataclass(frozen=True, slots=True)
class Keep:
    """For how long what is kept."""

    texts: timedelta = timedelta(days=90)
    """Texts, receipts, flags, and the notes of inbound texts."""
    people: timedelta = timedelta(days=365)
    """Settings and answers of people in no programme, since they last wrote."""
    consents: timedelta = timedelta(days=5 * 365 + 2)
    """The ledger, since a number's last entry, once nothing else of the number is kept."""
    counters: timedelta = timedelta(days=2)


KEEP = Keep()


@dataclass(frozen=True, slots=True)
class Batch:
    """How many rows went, and whether there may be more."""

    taken: int
    more: bool


Step = Callable[[Connection], Batch]


def tidy(database: Database, now: datetime, keep: Keep = KEEP) -> dict[str, int]:
    """Delete what has been kept for long enough; how much of what."""
    old = now - keep.texts
    steps: dict[str, Step] = {
        "sign-ups": _all(lambda c: signups.expire(c, now, BATCH)),
        "bodies": _all(lambda c: retention.overwrite_bodies(c, now, BATCH)),
        "texts": _all(lambda c: retention.delete_texts(c, old, BATCH)),
        "receipts": _all(lambda c: retention.delete_receipts(c, old, BATCH)),
        "inbox": _all(lambda c: retention.delete_inbox(c, old, BATCH)),
        "flags": _all(lambda c: retention.delete_flags(c, old, BATCH)),
        "counters": _all(lambda c: limits.forget(c, now - keep.counters, BATCH)),
        "people": lambda c: _sweep_people(c, now - keep.people, now),
        "consents": lambda c: _sweep_consents(c, now - keep.consents, now),
    }
    return {name: _repeat(database, step) for name, step in steps.items()}


def _all(take: Callable[[Connection], int]) -> Step:
    """A step that takes from the front as long as batches are full."""

    def step(connection: Connection) -> Batch:
        taken = take(connection)
        return Batch(taken, taken >= BATCH)

    return step


def _repeat(database: Database, step: Step) -> int:
    total = 0
    for _ in range(MOST_BATCHES):
        batch = database.write(step)
        total += batch.taken
        if not batch.more:
            break
    return total


def _sweep_people(connection: Connection, before: datetime, now: datetime) -> Batch:
    """The next people: who is idle is cleared; who said no stays on the suppression list."""
    idle, last = retention.idle_people(connection, _cursor(connection, "people"), before, BATCH)
    for id_ in idle:
        _let_go(connection, id_, before, now)
    facts.remember(connection, "tidied people", str(last or 0), now)
    return Batch(len(idle), last is not None)


def _let_go(connection: Connection, subscriber_id: int, before: datetime, now: datetime) -> None:
    person = subscribers.lock_id(connection, subscriber_id)
    if person is None or person.seen_at >= before:
        return
    if person.subscriber.consent is Consent.WITHDRAWN:
        subscribers.suppress(connection, person.number_index, "opted out", now)
    erasure.clear(connection, subscriber_id, person.number_index, now)


def _sweep_consents(connection: Connection, before: datetime, now: datetime) -> Batch:
    after = _cursor(connection, "consents")
    taken, last = retention.forget_old_consents(connection, after, before, BATCH)
    facts.remember(connection, "tidied consents", str(last or 0), now)
    return Batch(taken, last is not None)


def _cursor(connection: Connection, name: str) -> int:
    return int(facts.recall(connection, f"tidied {name}") or 0)
