"""Erasure: every row about a person goes at once, and nobody else's."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select

from bot import privacy
from bot.content import load
from bot.crypto import Vault
from bot.signup import SignUp, SignUps
from bot.store import dossier, erasure, tables
from bot.store.database import Database

MESSAGES = Path(__file__).parents[2] / "messages"
SHE, HE = "+12165550123", "+12165550124"
Makes = Callable[[str], int]
Reads = Callable[[Table], list[dict[str, Any]]]
STAY = {"inbox", "consents", "suppressions", "redactions"}


def test_everything_about_a_person_goes_and_their_neighbour_keeps_everything(
    database: Database, vault: Vault, person: Makes, all_of: Reads, now: datetime
) -> None:
    he = person(HE)
    before = {name: all_of(table) for name, table in tables.metadata.tables.items()}
    person(SHE)
    assert privacy.erase(database, vault, SHE, now)
    for name, table in tables.metadata.tables.items():
        assert name in STAY or all_of(table) == before[name], name
    index = vault.index(SHE)
    rest = [row for row in all_of(tables.consents) if row["number_index"] != index]
    assert rest == before["consents"]
    [erased] = [row for row in all_of(tables.consents) if row["number_index"] == index]
    assert (erased["event"], erased["channel"]) == ("erased", "operator")
    assert (erased["detail"], erased["message_sid"], erased["address_hash"]) == ("", None, None)
    [listed] = all_of(tables.suppressions)
    assert listed == {"number_index": index, "since": now, "reason": "erased"}
    [left] = [row for row in all_of(tables.inbox) if row["subscriber_id"] is None]
    assert left["rule"] == "erased"
    assert left["body_sealed"] is None
    assert left["keep_until"] is None
    assert [row["subscriber_id"] for row in all_of(tables.flags)] == [he]


def test_the_carrier_is_asked_to_blank_every_text_of_theirs(
    database: Database, vault: Vault, person: Makes, all_of: Reads, now: datetime
) -> None:
    person(HE)
    she = person(SHE)
    theirs = {row["sid"] for row in all_of(tables.texts) if row["subscriber_id"] == she}
    heard = {row["message_sid"] for row in all_of(tables.inbox) if row["subscriber_id"] == she}
    privacy.erase(database, vault, SHE, now)
    assert {row["sid"] for row in all_of(tables.redactions)} == theirs | heard


def test_erasing_twice_leaves_one_row_of_the_ledger(
    database: Database, vault: Vault, person: Makes, all_of: Reads, now: datetime
) -> None:
    person(SHE)
    assert privacy.erase(database, vault, SHE, now)
    assert not privacy.erase(database, vault, SHE, now)
    assert len(all_of(tables.consents)) == 1
    assert len(all_of(tables.suppressions)) == 1


def test_the_ids_of_an_erased_person_are_never_given_to_another(
    database: Database, vault: Vault, person: Makes, all_of: Reads, now: datetime
) -> None:
    she = person(SHE)
    last_text = max(row["id"] for row in all_of(tables.texts))
    privacy.erase(database, vault, SHE, now)
    assert person(HE) > she
    assert min(row["id"] for row in all_of(tables.texts)) > last_text


def test_erasure_knows_every_table_of_the_schema() -> None:
    assert set(tables.metadata.tables) == erasure.CLEARED | erasure.IMPERSONAL
    assert not erasure.CLEARED & erasure.IMPERSONAL


def test_an_export_holds_every_table_that_erasure_clears_and_nobody_else(
    database: Database, vault: Vault, person: Makes, now: datetime
) -> None:
    person(HE)
    she = person(SHE)
    database.write(lambda c: erasure.redactions.ask(c, [f"SMa{she:011d}{0:020d}"], now))
    suppressed = {"number_index": vault.index(SHE), "since": now, "reason": "x"}
    database.write(lambda c: c.execute(tables.suppressions.insert().values(suppressed)))
    held = privacy.export(database, vault, SHE)
    assert set(held) == erasure.CLEARED
    assert held["subscribers"][0]["number"] == SHE
    assert held["inbox"][0]["body"] == "I can't do this any more"
    assert held["enrolments"][0]["received"] == ["R01"]
    assert len(held["texts"]) == 24
    assert HE not in str(held)
    assert {row["subscriber_id"] for row in held["texts"] + held["schedule"]} == {she}


def test_an_export_of_somebody_unknown_is_empty(database: Database, vault: Vault) -> None:
    assert privacy.export(database, vault, SHE) == {}
    assert database.read(lambda c: dossier.gather(c, vault.index(SHE)))["subscribers"] == []


def test_what_sqlite_deletes_is_overwritten_in_its_file(
    sqlite_url: str, vault: Vault, now: datetime
) -> None:
    database = Database(sqlite_url)
    numbers = [f"+1216555{n:04d}" for n in range(100, 160)]
    signups = SignUps(database, vault, load(MESSAGES), "I agree.", per_hour=100, per_address=100)
    for number in numbers:
        signups.take(SignUp(number, "recovery", "192.0.2.1"), now)
    held = select(tables.subscribers.c.number_sealed)
    sealed = database.read(lambda c: list(c.execute(held).scalars()))
    file = Path(str(database.url.database))
    setting = database.read(lambda c: c.exec_driver_sql("PRAGMA secure_delete").scalar_one())
    assert setting == 1, "some builds of SQLite do so by themselves, most do not"
    for number in numbers:
        privacy.erase(database, vault, number, now)
    database.close()
    assert len(sealed) == 60
    left = file.read_bytes()
    assert not [one for one in sealed if one in left]
