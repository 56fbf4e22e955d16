"""The program's clock: the only place that asks the machine what time it is."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Aware UTC time that runs on; it can be set to start elsewhere and be moved forward.

    `CLOCK_AT` and the demo's "skip" use that. It never goes backward by being moved.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._lock = threading.Lock()
        self._ahead = timedelta(0) if start is None else start.astimezone(UTC) - self._machine()

    def now(self) -> datetime:
        """The instant that the program takes for now."""
        with self._lock:
            return self._machine() + self._ahead

    def advance_to(self, instant: datetime) -> None:
        """Move the clock to an instant that lies ahead; one that has passed changes nothing."""
        with self._lock:
            gap = instant - (self._machine() + self._ahead)
            if gap > timedelta(0):
                self._ahead += gap

    @staticmethod
    def monotonic() -> float:
        """Seconds that only go forward, also while the process is stopped or the machine sleeps."""
        return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))

    @staticmethod
    def _machine() -> datetime:
        return datetime.now(UTC)
