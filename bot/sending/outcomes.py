"""How an attempt can end, and what is written down for each way."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy import Connection

from bot.carrier import CarrierError, Fault, meaning
from bot.logs import logger
from bot.store import attempts, senders
from bot.store.outbox import Claim

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


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended, and what writes it down (False if it came too late)."""

    name: str
    write: Callable[[Connection, datetime], bool]
    text_id: int = 0
    sid: str | None = None
    """The carrier's SID, if it took the text."""


class Outcomes:
    """Says what follows from each answer of the carrier. Safe to share between threads."""

    def __init__(self, sender: str, opt_out: OptOut, rng: random.Random) -> None:
        self._sender = sender
        self._opt_out = opt_out
        self._random = rng
        self._refused_in_a_row = 0

    def accepted(self, claim: Claim, sid: str) -> Outcome:
        """The carrier took it."""
        self._refused_in_a_row = 0

        def write(connection: Connection, now: datetime) -> bool:
            if claim.probe:
                senders.resume_after_call(connection, self._sender)
            return attempts.accepted(connection, claim, sid, now)

        return Outcome("accepted", write, claim.id, sid)

    def returned(self, claim: Claim) -> Outcome:
        """It was not called: as if it had not been claimed."""
        return Outcome("returned", lambda c, now: attempts.give_back(c, claim, now))

    def not_called(self, claim: Claim, reason: str) -> Outcome:
        """The last look said that it must not go, for this reason."""
        if reason == "lost":
            return Outcome("lost", lambda c, now: False)
        if reason == "held_up":
            return self.returned(claim)
        if reason == "wordless":
            return self.failed(claim, "internal:wordless")
        return Outcome("cancelled", lambda c, now: attempts.cancelled(c, claim, reason, now))

    def failed(self, claim: Claim, error: str) -> Outcome:
        """It can't be sent, ever."""
        return Outcome("failed", lambda c, now: attempts.failed(c, claim, error[:60], now))

    def fault(self, claim: Claim, error: CarrierError) -> Outcome:
        """The call failed."""
        label = f"{error.kind}:{error.code or 'none'}"
        last = claim.tries + 1 >= TRIES
        match error.kind:
            case Fault.UNKNOWN:
                return Outcome("unknown", lambda c, now: attempts.in_doubt(c, claim, label, now))
            case Fault.THROTTLED:
                return self._throttled(claim, label, error)
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

    def _throttled(self, claim: Claim, label: str, error: CarrierError) -> Outcome:
        pause_s = error.retry_after_s or self._random.uniform(0.3, 1.2)
        capped = meaning(error.code).daily_cap

        def write(connection: Connection, now: datetime) -> bool:
            if capped:
                senders.cap(connection, self._sender, now)
            else:
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
        return self.failed(claim, label)

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
