"""A few threads that do errands; they hold up neither the loop that feeds them nor the exit."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

Errand = Callable[[], None]


class Crew:
    """Up to `size` errands at one time. Threads are started as they are needed."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._changed = threading.Condition()
        self._errands: deque[Errand] = deque()
        self._threads = 0
        self._busy = 0

    def do(self, errand: Errand) -> None:
        """Have an errand done; it must not raise."""
        with self._changed:
            self._errands.append(errand)
            self._busy += 1
            if self._threads < min(self._busy, self.size):
                self._threads += 1
                name = f"sending-{self._threads}"
                threading.Thread(target=self._work, name=name, daemon=True).start()
            self._changed.notify_all()

    def wait_for_idle(self, least: int, timeout_s: float) -> int:
        """Wait until `least` hands are free, or for so long; returns how many are."""
        with self._changed:
            self._changed.wait_for(lambda: self.size - self._busy >= least, timeout_s)
            return max(0, self.size - self._busy)

    def wait_for_all(self, timeout_s: float) -> bool:
        """Wait until every errand is done, or for so long; returns whether they are."""
        with self._changed:
            return self._changed.wait_for(lambda: self._busy == 0, timeout_s)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._errands))
                errand = self._errands.popleft()
            try:
                errand()
            finally:
                with self._changed:
                    self._busy -= 1
                    self._changed.notify_all()
