"""Erasure: every row about a person goes at once, and nobody else's."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from bot.crypto import Vault, new_key
from bot.store import erasure, tables
from bot.store.database import Database
from bot.store.limits import number_key, take

NOW = datetime(2026, 12, 1, 15, tzinfo=UTC)
VAULT = Vault([new_key()], new_key())
SHE, HE = "+12165550123", "+12165550124"

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


def fill(connection: Connection, number: str) -> int:
    """A person with something in every table that can hold something about them."""
    index = VAULT.index(number)
    person = {"number_index": index, "number_sealed": VAULT.seal(number), **PERSON}
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
    enrolment = mine | {"programme": "recovery", "state": "active", "path_id": 1, "joined_at": NOW}
    connection.execute(insert(tables.enrolments).values(enrolment))
    for days, programme in ((1, "recovery"), (9, "treatment")):
        due = mine | {"base_at": NOW + timedelta(days=days), "programme": programme, "path_id": 1}
        due |= {"priority": 1, "enrolment_id": 1, "due_on": date(2026, 12, 2)}
        connection.execute(insert(tables.schedule).values(due))
    heard = mine | {"message_sid": sid("b", whose, 0), "received_at": NOW, "rule": "suicide"}
    heard |= {"body_sealed": VAULT.seal("something private"), "keep_until": NOW}
    connection.execute(insert(tables.inbox).values(heard))
    flag = mine | {"kind": "suicide", "rule": "x", "inbox_sid": sid("b", whose, 0)}
    connection.execute(insert(tables.flags).values(flag | {"raised_at": NOW}))
    event = {"number_index": index, "event": "joined", "at": NOW, "channel": "keyword"}
    connection.execute(insert(tables.consents).values(event | {"detail": "recovery"}))
    take(connection, number_key(index), NOW, 5)
    return whose


def rows(database: Database, table: Table) -> list[dict[str, Any]]:
    return database.read(lambda c: [dict(row._mapping) for row in c.execute(select(table))])


def test_everything_about_a_person_goes_and_their_neighbour_keeps_everything(
    database: Database,
) -> None:
    he = database.write(lambda c: fill(c, HE))
    before = {name: rows(database, table) for name, table in tables.metadata.tables.items()}
    she = database.write(lambda c: fill(c, SHE))
    index = VAULT.index(SHE)
    database.write(lambda c: erasure.erase(c, she, index, NOW))
    for name, table in tables.metadata.tables.items():
        if name in {"inbox", "consents", "suppressions", "redactions"}:
            continue
        assert rows(database, table) == before[name], name
    consents = rows(database, tables.consents)
    assert [row for row in consents if row["number_index"] != index] == before["consents"]
    [erased] = [row for row in consents if row["number_index"] == index]
    assert (erased["event"], erased["message_sid"], erased["detail"]) == ("erased", None, "")
    [listed] = rows(database, tables.suppressions)
    assert listed == {"number_index": index, "since": NOW, "reason": "erased"}
    [left] = [row for row in rows(database, tables.inbox) if row["subscriber_id"] is None]
    assert left["rule"] == "erased"
    assert left["body_sealed"] is None
    assert left["keep_until"] is None
    assert [row["subscriber_id"] for row in rows(database, tables.flags)] == [he]


def test_the_carrier_is_asked_to_blank_every_text_of_theirs(database: Database) -> None:
    database.write(lambda c: fill(c, HE))
    she = database.write(lambda c: fill(c, SHE))
    database.write(lambda c: erasure.erase(c, she, VAULT.index(SHE), NOW))
    asked = {row["sid"] for row in rows(database, tables.redactions)}
    assert asked == {sid("a", she, n) for n in range(24)} | {sid("b", she, 0)}


def test_erasing_twice_leaves_one_row_of_the_ledger(database: Database) -> None:
    she = database.write(lambda c: fill(c, SHE))
    for _ in range(2):
        database.write(lambda c: erasure.erase(c, she, VAULT.index(SHE), NOW))
    assert len(rows(database, tables.consents)) == 1
    assert len(rows(database, tables.suppressions)) == 1


def test_the_ids_of_an_erased_person_are_never_given_to_another(database: Database) -> None:
    she = database.write(lambda c: fill(c, SHE))
    last_text = max(row["id"] for row in rows(database, tables.texts))
    database.write(lambda c: erasure.erase(c, she, VAULT.index(SHE), NOW))
    he = database.write(lambda c: fill(c, HE))
    assert he > she
    assert min(row["id"] for row in rows(database, tables.texts)) > last_text


def test_erasure_knows_every_table_of_the_schema() -> None:
    assert set(tables.metadata.tables) == erasure.CLEARED | erasure.IMPERSONAL
    assert not erasure.CLEARED & erasure.IMPERSONAL
