"""APScheduler turns a few ticks; everything they know is in the database.

A tick may run late, twice, or in two processes at once, and may be cut off anywhere: each one is
written so that this changes nothing. There is never a job for a person.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from bot.logs import logger, place
from bot.store.database import StoreError

log = logger(__name__)

NOTE_EVERY = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Tick:
    """Something that is done every so many seconds. `run` is handed now."""

    name: str
    every_s: float
    run: Callable[[datetime], object]


class Worker:
    """Turns the ticks until it is stopped."""

    def __init__(
        self,
        ticks: Sequence[Tick],
        now: Callable[[], datetime],
        note: Callable[[str, datetime, str | None], None],
    ) -> None:
        """`note` keeps how a tick ended: its name, when, and the kind of error or None."""
        self._ticks = ticks
        self._now = now
        self._note = note
        self._stopping = threading.Event()
        self._noted: dict[str, datetime] = {}
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(len(ticks))},
            # By default a tick that is a second late is silently skipped.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone="UTC",
        )
        # A tick that takes longer than its pause is merely still running: no news.
        logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)

    def start(self) -> None:
        """Begin; returns at once."""
        for tick in self._ticks:
            self._scheduler.add_job(
                self.turn, "interval", seconds=tick.every_s, args=[tick], id=tick.name
            )
        self._scheduler.start()
        for tick in self._ticks:
            self._scheduler.modify_job(tick.name, next_run_time=datetime.now().astimezone())

    def turn(self, tick: Tick) -> Any:
        """Run one tick; whatever goes wrong is noted, and the next one comes all the same."""
        if self._stopping.is_set():
            return None
        error: str | None = None
        result: object = None
        try:
            result = tick.run(self._now())
        except Exception as failure:
            error = type(failure).__name__
            log.error("tick failed", tick=tick.name, error=error, where=place(failure))
        self._keep(tick.name, error)
        return result

    def _keep(self, name: str, error: str | None) -> None:
        """Note how a tick ended: each failure, and now and then that it goes well."""
        now = self._now()
        noted = self._noted.get(name)
        if error is None and noted is not None and now - noted < NOTE_EVERY:
            return
        self._noted[name] = now if error is None else datetime.min.replace(tzinfo=UTC)
        try:
            self._note(name, now, error)
        except StoreError:
            log.error("tick could not be noted: the database is away", tick=name)

    def stop(self) -> None:
        """Let running ticks finish, and start none."""
        self._stopping.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
