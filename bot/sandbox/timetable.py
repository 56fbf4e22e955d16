"""Jobs that are done at their time, by a few threads: callbacks, mostly."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

log = logging.getLogger(__name__)

Job = Callable[[], None]


class Timetable:
    """One thread keeps the times, a small pool does the jobs; one that raises is logged."""

    def __init__(self, threads: int = 8) -> None:
        self._waiting: list[tuple[float, int, Job]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._unfinished = 0
        self._stopping = False
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="sandbox-callbacks")
        self._keeper = threading.Thread(target=self._keep, name="sandbox-timetable", daemon=True)

    def start(self) -> None:
        """Begin to keep the times."""
        self._keeper.start()

    def after(self, seconds: float, job: Job) -> None:
        """Do `job` in that many seconds."""
        with self._changed:
            first = self._waiting[0] if self._waiting else None
            heapq.heappush(self._waiting, (time.monotonic() + seconds, next(self._numbers), job))
            self._unfinished += 1
            if self._waiting[0] is not first:
                self._changed.notify_all()

    def pending(self) -> int:
        """How many jobs wait or run."""
        with self._changed:
            return self._unfinished

    def wait_until_idle(self, timeout_seconds: float) -> bool:
        """Wait until nothing is left to do; False if there still is at the end of the time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._unfinished == 0, timeout_seconds)

    def stop(self) -> None:
        """Forget what has not begun, wait for what has."""
        with self._changed:
            self._stopping = True
            self._unfinished -= len(self._waiting)
            self._waiting.clear()
            self._changed.notify_all()
        self._keeper.join()
        self._pool.shutdown(cancel_futures=True)

    def _keep(self) -> None:
        while (job := self._next()) is not None:
            self._pool.submit(self._do, job)

    def _next(self) -> Job | None:
        with self._changed:
            while not self._stopping:
                wait = self._waiting[0][0] - time.monotonic() if self._waiting else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._waiting)[2]
                self._changed.wait(wait)
        return None

    def _do(self, job: Job) -> None:
        try:
            job()
        except Exception as error:
            log.exception("a job of the sandbox failed: %s", type(error).__name__)
        finally:
            with self._changed:
                self._unfinished -= 1
                if self._unfinished == 0:
                    self._changed.notify_all()
