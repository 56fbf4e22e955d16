"""One text, from the last look to the record.

The order is everything. The claim has committed "sending" with the number of the attempt. Just
before the call it is read again whether the text is still ours and may still go; after the call the
outcome is recorded. What can't be known is recorded as "unknown", and settled by `bot.receipts`.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from sqlalchemy import Connection

from bot.carrier import Accepted, CarrierError, Fault, HeldUpError
from bot.clock import Clock
from bot.crypto import Vault
from bot.logs import logger
from bot.store import attempts, outbox, senders
from bot.store.database import Database, StoreError
from bot.store.outbox import Claim, Letter

log = logger(__name__)

OptOut: TypeAlias = Callable[[Connection, int, datetime], None]
"""Records that the carrier reports a subscriber (by id) as opted out."""

TRIES = 4
"""How often the carrier may refuse a text for the moment before it is given up."""
FIRST_PAUSE = timedelta(minutes=1)
"""Before the second try; each further one waits four times as long."""
SET_UP_PAUSE = timedelta(minutes=2)
"""So long a text stands back for others after the set-up was found wrong with it."""
REFUSALS = 5
"""So many unexplained refusals in a row, and the set-up is taken to be wrong."""
RECORD_FOR_S = 60.0
"""How long an outcome is offered to a database that is away."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The times that keep two workers from handing over the same text.

    They follow from how long one answer of the carrier is waited for. Whoever wakes up after having
    been stopped must find out that it is too late before its lease has ended: `oldest_claim`, the
    time to begin, and twice the time for an answer (connecting is one) stay below the lease.
    """

    timeout_s: float = 10.0

    @property
    def oldest_claim(self) -> timedelta:
        """A claim older than that is given back instead of used."""
        return timedelta(seconds=2 * self.timeout_s)

    @property
    def begin_within_s(self) -> float:
        """The first byte must leave so soon after the last look."""
        return self.timeout_s / 2

    @property
    def lease(self) -> timedelta:
        """Whoever has a text in hand for longer is taken to be dead."""
        return timedelta(seconds=6 * self.timeout_s)


class Line(Protocol):
    """The part of the carrier that sending needs."""

    def send(
        self, to: str, body: str, status_url: str, validity_s: int, begin_by: float | None = None
    ) -> Accepted:
        """Hand over one text, once."""

    def check(self) -> None:
        """Raise `CarrierError` if the set-up is wrong."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended, and what writes it down (False if it came too late)."""

    name: str
    write: Callable[[Connection, datetime], bool]


