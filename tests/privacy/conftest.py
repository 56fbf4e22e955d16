"""People with something in every table, a vault, and the carrier's look-alike."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Table, insert, select

from bot.carrier import Carrier
from bot.crypto import Vault, new_key
from bot.sandbox import Sandbox
from bot.store import paths, tables
from bot.store.database import Database
from bot.store.limits import number_key, take

NOW = datetime(2026, 12, 1, 15, tzinfo=UTC)
WORDS = "I can't do this any more"

PERSON: dict[str, Any] = {
    "consent": "given",
    "zones": "America/New_York",
    "slot": "morning",
    "pace": "standard",
    "language": "en",
    "spread": 0,
    "tags": {"today": "hard"},
    "created_at": NOW - timedelta(days=40),
    "seen_at": NOW,
}
TEXT: dict[str, Any] = {
    "priority": 1,
    "message_id": "R04",
    "language": "en",
    "fingerprint": "0" * 16,
    "segments": 1,
    "due_at": NOW,
    "closes_at": NOW,
    "created_at": NOW,
    "changed_at": NOW,
}


def sid(letter: str, subscriber_id: int, n: int) -> str:
    return f"SM{letter}{subscriber_id:011d}{n:020d}"


def fill(connection: Connection, vault: Vault, number: str) -> int:
    """A person with something in every table that can hold something about them."""
    index = vault.index(number)
    person = {"number_index": index, "number_sealed": vault.seal(number), **PERSON}
    made = connection.execute(insert(tables.subscribers).values(person))
    whose = made.inserted_primary_key[0]
    mine = {"subscriber_id": whose}
    states = ["queued", "sending", "sent", "delivered", "failed", "unknown", "cancelled", "expired"]
    for n, state in enumerate(states):
        push_on = date(2026, 11, 20) + timedelta(days=n)
        for m, kind in enumerate(("push", "reply", "notice")):
            values = TEXT | mine | {"kind": kind, "state": state, "sid": sid("a", whose, n * 3 + m)}
            values["push_on"] = push_on if kind == "push" else None
            text = connection.execute(insert(tables.texts).values(values))
            receipt = {"text_id": text.inserted_primary_key[0], "status": "sent"}
            receipt |= {"sid": values["sid"], "received_at": NOW}
            connection.execute(insert(tables.receipts).values(receipt))
    path_id = paths.intern(connection, "recovery", ["R01"])
    enrolment = mine | {
        "programme": "recovery",
        "state": "active",
        "path_id": path_id,
        "joined_at": NOW,
    }
    connection.execute(insert(tables.enrolments).values(enrolment))
    for days, programme in ((1, "recovery"), (9, "treatment")):
        due = mine | {"base_at": NOW + timedelta(days=days), "programme": programme}
        due["path_id"] = path_id
        due |= {"priority": 1, "enrolment_id": 1, "due_on": date(2026, 12, 2)}
        connection.execute(insert(tables.schedule).values(due))
    heard = mine | {"message_sid": sid("b", whose, 0), "received_at": NOW, "rule": "suicide"}
    heard |= {"body_sealed": vault.seal(WORDS), "keep_until": NOW}
    connection.execute(insert(tables.inbox).values(heard))
    flag = mine | {"kind": "suicide", "rule": "x", "inbox_sid": sid("b", whose, 0)}
    connection.execute(insert(tables.flags).values(flag | {"raised_at": NOW}))
    event = {"number_index": index, "event": "joined", "at": NOW, "channel": "keyword"}
    connection.execute(insert(tables.consents).values(event | {"detail": "recovery"}))
    take(connection, number_key(index), NOW, 5)
    return whose


def rows(database: Database, table: Table) -> list[dict[str, Any]]:
    return database.read(lambda c: [dict(row._mapping) for row in c.execute(select(table))])


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def vault() -> Vault:
    return Vault([new_key()], new_key())


@pytest.fixture
def person(database: Database, vault: Vault) -> Callable[[str], int]:
    """Makes a person with something in every table that can hold something about them."""
    return lambda number: database.write(lambda c: fill(c, vault, number))


@pytest.fixture
def all_of(database: Database) -> Callable[[Table], list[dict[str, Any]]]:
    """Every row of a table."""
    return lambda table: rows(database, table)


@pytest.fixture
def sandbox(now: datetime) -> Iterator[Sandbox]:
    with Sandbox(now=lambda: now) as running:
        yield running


@pytest.fixture
def carrier(sandbox: Sandbox) -> Iterator[Carrier]:
    account = sandbox.carrier.account
    made = Carrier(
        account_sid=account.sid,
        auth_token=account.auth_token,
        messaging_service_sid=account.service_sid,
        api_url=sandbox.url,
        timeout_s=5,
    )
    yield made
    made.close()
