"""Made-up people by the million, written in sets within seconds.

Nobody in it has a number: where one would be looked up stands a hash of a counter, where it would
be unsealed stands one of a hundred numbers that are reserved for fiction (555-01xx).
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import make_url

from bot.core.calendar import Window
from bot.core.library import Library
from bot.crypto import Vault
from bot.store.tables import EPOCH, MICROSECOND

NOW = datetime(2026, 12, 1, 18, 0, 5, tzinfo=UTC)
"""A Tuesday, ten in the morning in Los Angeles; the morning slots further east have begun."""
ZONES = (
    "America/New_York",
    "America/Detroit",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
)
SHUFFLE = 7919
"""A prime: people who are due together are strewn over the table, not side by side."""

PEOPLE = """
INSERT INTO subscribers (id, number_index, number_sealed, consent, zones, slot, pace, language,
    spread, question_unclear, question_about, topic_position, tags, created_at, seen_at)
SELECT n.i, {hash}, s.token, 'given', k.zones, k.slot, 'standard', 'en',
    n.i % 5400, 0, '', 0, '{{}}', :began, :began
FROM numbered n JOIN kinds k ON k.k = n.kind JOIN tokens s ON s.k = n.i % 100
"""
ENROLMENTS = """
INSERT INTO enrolments (id, subscriber_id, programme, state, path_id, joined_at)
SELECT n.i, n.i, k.programme, 'active', k.path_id, :began
FROM numbered n JOIN kinds k ON k.k = n.kind
"""
SCHEDULE = """
INSERT INTO schedule (base_at, subscriber_id, priority, programme, enrolment_id, path_id, due_on)
SELECT k.base_at, n.i, k.priority, k.programme, n.i, k.path_id, {date}
FROM numbered n JOIN kinds k ON k.k = n.kind ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Kind:
    """What many people have in common."""

    zones: str
    slot: str
    programme: str
    priority: int
    path_id: int
    base_at: datetime
    due_on: date


def populate(
    url: str,
    library: Library,
    vault: Vault,
    people: int,
    due: int,
    numbers: Sequence[str] = ("+12165550101",),
    now: datetime = NOW,
) -> None:
    """Fill a migrated, empty database with so many people, `due` of them due at `now`.

    The first of them get these `numbers`, so that they can text (and the keys are found to fit).
    """
    engine = create_engine(_with_driver(url))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _make_fast)
    with engine.begin() as connection:
        _tell_kinds(connection, library, vault, now)
        _fill(connection, people, due)
        for subscriber_id, number in enumerate(numbers, start=1):
            connection.execute(
                text(
                    "UPDATE subscribers SET number_index = :hash, number_sealed = :sealed "
                    "WHERE id = :id"
                ),
                {"hash": vault.index(number), "sealed": vault.seal(number), "id": subscriber_id},
            )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("VACUUM (ANALYZE)"))
            connection.execute(text("CHECKPOINT"))
        else:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()


