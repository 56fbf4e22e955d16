"""The planner: a large run, whether it stays flat, and how long a look takes that finds nothing."""

from __future__ import annotations

import sqlite3
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bench.ground import Ground
from bench.outcome import Outcome, compare, in_turn
from bench.population import NOW
from bot import planning
from bot.store.database import Database, T, Work

TICKS = 200


class Watched(Database):
    """Remembers how long each writing transaction took, from BEGIN until it was durable."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.seconds: list[float] = []

    def write(self, work: Work[T]) -> T:
        """As the program's own."""
        began = time.perf_counter()
        try:
            return super().write(work)
        finally:
            self.seconds.append(time.perf_counter() - began)


@dataclass
class Runs:
    """Planning runs, each on a fresh copy."""

    ground: Ground
    longest_ms: list[float]
    median_ms: list[float]

    def plan(self, people: int, due: int) -> float:
        """Seconds to plan so many due of so many people."""
        return self.plan_and_keep(people, due, keep=False)[0]

    def plan_and_keep(self, people: int, due: int, keep: bool = True) -> tuple[float, str]:
        """The same, and the database in which it was done."""
        url = self.ground.database(people, due)
        database = Watched(url)
        database.read(lambda c: c.exec_driver_sql("SELECT 1").scalar())
        began = time.perf_counter()
        done = planning.plan(database, self.ground.library, NOW)
        seconds = time.perf_counter() - began
        database.close()
        if done.texts != due:
            raise RuntimeError(f"planned {done.texts} of {due}")
        self.longest_ms.append(max(database.seconds) * 1000)
        self.median_ms.append(statistics.median(database.seconds) * 1000)
        if not keep:
            self.ground.drop(url)
        return seconds, url

    def copy(self, planned_url: str) -> float:
        """Seconds for one raw INSERT ... SELECT of the planned texts into an empty table."""
        url = self.ground.database(0, 0)
        raw = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        raw.execute("PRAGMA synchronous=FULL")
        raw.execute("ATTACH ? AS planned", (planned_url.removeprefix("sqlite:///"),))
        began = time.perf_counter()
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("INSERT INTO main.texts SELECT * FROM planned.texts WHERE kind = 'push'")
        raw.execute("COMMIT")
        seconds = time.perf_counter() - began
        raw.close()
        self.ground.drop(url)
        return seconds


def measure(ground: Ground) -> Iterator[Outcome]:
    """A large run against a raw copy, and the same number of people due among more."""
    scale = ground.scale
    runs = Runs(ground, [], [])
    _, planned = runs.plan_and_keep(scale.people, scale.due)
    runs.longest_ms.clear()
    runs.median_ms.clear()
    mine, raw = in_turn(
        scale.rounds,
        lambda: runs.plan(scale.people, scale.due),
        lambda: runs.copy(planned),
    )
    what = f"planning {scale.due:,} due of {scale.people:,}, window and zone of each computed"
    yield compare(f"{what}, against one INSERT ... SELECT", mine, raw, unit="s", most=6.0)
    longest = statistics.median(runs.longest_ms)
    yield Outcome(
        "its longest write transaction", f"{longest:.0f} ms", "", None, "<= 50 ms", longest <= 50,
        f"{min(runs.longest_ms):.0f} to {max(runs.longest_ms):.0f}; "
        f"median transaction {statistics.median(runs.median_ms):.0f} ms",
    )  # fmt: skip
    many, fewer = in_turn(
        scale.rounds,
        lambda: runs.plan(scale.people, scale.due_fewer),
        lambda: runs.plan(scale.fewer, scale.due_fewer),
    )
    what = f"planning {scale.due_fewer:,} due of {scale.people:,}, against of {scale.fewer:,}"
    yield compare(what, many, fewer, unit="s", most=1.5)


def measure_ticks(ground: Ground) -> Iterator[Outcome]:
    """A tick that finds nothing due, in a large and in a small database, of both kinds."""
    yield from _ticks(ground, postgres=False)
    yield from _ticks(ground, postgres=True)


def _ticks(ground: Ground, *, postgres: bool) -> Iterator[Outcome]:
    scale = ground.scale
    kind = "PostgreSQL" if postgres else "SQLite"
    small = Database(ground.database(scale.few, 0, postgres=postgres))
    large = Database(ground.database(scale.people, scale.due, postgres=postgres))

    def compared(what: str, now: datetime) -> Outcome:
        mine, few = in_turn(
            scale.rounds, lambda: _tick(ground, large, now), lambda: _tick(ground, small, now)
        )
        return compare(what, mine, few, unit="ms", most=3.0)

    what = f"an empty planning tick with {scale.people:,} enrolments, {kind}"
    yield compared(f"{what}, against {scale.few:,}", NOW - timedelta(hours=4))
    planning.plan(large, ground.library, NOW)
    yield compared(f"the same right after a run that moved {scale.due:,}, {kind}", NOW)
    for database in (small, large):
        database.close()


def _tick(ground: Ground, database: Database, now: datetime) -> float:
    """Milliseconds of the median tick."""
    seconds = []
    for _ in range(TICKS):
        began = time.perf_counter()
        done = planning.plan(database, ground.library, now)
        seconds.append(time.perf_counter() - began)
        if done != planning.Planned():
            raise RuntimeError("the tick was not empty")
    return statistics.median(seconds) * 1000
