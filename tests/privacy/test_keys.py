"""Keys: made, changed while the service runs, and noticed when they do not fit."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Table, insert, select, update

from bot import keys
from bot.crypto import Vault, new_key
from bot.settings import read
from bot.store import numbers, tables
from bot.store.database import Database

OLD, NEW, INDEX = new_key(), new_key(), new_key()
BEFORE, DURING, AFTER = Vault([OLD], INDEX), Vault([NEW, OLD], INDEX), Vault([NEW], INDEX)


def people(database: Database, count: int, vault: Vault = BEFORE, first: int = 100) -> None:
    now = datetime.fromisoformat("2026-12-01T15:00:00Z")
    values = [
        {
            "number_index": vault.index(f"+1216555{n:04d}"),
            "number_sealed": vault.seal(f"+1216555{n:04d}"),
            "consent": "given",
            "zones": "",
            "slot": "morning",
            "pace": "standard",
            "language": "en",
            "spread": 0,
            "tags": {},
            "created_at": now,
            "seen_at": now,
        }
        for n in range(first, first + count)
    ]
    database.write(lambda c: c.execute(insert(tables.subscribers), values))


def sealed_numbers(database: Database) -> list[bytes]:
    query = select(tables.subscribers.c.number_sealed).order_by(tables.subscribers.c.id)
    return database.read(lambda c: list(c.execute(query).scalars()))


def test_new_keys_are_lines_that_the_settings_take() -> None:
    environment = dict(line.split("=", 1) for line in keys.new_settings().splitlines())
    settings = read(
        environment
        | {
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": "token",
            "TWILIO_FROM_NUMBER": "+12165550100",
            "PUBLIC_URL": "https://texts.example.org",
        }
    )
    assert len(settings.number_keys) == 1
    assert keys.new_settings() != keys.new_settings()


def test_after_a_rotation_the_old_key_is_not_needed(
    database: Database, all_of: Callable[[Table], list[dict[str, Any]]]
) -> None:
    people(database, 1200)
    heard = {"message_sid": "SM1", "received_at": datetime.fromisoformat("2026-12-01T15:00:00Z")}
    kept = heard | {"rule": "suicide", "body_sealed": BEFORE.seal("words")}
    kept["keep_until"] = heard["received_at"]
    database.write(lambda c: c.execute(insert(tables.inbox).values(kept)))
    progress: list[int] = []
    done = keys.rotate(database, DURING, progress.append)
    assert done == keys.Rotated(resealed=1201)
    assert sum(progress) == database.read(numbers.count_sealed) == 1201
    assert AFTER.open(sealed_numbers(database)[0]) == "+12165550100"
    assert len({AFTER.open(sealed) for sealed in sealed_numbers(database)}) == 1200
    assert AFTER.open(all_of(tables.inbox)[0]["body_sealed"]) == "words"


def test_a_rotation_that_was_broken_off_goes_on_where_it_was(database: Database) -> None:
    people(database, 1100)

    class CutError(Exception):
        pass

    def cut(count: int) -> None:
        raise CutError

    with pytest.raises(CutError):
        keys.rotate(database, DURING, cut)
    done = keys.rotate(database, DURING, lambda count: None)
    assert (done.current, done.resealed) == (keys.BATCH, 1100 - keys.BATCH)


def test_a_rotation_under_load_loses_nothing_that_the_service_writes(database: Database) -> None:
    people(database, 1000)
    stop = threading.Event()
    joined: list[int] = []

    def serve() -> None:
        """The service: new people join, numbers are read, rows change beside the numbers."""
        while not stop.is_set():
            n = 2000 + len(joined)
            people(database, 1, DURING, first=n)
            joined.append(n)
            touched = update(tables.subscribers).where(tables.subscribers.c.id % 7 == 0)
            database.write(lambda c, touched=touched: c.execute(touched.values(slot="noon")))
            assert all(DURING.open(sealed) for sealed in sealed_numbers(database)[:50])

    service = threading.Thread(target=serve)
    service.start()
    keys.rotate(database, DURING, lambda count: None)
    stop.set()
    service.join()
    opened = {AFTER.open(sealed) for sealed in sealed_numbers(database)}
    assert opened == {f"+1216555{n:04d}" for n in [*range(100, 1100), *joined]}


def test_a_number_that_changed_meanwhile_is_left_alone(database: Database) -> None:
    people(database, 1)
    [read_before] = database.read(lambda c: numbers.numbers_after(c, 0, 10))
    changed = update(tables.subscribers).values(number_sealed=b"changed meanwhile")
    database.write(lambda c: c.execute(changed))
    database.write(lambda c: numbers.put_numbers(c, [(read_before, b"from the rotation")]))
    assert sealed_numbers(database) == [b"changed meanwhile"]


def test_what_no_key_opens_is_counted_and_left(database: Database) -> None:
    people(database, 3)
    people(database, 1, Vault([new_key()], INDEX), first=500)
    done = keys.rotate(database, DURING, lambda count: None)
    assert (done.resealed, done.unreadable) == (3, 1)


def test_another_index_key_is_noticed_at_the_start(database: Database, now: datetime) -> None:
    keys.require_keys(database, BEFORE, now)
    keys.require_keys(database, DURING, now)
    with pytest.raises(keys.KeyMismatchError, match="NUMBER_INDEX_KEY"):
        keys.require_keys(database, Vault([OLD], new_key()), now)


def test_another_index_key_is_noticed_by_the_numbers_too(database: Database, now: datetime) -> None:
    people(database, 2)
    with pytest.raises(keys.KeyMismatchError, match="NUMBER_INDEX_KEY"):
        keys.require_keys(database, Vault([OLD], new_key()), now)


def test_keys_that_open_nothing_are_noticed_at_the_start(database: Database, now: datetime) -> None:
    people(database, 2)
    with pytest.raises(keys.KeyMismatchError, match="NUMBER_KEYS") as caught:
        keys.require_keys(database, AFTER, now)
    assert NEW not in str(caught.value)
