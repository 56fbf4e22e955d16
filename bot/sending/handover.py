"""One text, from the last look to the record.

The order is everything. The claim has committed "sending" with the number of the attempt. Just
before the call it is read again whether the text is still ours and may still go; after the call the
outcome is recorded. What can't be known is recorded as "unknown", and settled by `bot.receipts`.
"""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from bot.carrier import Accepted, CarrierError, HeldUpError
from bot.clock import Clock
from bot.crypto import Vault
from bot.logs import logger
from bot.sending.outcomes import OptOut, Outcome, Outcomes
from bot.store import outbox, receipts
from bot.store.database import Database, StoreError
from bot.store.outbox import Claim, Letter

log = logger(__name__)

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
        calls: int = 1,
        seed: int | None = None,
    ) -> None:
        """`calls`: how many may be under way at one time; what comes after a call holds up none."""
        self._database = database
        self._vault = vault
        self._line = line
        self._clock = clock
        self._status_url = status_url
        self._timing = timing
        self._calls = threading.Semaphore(calls)
        self._outcomes = Outcomes(sender, opt_out, random.Random(seed))
        self.stopping = threading.Event()

    def run(self, claim: Claim) -> str:
        """Hand over one text and record what came of it. Returns how it ended; never raises."""
        try:
            with self._calls:
                outcome = self._attempt(claim)
        except StoreError:  # the last look failed: nobody was called
            outcome = self._outcomes.returned(claim)
        except Exception as error:  # a poison row must not stop the others
            kind = type(error).__name__
            log.error("text can't be sent", text=claim.id, error=kind)
            outcome = self._outcomes.failed(claim, f"internal:{kind}")
        return self._record(claim, outcome)

    def _attempt(self, claim: Claim) -> Outcome:
        now, read_at = self._clock.now(), self._clock.monotonic()
        if self.stopping.is_set():
            return self._outcomes.returned(claim)
        letter = self._database.read(
            lambda c: outbox.read_letter(c, claim, now - self._timing.oldest_claim, now)
        )
        if not isinstance(letter, Letter):
            return self._outcomes.not_called(claim, letter)
        number = self._vault.open(letter.number_sealed)
        try:
            accepted = self._line.send(
                number,
                letter.body,
                self._status_url_of(claim),
                int((claim.closes_at - now).total_seconds()),
                begin_by=read_at + self._timing.begin_within_s,
            )
        except HeldUpError:
            return self._outcomes.returned(claim)
        except CarrierError as error:
            return self._outcomes.fault(claim, error)
        return self._outcomes.accepted(claim, accepted.sid)

    def _status_url_of(self, claim: Claim) -> str:
        """With our own id; what follows a # are the carrier's retry settings for the address."""
        address, mark, rules = self._status_url.partition("#")
        return f"{address}?text={claim.id}{mark}{rules}"

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
        try:
            noted = self._database.write(lambda c: outcome.write(c, now))
        except IntegrityError:  # a twin of this text, in doubt, took our SID from the list
            noted = self._database.write(lambda c: self._reclaim(c, outcome, now))
        return outcome.name if noted else f"{outcome.name}_late"

    @staticmethod
    def _reclaim(connection: Connection, outcome: Outcome, now: datetime) -> bool:
        if outcome.sid is not None:
            receipts.release(connection, outcome.sid, outcome.text_id, now)
        return outcome.write(connection, now)
