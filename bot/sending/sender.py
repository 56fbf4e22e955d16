"""The loop that claims texts and has them handed over, at the pace that all workers share."""

from __future__ import annotations

import os
import socket
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.carrier import CarrierError
from bot.clock import Clock
from bot.crypto import Vault
from bot.sending.crew import Crew
from bot.sending.handover import Handover, Line, Timing
from bot.sending.outcomes import OptOut
from bot.store import outbox, senders
from bot.store.database import Database
from bot.store.outbox import Claim, Claimed
from bot.store.senders import Pace

SHORTEST_WAIT_S = 0.02
LONGEST_WAIT_S = 1.0


@dataclass(frozen=True, slots=True)
class Sent:
    """How many texts ended each way ("accepted", "unknown", "again", ...) since the last tick."""

    outcomes: Counter[str]

    @property
    def accepted(self) -> int:
        """How many the carrier took."""
        return self.outcomes["accepted"] + self.outcomes["accepted_late"]


class Sender:
    """Hands texts over, urgent ones first. One for each worker process."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        carrier: Line,
        clock: Clock,
        *,
        pace: Pace,
        status_url: str,
        opt_out: OptOut,
        timing: Timing | None = None,
        connections: int = 32,
        seed: int | None = None,
    ) -> None:
        """`status_url`: where receipts go; the id of the text is appended as `?text=`.

        `connections`: calls at one time. `opt_out` is told whom the carrier blocks.
        """
        self._database = database
        self._carrier = carrier
        self._clock = clock
        self._pace = pace
        self._crew = Crew(connections + connections // 2)  # while some look or record, others call
        self._ticking = threading.Lock()
        self._counting = threading.Lock()
        self._outcomes: Counter[str] = Counter()
        self._handover = Handover(
            database, vault, carrier, clock,
            sender=pace.sender, status_url=status_url, opt_out=opt_out,
            timing=timing or Timing(), calls=connections, seed=seed,
        )  # fmt: skip
        self.name = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:6]}"

    def tick(self, for_s: float = 5.0) -> Sent:
        """Send what may go now; returns when nothing more is due, or after `for_s` seconds."""
        with self._ticking:
            self._send(for_s)
        with self._counting:
            outcomes, self._outcomes = self._outcomes, Counter()
        return Sent(outcomes)

    def _send(self, for_s: float) -> None:
        until = self._clock.monotonic() + for_s
        while not self._handover.stopping.is_set() and self._clock.monotonic() < until:
            idle = self._crew.wait_for_idle(max(1, self._crew.size // 4), timeout_s=0.05)
            if not idle:
                continue
            claimed = self._claim(idle)
            self._count("removed", claimed.removed)
            for claim in claimed.claims:
                self._crew.do(self._errand(claim))
            if claimed.claims or claimed.removed:
                continue
            if claimed.wait_s is None or claimed.wait_s > for_s:
                break
            wait_s = min(max(claimed.wait_s, SHORTEST_WAIT_S), LONGEST_WAIT_S)
            self._handover.stopping.wait(wait_s)
        self._crew.wait_for_all(timeout_s=max(0.0, until - self._clock.monotonic()))

    def stop(self, within_s: float = 8.0) -> bool:
        """Claim nothing more, and give the calls that are under way so long to end.

        What is still under way then stays "sending" until its lease ends, and is settled. Returns
        whether everything ended.
        """
        self._handover.stopping.set()
        until = self._clock.monotonic() + within_s
        if not self._ticking.acquire(timeout=within_s):  # a claim may be under way
            return False
        self._ticking.release()
        return self._crew.wait_for_all(max(0.0, until - self._clock.monotonic()))

    def _claim(self, idle: int) -> Claimed:
        now = self._clock.now()
        if self._database.read(lambda c: outbox.waiting(c, now)):
            return self._database.write(lambda c: outbox.claim(c, self._pace, self.name, idle, now))
        self._try_a_stopped_sender(now)
        return Claimed()

    def _try_a_stopped_sender(self, now: datetime) -> None:
        """Where no text waits to be the probe, the carrier is asked for a list instead."""
        sender = self._pace.sender
        stopped = self._database.read(lambda c: senders.stopped(c, sender))
        if stopped is None or stopped.by != "call" or stopped.probe_at > now:
            return
        try:
            self._carrier.check()
        except CarrierError:
            self._database.write(lambda c: senders.put_off(c, sender, now))
        else:
            self._database.write(lambda c: senders.resume_after_call(c, sender))

    def _errand(self, claim: Claim) -> Callable[[], None]:
        return lambda: self._count(self._handover.run(claim), 1)

    def _count(self, outcome: str, number: int) -> None:
        with self._counting:
            self._outcomes[outcome] += number
