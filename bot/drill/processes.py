"""The processes of a drill: started, killed, stopped and started again."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

START_S = 30.0


class Process:
    """A Python module running as a process of its own; its first line says that it is ready."""

    def __init__(self, module: str, *arguments: str, told: str = "", log: Path) -> None:
        with log.open("ab") as errors:
            self._popen = subprocess.Popen(  # noqa: S603 - our own modules
                [sys.executable, "-m", module, *arguments],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
            )  # fmt: skip
        assert self._popen.stdin is not None
        with suppress(BrokenPipeError):
            self._popen.stdin.write(told)
            self._popen.stdin.close()
        self.first_line = ""
        self._ready = threading.Event()
        self._paused_until = 0.0
        threading.Thread(target=self._await_first_line, daemon=True).start()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._popen.pid

    @property
    def ready(self) -> bool:
        """Whether it has said that it works."""
        return self._ready.is_set() and self._popen.poll() is None

    @property
    def paused(self) -> bool:
        """Whether it is stopped by `pause`."""
        return self._paused_until > 0

    def wait_until_ready(self) -> str:
        """Wait for its first line and return it. Raises `RuntimeError` if none comes."""
        if not self._ready.wait(START_S) or not self.first_line:
            raise RuntimeError(f"process {self.pid} did not start: its log has the reason")
        return self.first_line

    def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is said."""
        self._popen.kill()
        self._popen.wait()

    def pause(self, seconds: float) -> None:
        """SIGSTOP; `wake_if_due` goes on after that time."""
        self._popen.send_signal(signal.SIGSTOP)
        self._paused_until = time.monotonic() + seconds

    def wake_if_due(self, *, now: bool = False) -> None:
        """SIGCONT once the pause is over."""
        if self.paused and (now or time.monotonic() > self._paused_until):
            self._paused_until = 0.0
            with suppress(ProcessLookupError):
                self._popen.send_signal(signal.SIGCONT)

    def stop(self, within_s: float = 12.0) -> bool:
        """SIGTERM; returns whether it ended by itself in time."""
        self.wake_if_due(now=True)
        self._popen.terminate()
        try:
            self._popen.wait(within_s)
        except subprocess.TimeoutExpired:
            self.kill()
            return False
        return True

    def _await_first_line(self) -> None:
        assert self._popen.stdout is not None
        with self._popen.stdout as lines:
            self.first_line = lines.readline().strip()
            self._ready.set()
            for _ in lines:
                pass


def free_port() -> int:
    """A port on loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