def _make_fast(connection: Any, _record: Any) -> None:
    connection.create_function("hash", 1, _hash, deterministic=True)
    for pragma in ("synchronous=OFF", "cache_size=-1000000", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _hash(number: int) -> bytes:
    return hashlib.sha256(b"%d" % number).digest()


def _with_driver(url: str) -> Any:
    parsed = make_url(url)
    sqlite = parsed.get_backend_name() == "sqlite"
    return parsed if sqlite else parsed.set(drivername="postgresql+psycopg")


def _tell_kinds(connection: Connection, library: Library, vault: Vault, now: datetime) -> None:
    """Temporary tables: the kinds of people (those due first), and a hundred sealed numbers."""
    paths = list(_paths(library))
    connection.execute(
        text("INSERT INTO paths (id, programme, received) VALUES (:id, :programme, :received)"),
        [{"id": n, "programme": p, "received": words} for n, (p, words) in paths],
    )
    connection.execute(
        text(
            "CREATE TEMPORARY TABLE kinds (k INTEGER PRIMARY KEY, due INTEGER, zones TEXT, "
            "slot TEXT, programme TEXT, priority INTEGER, path_id BIGINT, base_at BIGINT, "
            "due_on TEXT)"
        )
    )
    now_due = [("due", kind) for kind in _due_now(library, paths, now)]
    others = [("later", kind) for kind in _due_later(library, paths, now)]
    connection.execute(
        text(
            "INSERT INTO kinds VALUES (:k, :due, :zones, :slot, :programme, :priority, :path_id, "
            ":base_at, :due_on)"
        ),
        [_row(k, when == "due", kind) for k, (when, kind) in enumerate(now_due + others)],
    )
    kind = "BYTEA" if connection.dialect.name == "postgresql" else "BLOB"
    connection.execute(text(f"CREATE TEMPORARY TABLE tokens (k INTEGER PRIMARY KEY, token {kind})"))
    connection.execute(
        text("INSERT INTO tokens VALUES (:k, :token)"),
        [{"k": k, "token": vault.seal(f"+121655501{k % 99 + 1:02}")} for k in range(100)],
    )


def _row(k: int, due: bool, kind: Kind) -> dict[str, object]:
    return {
        "k": k,
        "due": int(due),
        "zones": kind.zones,
        "slot": kind.slot,
        "programme": kind.programme,
        "priority": kind.priority,
        "path_id": kind.path_id,
        "base_at": (kind.base_at - EPOCH) // MICROSECOND,
        "due_on": kind.due_on.isoformat(),
    }


def _paths(library: Library) -> Iterator[tuple[int, tuple[str, str]]]:
    """Every way so far through a programme but the last step, so that everybody is sent one."""
    ids = itertools.count(1)
    for programme in library.programmes.values():
        if programme.keyword:
            order = [message.id for message in programme.messages]
            for length in range(1, len(order) - 1):
                yield next(ids), (programme.id, " ".join(order[:length]))


def _due_now(library: Library, paths: Sequence[Any], now: datetime) -> Iterator[Kind]:
    return _kinds(library, paths, [now.date()], "morning")


def _due_later(library: Library, paths: Sequence[Any], now: datetime) -> Iterator[Kind]:
    days = [now.date() + timedelta(days=ahead) for ahead in range(1, 8)]
    for slot in ("morning", "noon", "evening"):
        yield from _kinds(library, paths, days, slot)


def _kinds(
    library: Library, paths: Sequence[Any], days: Sequence[date], slot: str
) -> Iterator[Kind]:
    window = Window.of(library.service)
    for day, zones, (path_id, (programme, _)) in itertools.product(days, ZONES, paths):
        due = window.due_on(zones, slot, day)
        if due is not None:
            priority = library.programmes[programme].priority
            yield Kind(zones, slot, programme, priority, path_id, due.base_at, day)


def _fill(connection: Connection, people: int, due: int) -> None:
    postgres = connection.dialect.name == "postgresql"
    count = "SELECT count(*) FROM kinds WHERE due = {}"
    due_kinds, other_kinds = (connection.scalar(text(count.format(n))) for n in (1, 0))
    series = (
        f"SELECT i FROM generate_series(1, {people}) AS g(i)"
        if postgres
        else f"WITH RECURSIVE g(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < {people}) "
        "SELECT i FROM g"
    )
    connection.execute(
        text(
            "CREATE TEMPORARY TABLE numbered AS SELECT i, CASE "
            f"WHEN (CAST(i AS BIGINT) * {SHUFFLE}) % {people} < {due} "
            f"THEN (i * 31) % {due_kinds} "
            f"ELSE {due_kinds} + (i * 31) % {other_kinds} END AS kind FROM ({series}) AS s"
        )
    )
    began = (NOW - timedelta(days=60) - EPOCH) // MICROSECOND
    hashing = "sha256(CAST(n.i AS text)::bytea)" if postgres else "hash(n.i)"
    day = "CAST(k.due_on AS date)" if postgres else "k.due_on"
    connection.execute(text(PEOPLE.format(hash=hashing).replace("::", "\\:\\:")), {"began": began})
    connection.execute(text(ENROLMENTS), {"began": began})
    connection.execute(text(SCHEDULE.format(date=day)))
    if postgres:
        for table in ("subscribers", "enrolments", "paths"):
            serial = f"pg_get_serial_sequence('{table}', 'id')"
            connection.execute(text(f"SELECT setval({serial}, (SELECT max(id) FROM {table}))"))
