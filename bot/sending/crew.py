"""A few threads that do errands; they hold up neither the loop that feeds them nor the exit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue

Errand = Callable[[], None]


class Crew:
    """Up to `size` errands at one time. Threads are started as they are needed.

    Finding work wakes one thread, and the end of an errand wakes the one who waits for it only if
    it has waited for just that: at hundreds of errands a second every needless waking shows.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._errands: SimpleQueue[Errand] = SimpleQueue()
        self._changed = threading.Condition()
        self._threads = 0
        self._busy = 0
        self._awaited = -1

    def do(self, errand: Errand) -> None:
        """Have an errand done; it must not raise."""
        with self._changed:
            self._busy += 1
            if self._threads < min(self._busy, self.size):
                self._threads += 1
                name = f"sending-{self._threads}"
                threading.Thread(target=self._work, name=name, daemon=True).start()
        self._errands.put(errand)

    def wait_for_idle(self, least: int, timeout_s: float) -> int:
        """Wait until `least` hands are free, or for so long; returns how many are."""
        self._wait(self.size - least, timeout_s)
        return max(0, self.size - self._busy)

    def wait_for_all(self, timeout_s: float) -> bool:
        """Wait until every errand is done, or for so long; returns whether they are."""
        return self._wait(0, timeout_s)

    def _wait(self, busy: int, timeout_s: float) -> bool:
        """Wait until no more than so many are busy."""
        with self._changed:
            self._awaited = busy
            try:
                return self._changed.wait_for(lambda: self._busy <= busy, timeout_s)
            finally:
                self._awaited = -1

    def _work(self) -> None:
        while True:
            errand = self._errands.get()
            try:
                errand()
            finally:
                with self._changed:
                    self._busy -= 1
                    if self._busy <= self._awaited:
                        self._changed.notify_all()
