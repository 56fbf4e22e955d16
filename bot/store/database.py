"""Transactions: a piece of work is handed in, and is done wholly or not at all.

SQLite has one writer at a time. Left to itself it makes the others wait busily, and the slowest
webhooks become ten times slower, so here one thread writes: it takes the works that have gathered,
gives each a savepoint, and commits them together (one fsync for many). PostgreSQL runs each work in
a transaction of its own, and again if the database says that it collided with another.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

T = TypeVar("T")
Work = Callable[[Connection], T]

GROUP = 64
COLLISIONS = {"40001", "40P01"}
TRIES = 5
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "temp_store=MEMORY",
    "secure_delete=ON",  # what is deleted is overwritten, not merely no longer listed
)


class StoreError(Exception):
    """The database can't be reached, is full, locked or read-only; nothing was changed.

    One exception: if the connection broke during the commit, the work may have been done. Callers
    repeat it by a key of their own (a MessageSid, a state that is checked), never blindly.
    """


def _unavailable(error: Exception) -> StoreError:
    """A sentence for the operator; the driver's message could quote values, so it stays out."""
    original = getattr(error, "orig", None) or error
    reason = str(original) if type(original).__module__ == "sqlite3" else type(original).__name__
    return StoreError(f"the database did not take the work ({reason}): look at its host")


class Database:
    """One database, with `read` and `write` for short pieces of work."""

    def __init__(self, url: str, *, pool: int = 16, patience_s: float = 2.5) -> None:
        """`patience_s`: how long a caller waits for a connection, and PostgreSQL for a lock."""
        self.url = make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self._patience_s = patience_s
        self.engine = self._sqlite_engine(pool) if self.sqlite else self._postgres_engine(pool)
        self._writer = _Writer(self.engine) if self.sqlite else None

    def read(self, work: Work[T]) -> T:
        """Do some reading in one transaction and return its result."""
        with self._guarded(), self.engine.begin() as connection:
            if self.sqlite:
                connection.exec_driver_sql("BEGIN")
            return work(connection)

    def write(self, work: Work[T]) -> T:
        """Do some writing in one transaction and return its result once it is durable.

        `work` may be run more than once (only the last run counts), so it must do nothing but use
        its connection. Whatever it raises undoes it and is raised here. Raises `StoreError`.
        """
        with self._guarded():
            if self._writer is not None:
                return self._writer.run(work)
            return self._write_again_on_collision(work)

    def clear_dead_rows(self, table: str) -> None:
        """Have PostgreSQL clear away now what a large sweep left dead in a table and its indexes.

        Its own turn comes a minute later or more, and until then every look for the first row of an
        index walks over all that is dead before it. SQLite leaves nothing dead.
        """
        if not self.sqlite:
            with self._guarded(), self.engine.connect() as connection:
                connection = connection.execution_options(isolation_level="AUTOCOMMIT")
                connection.exec_driver_sql(f"VACUUM (SKIP_LOCKED, ANALYZE) {table}")

    def close(self) -> None:
        """Finish what is in hand and let go of every connection."""
        if self._writer is not None:
            self._writer.close()
        self.engine.dispose()

    def _write_again_on_collision(self, work: Work[T]) -> T:
        for attempt in range(TRIES):
            try:
                with self.engine.begin() as connection:
                    return work(connection)
            except DBAPIError as error:
                collided = getattr(error.orig, "sqlstate", None) in COLLISIONS
                if not collided or attempt == TRIES - 1:
                    raise
        raise AssertionError("unreachable")

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, InterfaceError, PoolTimeout) as error:
            raise _unavailable(error) from None
        except DBAPIError as error:
            if error.connection_invalidated:
                raise _unavailable(error) from None
            raise

    def _sqlite_engine(self, pool: int) -> Engine:
        engine = create_engine(
            self.url,
            pool_size=pool,
            pool_timeout=self._patience_s,
            connect_args={"timeout": self._patience_s, "check_same_thread": False},
            hide_parameters=True,
        )

        @event.listens_for(engine, "connect")
        def _prepare(connection: Any, _record: Any) -> None:
            # We say BEGIN, not the driver; nor a listener, which would slow every statement down.
            connection.isolation_level = None
            for pragma in PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")

        return engine

    def _postgres_engine(self, pool: int) -> Engine:
        patience_ms = int(self._patience_s * 1000)
        return create_engine(
            self.url.set(drivername="postgresql+psycopg"),
            pool_size=pool,
            max_overflow=0,
            pool_timeout=self._patience_s,
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": max(2, int(self._patience_s)),
                "tcp_user_timeout": patience_ms,
                "options": f"-c lock_timeout={patience_ms} -c timezone=UTC",
            },
            hide_parameters=True,
        )


def _in_transaction(connection: Connection) -> bool:
    driver = connection.connection.dbapi_connection
    return driver is not None and bool(driver.in_transaction)


class _Writer:
    """The one thread that writes to a SQLite file, many works to a commit."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: queue.SimpleQueue[tuple[Work[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="sqlite-writer", daemon=True)
        self._started = threading.Lock()
        self._closed = False

    def run(self, work: Work[T]) -> T:
        with self._started:
            if self._closed:
                raise StoreError("the database is closed: the program is stopping")
            if not self._thread.ident:
                self._thread.start()
            future: Future[T] = Future()
            self._waiting.put((work, future))
        return future.result()

    def close(self) -> None:
        with self._started:
            self._closed = True
            running = self._thread.ident is not None
            self._waiting.put(None)
        if running:
            self._thread.join()

    def _serve(self) -> None:
        while (first := self._waiting.get()) is not None:
            group, last = self._gather(first)
            self._commit(group)
            if last:
                return

    def _gather(self, first: tuple[Work[Any], Future[Any]]) -> tuple[list[Any], bool]:
        group = [first]
        while len(group) < GROUP:
            try:
                waiting = self._waiting.get_nowait()
            except queue.Empty:
                break
            if waiting is None:
                return group, True
            group.append(waiting)
        return group, False

    def _commit(self, group: list[tuple[Work[Any], Future[Any]]]) -> None:
        done: list[tuple[Future[Any], Any]] = []
        failed: list[tuple[Future[Any], BaseException]] = []
        try:
            with self._engine.begin() as connection:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                # Savepoints are told to the driver: SQLAlchemy's own cost more than most works.
                tell: Any = connection.connection.cursor()
                for work, future in group:
                    tell.execute("SAVEPOINT work")
                    try:
                        result = work(connection)
                    except Exception as error:
                        if not _in_transaction(connection):
                            raise  # SQLite gave the whole group up: a full disk, say
                        tell.execute("ROLLBACK TO work")
                        failed.append((future, error))
                    else:
                        done.append((future, result))
                    tell.execute("RELEASE work")
        except Exception as error:  # begin or commit: nothing of the group was done
            for _, future in group:
                future.set_exception(error)
            return
        for future, result in done:
            future.set_result(result)
        for future, failure in failed:
            future.set_exception(failure)
