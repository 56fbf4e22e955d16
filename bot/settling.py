"""Settles texts whose fate nobody knows.

A text is in doubt when its worker died, or the carrier's answer never came. A status report that
carries its id settles it; else the carrier's list for that number does, after the settling time. If
the list has it, its SID is adopted; if not, it goes once more while its window is open. Where the
list can't tell, the text stays in doubt and is shown: nobody guesses.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from queue import SimpleQueue
from typing import Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from bot.carrier import CarrierError, Sighting
from bot.core.delivery import FAILURES, STATE_OF
from bot.crypto import SealError, Vault
from bot.logs import logger
from bot.receipts import Callback, answer_failure, opt_out_by_carrier
from bot.sending import OptOut, Timing
from bot.sending.crew import Crew
from bot.store import receipts, senders
from bot.store.database import Database, StoreError
from bot.store.receipts import Doubt

log = logger(__name__)

CLOCKS_APART = timedelta(seconds=60)
"""How far the carrier's clock may be behind ours."""
MOST_ATTEMPTS = 20
"""A text that the carrier never had after so many attempts is let go, and shown."""
LOOKS_AT_ONCE = 8
FOR_S = 5.0
"""How long a tick waits for its looks, so that the program can be stopped at any time."""


class Lists(Protocol):
    """The part of the carrier that settling needs."""

    def find(self, to: str, since: datetime) -> list[Sighting]:
        """The texts sent to a number by API since then, oldest first."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a settling tick did: "list", "again", "expired", "open", "away"; and leases ended."""

    outcomes: Counter[str]
    leases_ended: int = 0


class _Batch:
    """The looks of one tick; what is not back in time is not counted."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.away = threading.Event()
        self._noted: SimpleQueue[str] = SimpleQueue()

    def note(self, outcome: str) -> None:
        self._noted.put(outcome)

    def outcomes(self) -> Counter[str]:
        return Counter(self._noted.get() for _ in range(self._noted.qsize()))


class Settler:
    """Settles what is in doubt. Safe to run in several processes at once."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        carrier: Lists,
        *,
        sender: str,
        opt_out: OptOut = opt_out_by_carrier,
        settle_after_s: float = 120.0,
        timing: Timing | None = None,
        limit: int = 100,
    ) -> None:
        """`settle_after_s`: how long the carrier is given to show a text in its list."""
        self._database = database
        self._vault = vault
        self._carrier = carrier
        self._sender = sender
        self._opt_out = opt_out
        self._settle_after = timedelta(seconds=settle_after_s)
        self._lease = (timing or Timing()).lease
        self._limit = limit
        self._crew = Crew(LOOKS_AT_ONCE)

    def settle(self, now: datetime) -> Settled:
        """End the leases of dead workers, and ask the carrier about what is in doubt."""
        ended = self._database.write(lambda c: receipts.end_leases(c, now - self._lease, now))
        self._resume_if_delivering()
        before = now - self._settle_after
        doubts = self._database.read(lambda c: receipts.doubts(c, before, self._limit))
        if not doubts or not self._crew.wait_for_all(0):  # the last looks are not back yet
            return Settled(Counter(), ended)
        batch = _Batch(now)
        for group in _by_person(doubts):
            self._crew.do(partial(self._look_safely, group, batch))
        self._crew.wait_for_all(FOR_S)
        return Settled(batch.outcomes(), ended)

    def _resume_if_delivering(self) -> None:
        stopped = self._database.read(lambda c: senders.stopped(c, self._sender))
        if stopped is None or stopped.by != "receipt":
            return
        if self._database.read(lambda c: senders.delivers_again(c, stopped.since)):
            self._database.write(lambda c: senders.resume_after_receipt(c, self._sender))

    def _look_safely(self, doubts: list[Doubt], batch: _Batch) -> None:
        """If the carrier or the database is away, the others of the batch are not tried either."""
        try:
            for outcome in ["away"] if batch.away.is_set() else self._look(doubts, batch.now):
                batch.note(outcome)
        except (CarrierError, StoreError):
            batch.away.set()
            batch.note("away")
        except Exception as error:  # one text must not keep the others in doubt
            log.error("look failed", text=doubts[0].id, error=type(error).__name__)
            batch.note("failed")

    def _look(self, doubts: list[Doubt], now: datetime) -> list[str]:
        """Ask once about all that is in doubt with a person, and settle it in its order."""
        sealed = doubts[0].number_sealed
        if sealed is None:
            return [self._leave(doubt, "erased", now) for doubt in doubts]
        since = min(doubt.created_at for doubt in doubts) - CLOCKS_APART
        try:
            seen = self._carrier.find(self._vault.open(sealed), since)
        except SealError:
            return [self._leave(doubt, "key", now) for doubt in doubts]
        return [self._settle(doubt, seen, now) for doubt in doubts]

    def _settle(self, doubt: Doubt, seen: list[Sighting], now: datetime) -> str:
        if doubt.body is None:
            return self._leave(doubt, "wordless", now)
        since = doubt.created_at - CLOCKS_APART
        could_be = [sighting for sighting in seen if sighting.created_at >= since]
        try:
            return self._database.write(lambda c: self._decide(c, doubt, could_be, now))
        except IntegrityError:
            return "away"  # another process gave the same SID to another text at this moment

    def _leave(self, doubt: Doubt, why: str, now: datetime) -> str:
        log.error("text can't be settled", text=doubt.id, why=why)
        self._database.write(lambda c: receipts.leave_open(c, doubt, why, now))
        return "open"

    def _decide(
        self, connection: Connection, doubt: Doubt, seen: list[Sighting], now: datetime
    ) -> str:
        """Compare what the carrier's list shows with the text in doubt."""
        known = receipts.taken(connection, [sighting.sid for sighting in seen])
        free = [sighting for sighting in seen if sighting.sid not in known]
        match = next((s for s in free if same_words(s.body, doubt.body or "")), None)
        if match is not None:
            return self._adopt(connection, doubt, match, now)
        if any(not sighting.body.strip() for sighting in free):
            receipts.leave_open(connection, doubt, "redacted", now)
            return "open"
        if receipts.queue_once_more(connection, doubt, MOST_ATTEMPTS, now):
            return "again"
        return "expired" if receipts.let_go(connection, doubt, now) else "late"

    def _adopt(self, connection: Connection, doubt: Doubt, seen: Sighting, now: datetime) -> str:
        state = STATE_OF.get(seen.status, "sent")
        error = None if seen.error is None else str(seen.error)
        if not receipts.adopt(connection, doubt, seen.sid, state, error, now):
            return "late"
        if state in FAILURES and seen.error is not None:
            receipts.keep(connection, seen.sid, seen.status, doubt.id, error, now)
            text = receipts.find_text(connection, doubt.id, seen.sid)
            if text is not None:
                report = Callback(seen.sid, seen.status, doubt.id, seen.error)
                answer_failure(connection, text, report, now, self._sender, self._opt_out)
        return "list"


def _by_person(doubts: Sequence[Doubt]) -> list[list[Doubt]]:
    people: dict[int, list[Doubt]] = {}
    for doubt in doubts:
        people.setdefault(doubt.subscriber_id, []).append(doubt)
    return list(people.values())


def same_words(listed: str, ours: str) -> bool:
    """Whether a listed body is ours; a trial account puts a sentence of its own in front."""
    listed, ours = listed.strip(), ours.strip()
    return listed == ours or listed.endswith(f"- {ours}")
