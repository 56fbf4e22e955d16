"""Numbers that carriers took out of use: they will belong to somebody else, who agreed to nothing.

Consent ends, and everything that was kept about the former owner goes, so that the next one finds
nothing of it when they text. Whoever had opted out stays opted out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from sqlalchemy import Connection

from bot.carrier import CarrierError
from bot.crypto import Vault
from bot.logs import logger
from bot.store import consents, deactivations, erasure, facts
from bot.store.database import Database

log = logger(__name__)

BATCH = 1000
LAST_DAY = "deactivations known until"
LONGEST_GAP = 60
"""Days back that are still asked for after an outage."""
TOO_OLD, NOT_YET = 30113, 30114

Fetch = Callable[[date], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Ended:
    """How many numbers a list had, and how many of them were ours."""

    listed: int = 0
    ended: int = 0


def end_recycled(database: Database, vault: Vault, numbers: Iterable[str], now: datetime) -> Ended:
    """End the consent of these numbers (E.164), a batch at a time; the list may be very long."""
    listed = ended = 0
    for indexes in _batches(vault, numbers):
        listed += len(indexes)
        ended += _end_batch(database, indexes, now)
    return Ended(listed, ended)


def catch_up(database: Database, vault: Vault, fetch: Fetch, now: datetime) -> Ended:
    """Work through the lists of every day up to yesterday that is not known yet, oldest first.

    `fetch` is the carrier's `deactivations`. A day's list that is not there yet is left for the
    next tick; a day that was broken off is done again. Raises `CarrierError`.
    """
    yesterday = now.date() - timedelta(days=1)
    known = database.read(lambda c: facts.recall(c, LAST_DAY))
    last = date.fromisoformat(known) if known else yesterday - timedelta(days=1)
    day = max(last, yesterday - timedelta(days=LONGEST_GAP)) + timedelta(days=1)
    total = Ended()
    while day <= yesterday:
        done = _end_day(database, vault, fetch, day, now)
        if done is None:
            break
        total = Ended(total.listed + done.listed, total.ended + done.ended)
        _remember(database, day, now)
        day += timedelta(days=1)
    return total


def _end_day(
    database: Database, vault: Vault, fetch: Fetch, day: date, now: datetime
) -> Ended | None:
    """One day's list; None if it is not there yet."""
    try:
        done = end_recycled(database, vault, fetch(day), now)
    except CarrierError as error:
        if error.code == NOT_YET:
            return None
        if error.code == TOO_OLD:
            return Ended()
        raise
    log.info("deactivations", day=day.isoformat(), listed=done.listed, ended=done.ended)
    return done


def _remember(database: Database, day: date, now: datetime) -> None:
    database.write(lambda c: facts.remember(c, LAST_DAY, day.isoformat(), now))


def _batches(vault: Vault, numbers: Iterable[str]) -> Iterator[list[bytes]]:
    rest = iter(numbers)
    while batch := [vault.index(number) for number in islice(rest, BATCH)]:
        yield batch


def _end_batch(database: Database, indexes: list[bytes], now: datetime) -> int:
    """Nearly every batch has nobody of ours: that is found out without a write."""
    if not database.read(lambda c: deactivations.is_any_known(c, indexes)):
        return 0
    return database.write(lambda c: _end(c, indexes, now))


def _end(connection: Connection, indexes: list[bytes], now: datetime) -> int:
    hits = deactivations.lock(connection, indexes)
    for hit in hits:
        consents.append(connection, hit.number_index, "ended", now, "carrier", "recycled")
        erasure.clear(connection, hit.id, hit.number_index, now)
    return len(hits)
