"""Holds a drill: starts everything, breaks it at random, and waits until all is settled."""

from __future__ import annotations

import json
import random
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bot.clock import Clock
from bot.crypto import Vault, new_key
from bot.drill.ground import Ground
from bot.drill.parts import Orders
from bot.drill.processes import Process, free_port
from bot.drill.stock import fill
from bot.drill.storms import faults
from bot.drill.verdict import Disturbances, Verdict, judge, progress
from bot.store.database import StoreError
from bot.store.tables import texts

PATIENCE_S = 90.0
"""So long without any progress, and the drill is over with texts unsettled."""
LOOK_S = 0.1
LAST_REPORTS_S = 20.0
"""How long the carrier's last status reports are waited for."""
LAST_KILL = 0.97
"""The share of the texts after which nobody is killed any more, so that it can end."""

Tell = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Options:
    """What a drill is made of."""

    texts: int = 20_000
    kills: int = 200
    faults: str = "storm"
    workers: int = 1
    database: str = "sqlite"
    """ "sqlite", "postgresql", or the URL of an empty database."""
    seed: int = 1
    rate: float = 200.0
    connections: int = 32
    timeout_s: float = 1.5
    """The carrier's time-out; leases follow from it."""
    settle_after_s: float = 4.0


class Drill:
    """One drill. `run` may be called once."""

    def __init__(self, options: Options, tell: Tell = lambda done, doubt, note: None) -> None:
        self._options = options
        self._tell = tell
        self._draw = random.Random(options.seed)
        self._done = Disturbances()
        self._workers: list[Process] = []
        self._others: list[Process] = []
        self._count = 0

    def run(self) -> Verdict:
        """Hold it; whatever happens, every process is ended and what was made is thrown away."""
        began = time.monotonic()
        self._ground = Ground(self._options.database)
        try:
            self._begin()
            self._go_on()
            self._done.seconds = time.monotonic() - began
            return self._end()
        finally:
            for process in (*self._workers, *self._others):
                process.kill()
            self._ground.close()

    def _begin(self) -> None:
        options = self._options
        keys, index_key = (new_key(),), new_key()
        self._tell(0, 0, "making the texts")
        vault = Vault(keys, index_key)
        fill(self._ground.database, vault, options.texts, options.seed, Clock().now())
        plan = json.dumps(faults(options.faults, options.seed).to_json())
        sandbox = self._start("bot.sandbox", "--faults", plan, "--threads", "48")
        self._others.append(sandbox)
        self._orders = Orders(
            database_url=self._ground.url,
            api_url=sandbox.wait_until_ready(),
            web_port=free_port(),
            keys=keys,
            index_key=index_key,
            rate=options.rate,
            connections=options.connections,
            timeout_s=options.timeout_s,
            settle_after_s=options.settle_after_s,
        )
        self._web = self._start("bot.drill.web")
        self._others.append(self._web)
        self._web.wait_until_ready()
        self._workers = [self._start("bot.drill.worker") for _ in range(options.workers)]

    def _start(self, module: str, *arguments: str) -> Process:
        told = self._orders.to_json() if module != "bot.sandbox" else ""
        log = self._ground.directory / f"{module}.log"
        return Process(module, *arguments, told=told, log=log)

    def _go_on(self) -> None:
        """Disturb and wait, until everything is settled or nothing moves any more."""
        total, plan = self._options.texts, self._plan()
        most, moved_at = -1, time.monotonic()
        while True:
            done, doubt = self._progress()
            if done > most or self._ground_gone:
                most, moved_at = done, time.monotonic()
            self._tell(done, doubt, f"{self._done.kills} kills")
            if done >= total or time.monotonic() - moved_at > PATIENCE_S:
                return
            if plan and done >= plan[0][0] * total:
                getattr(self, plan[0][1])()
                plan.pop(0)
            for worker in self._workers:
                worker.wake_if_due()
            time.sleep(LOOK_S)

    def _plan(self) -> list[tuple[float, str]]:
        """What is done when: shares of the texts that are through by then."""
        storm = self._options.faults == "storm"
        kinds = {
            "_kill": self._options.kills,
            "_pause": self._options.kills // 25 if storm else 0,
            "_kill_web": self._options.kills // 50 if storm else 0,
            "_restart_database": 2 if storm and self._ground.restarts else 0,
        }
        return sorted(
            (self._draw.uniform(0, LAST_KILL), kind)
            for kind, times in kinds.items()
            for _ in range(times)
        )

    _ground_gone = False

    def _progress(self) -> tuple[int, int]:
        try:
            self._ground_gone = False
            return progress(self._ground.database)
        except StoreError:
            self._ground_gone = True
            return 0, 0

    # --- what is done to the program -------------------------------------------------------------

    def _kill(self) -> None:
        """SIGKILL a worker, most often one that works, now and then one that is starting."""
        time.sleep(self._draw.uniform(0, 0.2))
        if self._draw.random() < 0.9:
            self._wait_for_a_worker()
        working = [worker for worker in self._workers if worker.ready] or self._workers
        victim = self._draw.choice(working)
        victim.kill()
        self._note_in_hand(victim.pid)
        self._done.kills += 1
        self._workers[self._workers.index(victim)] = self._start("bot.drill.worker")

    def _wait_for_a_worker(self) -> None:
        until = time.monotonic() + 10
        while time.monotonic() < until and not any(w.ready for w in self._workers):
            time.sleep(0.02)
        time.sleep(self._draw.uniform(0, 0.3))

    def _note_in_hand(self, pid: int) -> None:
        query = select(texts.c.id).where(
            texts.c.state == "sending", texts.c.claimed_by.like(f"%:{pid}:%")
        )
        try:
            ids = self._ground.database.read(lambda c: list(c.scalars(query)))
        except StoreError:
            return
        self._done.in_hand += ids
        if not ids:
            self._done.kills_with_nothing_in_hand += 1

    def _pause(self) -> None:
        """SIGSTOP a worker, often for longer than its leases last."""
        awake = [worker for worker in self._workers if worker.ready and not worker.paused]
        if awake:
            self._draw.choice(awake).pause(self._draw.uniform(0.5, 12 * self._options.timeout_s))
            self._done.pauses += 1

    def _kill_web(self) -> None:
        """Reports that come meanwhile are lost for good."""
        self._web.kill()
        self._others.remove(self._web)
        self._web = self._start("bot.drill.web")
        self._others.append(self._web)
        self._done.web_kills += 1

    def _restart_database(self) -> None:
        self._ground.restart()
        self._done.database_restarts += 1

    def _end(self) -> Verdict:
        for worker in self._workers:
            worker.stop()
        self._workers = []
        until = time.monotonic() + LAST_REPORTS_S
        while self._ask("summary")["pending"] and time.monotonic() < until:
            time.sleep(LOOK_S)
        return judge(self._ground.database, self._ask("ledger"), self._done)

    def _ask(self, what: str) -> Any:
        url = f"{self._orders.api_url}/sandbox/api/{what}"
        with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - loopback
            return json.load(answer)
