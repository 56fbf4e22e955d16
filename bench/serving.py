"""`bot serve` as a whole: webhooks while it sends, its memory, and how soon it is ready."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select

from bench import load
from bench.ground import Ground, Process, bot, free_port
from bench.outcome import Outcome, compare, in_turn
from bench.population import NOW
from bench.sending import LATER, Line
from bench.webhook import numbers, texts
from bot import planning
from bot.store.database import Database
from bot.store.tables import schedule
from bot.store.tables import texts as sent

PACE_PER_S = 40.0
"""Webhooks a second in the latency measurement: a busy day, and far from what it can carry."""
SEND_RATE = 100
IMPORTS = "import flask, twilio.rest, sqlalchemy"


class Serving:
    """`bot serve` on a database with so many people, `due` of whom it plans and sends to."""

    def __init__(
        self, ground: Ground, line: Line, people: int, due: int, *, planned: bool = False
    ) -> None:
        """`planned`: what is due is in the queue already, and its time has come."""
        self.port = free_port()
        self.url = ground.database(people, due, numbers())
        self._database = Database(self.url)
        if planned:
            planning.plan(self._database, ground.library, NOW)
        environment = ground.settings(
            self.url, self.port, TWILIO_API_URL=line.url, SEND_RATE=str(SEND_RATE),
            PUBLIC_URL=f"http://127.0.0.1:{self.port}",
            CLOCK_AT=(LATER if planned else NOW).isoformat(),
        )  # fmt: skip
        self.process: Process = ground.start(bot("serve"), environment, self.port)
        self._ground = ground

    def wait_until_planned(self) -> None:
        """Wait until nobody is due any more."""
        first = select(func.min(schedule.c.base_at))
        for _ in range(600):
            at = self._database.read(lambda c: c.execute(first).scalar_one())
            if at is None or at > NOW + timedelta(hours=1):
                return
            time.sleep(0.1)
        raise RuntimeError("the planning run did not end")

    def queued(self) -> int:
        """How many texts wait to be sent."""
        query = select(func.count()).where(sent.c.state == "queued")
        return self._database.read(lambda c: c.execute(query).scalar_one())

    def p99_ms(self) -> float:
        """The 99th percentile of webhooks that come at an even pace over 16 connections."""
        count = max(32, int(PACE_PER_S * self._ground.scale.seconds))
        public_url = f"http://127.0.0.1:{self.port}"
        done = load.run(self.port, texts(count, public_url), per_second=PACE_PER_S)
        if done.failures:
            raise RuntimeError(f"{done.failures} webhooks failed")
        return done.percentile_s(0.99) * 1000

    def stop(self) -> None:
        """End it."""
        self._database.close()
        self.process.stop()


def measure_latency(ground: Ground) -> Iterator[Outcome]:
    """The 99th percentile while the queue is being sent, and with nothing to send."""
    scale = ground.scale
    line = Line(ground)
    people = max(scale.due * 2, len(numbers()))
    busy = Serving(ground, line, people, scale.due, planned=True)
    idle = Serving(ground, line, people, 0, planned=True)
    before = busy.queued()
    for one in (busy, idle):
        one.p99_ms()
    mine, still = in_turn(scale.rounds, busy.p99_ms, idle.p99_ms)
    went = before - busy.queued()
    what = (
        f"webhook 99th percentile while {scale.due:,} texts are being sent at {SEND_RATE}/s "
        f"({PACE_PER_S:.0f} webhooks/s), against idle"
    )
    outcome = compare(what, mine, still, unit="ms", most=2.0)
    yield outcome
    if not went:
        raise RuntimeError("nothing was sent meanwhile")
    for ended in (busy, idle, line):
        ended.stop()


def measure_memory(ground: Ground) -> Iterator[Outcome]:
    """Memory after a planning run, with many people and with few."""
    scale = ground.scale
    line = Line(ground)
    figures = []
    for people, due in ((scale.people, scale.due), (scale.few, scale.few // 10)):
        one = Serving(ground, line, max(people, len(numbers())), due)
        one.wait_until_planned()
        time.sleep(2)
        one.p99_ms()
        figures.append(one.process.memory_mb())
        one.stop()
    line.stop()
    what = f"memory of `bot serve` with {scale.people:,} subscribers after a planning run"
    yield compare(f"{what}, against {scale.few:,}", figures[:1], figures[1:], unit="MB", most=1.3)


def measure_start(ground: Ground) -> Iterator[Outcome]:
    """From the start of the process to the first answer of `/healthz`."""
    url = ground.database(0, 0)

    def serve() -> float:
        port = free_port()
        process = Process(bot("serve"), ground.settings(url, port), ground.folder / f"start-{port}")
        try:
            return process.wait_until_ready(port)
        finally:
            process.stop()

    def imports() -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", IMPORTS], check=True)
        return time.perf_counter() - began

    for warm in (serve, imports):
        warm()
    mine, bare = in_turn(ground.scale.rounds, serve, imports)
    yield compare(
        f'`bot serve` to ready, against python -c "{IMPORTS}"', mine, bare, unit="s", most=2.5
    )
