"""Transactions: wholly or not at all, in turn on SQLite, again after a collision on PostgreSQL."""

import os
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.store.database import Database, StoreError
from bot.store.tables import facts

NOW = datetime(2026, 12, 1, 15, tzinfo=UTC)


def put(connection: Connection, name: str, value: str = "") -> None:
    connection.execute(insert(facts).values(name=name, value=value, changed_at=NOW))


def names(database: Database) -> list[str]:
    return database.read(
        lambda c: list(c.execute(select(facts.c.name).order_by(facts.c.name)).scalars())
    )


def test_work_that_fails_leaves_nothing(database: Database) -> None:
    def work(connection: Connection) -> None:
        put(connection, "first")
        raise LookupError("no")

    with pytest.raises(LookupError):
        database.write(work)
    assert names(database) == []


def test_one_failure_in_a_group_leaves_the_others_whole(database: Database) -> None:
    database.write(lambda c: put(c, "taken"))

    def work(number: int) -> None:
        database.write(lambda c: put(c, "taken" if number % 3 == 0 else f"n{number:02}"))

    with ThreadPoolExecutor(12) as pool:
        failures = [f.exception() for f in [pool.submit(work, n) for n in range(30)]]
    assert sum(isinstance(failure, IntegrityError) for failure in failures) == 10
    assert names(database) == [f"n{n:02}" for n in range(30) if n % 3] + ["taken"]


def test_concurrent_changes_of_one_row_are_all_kept(database: Database) -> None:
    database.write(lambda c: put(c, "count", "0"))

    def add(_: int) -> None:
        def work(connection: Connection) -> None:
            row = select(facts.c.value).where(facts.c.name == "count").with_for_update()
            value = int(connection.execute(row).scalar_one())
            connection.execute(update(facts).values(value=str(value + 1)))

        database.write(work)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(80)))
    assert database.read(lambda c: c.execute(select(facts.c.value)).scalar_one()) == "80"


def test_a_collision_on_postgresql_is_run_again(postgres_url: str) -> None:
    database = Database(postgres_url)
    serializable = database.engine.execution_options(isolation_level="SERIALIZABLE")
    database.engine = serializable
    database.write(lambda c: put(c, "count", "0"))
    both_have_read = threading.Barrier(2, timeout=10)
    runs: list[int] = []

    def add(_: int) -> None:
        first = True

        def work(connection: Connection) -> None:
            nonlocal first
            runs.append(1)
            value = int(connection.execute(select(facts.c.value)).scalar_one())
            if first:
                first = False
                both_have_read.wait()
            connection.execute(update(facts).values(value=str(value + 1)))

        database.write(work)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(add, range(2)))
    assert database.read(lambda c: c.execute(select(facts.c.value)).scalar_one()) == "2"
    assert len(runs) == 3
    database.close()


def test_instants_come_back_as_they_went_in(database: Database) -> None:
    instant = datetime(2026, 3, 8, 6, 59, 59, 999999, tzinfo=UTC)
    database.write(
        lambda c: c.execute(insert(facts).values(name="x", value="", changed_at=instant))
    )
    assert database.read(lambda c: c.execute(select(facts.c.changed_at)).scalar_one()) == instant


def test_a_database_that_is_away_is_said_so_without_values(tmp_path: Path) -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/none", patience_s=0.5)
    with pytest.raises(StoreError) as caught:
        database.write(lambda c: put(c, "+12165550123"))
    assert "5550123" not in str(caught.value)
    database.close()


def test_a_file_that_is_read_only_loses_nothing(sqlite_url: str) -> None:
    path = sqlite_url.removeprefix("sqlite:///")
    Database(sqlite_url).write(lambda c: put(c, "kept"))
    os.chmod(path, 0o444)
    database = Database(f"sqlite:///file:{path}?mode=ro&uri=true")
    with pytest.raises(StoreError, match="readonly"):
        database.write(lambda c: put(c, "lost"))
    assert names(database) == ["kept"]
    database.close()


def test_a_disk_that_is_full_fails_the_work_and_keeps_what_was_there(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    database.write(lambda c: put(c, "kept"))

    def work(connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
        put(connection, "large", "x" * 1_000_000)

    with ThreadPoolExecutor(8) as pool:
        others = [pool.submit(database.write, lambda c, n=n: put(c, f"n{n}")) for n in range(8)]
        with pytest.raises(StoreError, match="full"):
            database.write(work)
    told = {f"n{n}" for n, other in enumerate(others) if other.exception() is None}
    assert set(names(database)) == told | {"kept"}
    database.write(lambda c: c.execute(delete(facts).where(facts.c.name != "kept")))
    assert names(database) == ["kept"]
    database.write(lambda c: put(c, "after"))
    assert names(database) == ["after", "kept"]
    database.close()


def test_work_after_closing_is_refused(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    database.write(lambda c: put(c, "kept"))
    database.close()
    with pytest.raises(StoreError):
        database.write(lambda c: put(c, "late"))


def test_sqlite_is_durable_and_does_not_block_readers(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    pragmas = database.read(
        lambda c: [
            c.exec_driver_sql(f"PRAGMA {p}").scalar_one() for p in ("journal_mode", "synchronous")
        ]
    )
    assert pragmas == ["wal", 2]

    def work(connection: Connection) -> int:
        put(connection, "being written")
        return database.read(
            lambda c: c.execute(select(func.count()).select_from(facts)).scalar_one()
        )

    assert database.write(work) == 0
    database.close()
    assert sqlite3.connect(sqlite_url.removeprefix("sqlite:///")).execute(
        "PRAGMA integrity_check"
    ).fetchone() == ("ok",)


def test_dead_rows_can_be_cleared_away_on_both_databases(database: Database) -> None:
    database.clear_dead_rows("schedule")