class Handover:
    """Makes the calls. Safe to share between threads."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        line: Line,
        clock: Clock,
        *,
        sender: str,
        status_url: str,
        opt_out: OptOut,
        timing: Timing,
        seed: int | None = None,
    ) -> None:
        self._database = database
        self._vault = vault
        self._line = line
        self._clock = clock
        self._sender = sender
        self._status_url = status_url
        self._opt_out = opt_out
        self._timing = timing
        self._random = random.Random(seed)
        self._refused_in_a_row = 0
        self.stopping = threading.Event()

    def run(self, claim: Claim) -> str:
        """Hand over one text and record what came of it. Returns how it ended; never raises."""
        try:
            outcome = self._attempt(claim)
        except StoreError:  # the last look failed: nobody was called
            outcome = self._returned(claim)
        except Exception as error:  # a poison row must not stop the others
            kind = type(error).__name__
            log.error("text can't be sent", text=claim.id, error=kind)
            outcome = self._failed(claim, f"internal:{kind}")
        return self._record(claim, outcome)

    def _attempt(self, claim: Claim) -> Outcome:
        now, read_at = self._clock.now(), self._clock.monotonic()
        if self.stopping.is_set():
            return self._returned(claim)
        letter = self._database.read(
            lambda c: outbox.read_letter(c, claim, now - self._timing.oldest_claim, now)
        )
        if not isinstance(letter, Letter):
            return self._not_called(claim, letter)
        number = self._vault.open(letter.number_sealed)
        try:
            accepted = self._line.send(
                number,
                letter.body,
                f"{self._status_url}?text={claim.id}",
                int((claim.closes_at - now).total_seconds()),
                begin_by=read_at + self._timing.begin_within_s,
            )
        except HeldUpError:
            return self._returned(claim)
        except CarrierError as error:
            return self._fault(claim, error)
        return self._accepted(claim, accepted.sid)

    def _record(self, claim: Claim, outcome: Outcome) -> str:
        """Write the outcome down, also if the database is away for a while."""
        until = self._clock.monotonic() + RECORD_FOR_S
        while True:
            try:
                return self._write(outcome)
            except StoreError:
                if self._clock.monotonic() > until:
                    log.error("outcome not recorded; to be settled", text=claim.id)
                    return "unrecorded"
                time.sleep(0.5)
            except Exception as error:
                log.error("outcome can't be recorded", text=claim.id, error=type(error).__name__)
                return "unrecorded"

    def _write(self, outcome: Outcome) -> str:
        now = self._clock.now()
        noted = self._database.write(lambda c: outcome.write(c, now))
        return outcome.name if noted else f"{outcome.name}_late"

    # --- how it can end --------------------------------------------------------------------------

    def _accepted(self, claim: Claim, sid: str) -> Outcome:
        self._refused_in_a_row = 0

        def write(connection: Connection, now: datetime) -> bool:
            if claim.probe:
                senders.resume_after_call(connection, self._sender)
            return attempts.accepted(connection, claim, sid, now)

        return Outcome("accepted", write)

    def _returned(self, claim: Claim) -> Outcome:
        return Outcome("returned", lambda c, now: attempts.give_back(c, claim, now))

    def _not_called(self, claim: Claim, reason: str) -> Outcome:
        if reason == "lost":
            return Outcome("lost", lambda c, now: False)
        if reason == "held_up":
            return self._returned(claim)
        if reason == "wordless":
            return self._failed(claim, "internal:wordless")
        return Outcome("cancelled", lambda c, now: attempts.cancelled(c, claim, reason, now))

    def _failed(self, claim: Claim, error: str) -> Outcome:
        return Outcome("failed", lambda c, now: attempts.failed(c, claim, error[:60], now))

    def _fault(self, claim: Claim, error: CarrierError) -> Outcome:
        label = f"{error.kind}:{error.code or 'none'}"
        last = claim.tries + 1 >= TRIES
        match error.kind:
            case Fault.UNKNOWN:
                return Outcome("unknown", lambda c, now: attempts.in_doubt(c, claim, label, now))
            case Fault.THROTTLED:
                return self._throttled(claim, label, error.retry_after_s)
            case Fault.TRANSIENT if not last:
                pause = FIRST_PAUSE * 4**claim.tries * self._random.uniform(0.8, 1.2)
                return Outcome(
                    "again",
                    lambda c, now: attempts.again(c, claim, label, now + pause, now, counts=True),
                )
            case Fault.CONFIGURATION:
                return self._stopped(claim, label, final=last)
            case Fault.BUG:
                return self._unexplained(claim, label)
        return self._refused(claim, label, error.kind)

    def _throttled(self, claim: Claim, label: str, retry_after_s: float | None) -> Outcome:
        pause_s = retry_after_s or self._random.uniform(0.3, 1.2)

        def write(connection: Connection, now: datetime) -> bool:
            senders.slow_down(connection, self._sender, now, pause_s)
            due_at = now + timedelta(seconds=pause_s)
            return attempts.again(connection, claim, label, due_at, now, counts=False)

        return Outcome("throttled", write)

    def _stopped(self, claim: Claim, label: str, *, final: bool) -> Outcome:
        log.error("sending stands still: the set-up is wrong", error=label)

        def write(connection: Connection, now: datetime) -> bool:
            senders.stop(connection, self._sender, label, "call", now)
            if final:
                return attempts.failed(connection, claim, label, now)
            due_at = now + SET_UP_PAUSE
            return attempts.again(connection, claim, label, due_at, now, counts=True)

        return Outcome("stopped", write)

    def _unexplained(self, claim: Claim, label: str) -> Outcome:
        """One such text is its own fault; a row of them is the set-up's."""
        self._refused_in_a_row += 1
        if self._refused_in_a_row >= REFUSALS:
            return self._stopped(claim, label, final=claim.tries + 1 >= TRIES)
        log.error("the carrier refused a text", text=claim.id, error=label)
        return self._failed(claim, label)

    def _refused(self, claim: Claim, label: str, kind: Fault) -> Outcome:
        def write(connection: Connection, now: datetime) -> bool:
            if kind is Fault.OPTED_OUT:
                self._opt_out(connection, claim.subscriber_id, now)
            elif kind is Fault.PERMANENT:
                attempts.mark_unreachable(connection, claim.subscriber_id, label)
            elif kind is Fault.CONTENT:
                attempts.stop_message(connection, claim.fingerprint, claim.message_id, label, now)
            return attempts.failed(connection, claim, label, now)

        return Outcome("refused", write)
