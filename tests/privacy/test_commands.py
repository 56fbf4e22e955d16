"""The commands about people, as an operator types them."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from contextlib import chdir
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Table, insert, select

from bot.cli import bot
from bot.crypto import Vault, new_key
from bot.sandbox import Sandbox
from bot.store import tables
from bot.store.database import Database

SHE, HE = "+12165550123", "+12165550124"
KEY, INDEX = new_key(), new_key()
Makes = Callable[[str], int]


@pytest.fixture
def vault() -> Vault:
    return Vault([KEY], INDEX)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Commands are the same on both; one is enough."""
    return sqlite_url


@pytest.fixture
def run(database_url: str, sandbox: Sandbox, tmp_path: Path) -> Iterator[Any]:
    account = sandbox.carrier.account
    settings = {
        "TWILIO_ACCOUNT_SID": account.sid,
        "TWILIO_AUTH_TOKEN": account.auth_token,
        "TWILIO_MESSAGING_SERVICE_SID": account.service_sid,
        "TWILIO_API_URL": sandbox.url,
        "JOIN_NUMBER": "+12165550100",
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "DATABASE_URL": database_url,
        "NUMBER_KEYS": KEY,
        "NUMBER_INDEX_KEY": INDEX,
        "CLOCK_AT": "2026-12-01T15:00:00Z",
    }

    def invoke(*words: str, typed: str = "", **changed: str) -> Result:
        return CliRunner(env=settings | changed).invoke(bot, words, input=typed)

    with chdir(tmp_path):  # away from anybody's .env
        yield invoke


def test_a_persons_history_is_told_with_the_words_they_saw(
    run: Any, database: Database, person: Makes, vault: Vault
) -> None:
    person(SHE)
    at = database.read(lambda c: c.execute(select(tables.consents.c.at)).scalar_one())
    wording = {"fingerprint": "f" * 16, "message_id": "page.consent", "language": "en"}
    wording |= {"body": "I agree to texts.", "first_at": at}
    asked = {"number_index": vault.index(SHE), "event": "asked", "at": at, "channel": "web"}
    asked |= {"detail": "recovery", "message_id": "page.consent", "language": "en"}
    asked |= {"fingerprint": "f" * 16, "address_hash": b"a" * 32}
    database.write(lambda c: c.execute(insert(tables.wordings).values(wording)))
    database.write(lambda c: c.execute(insert(tables.consents).values(asked)))
    for spelt in ("216-555-0123", "(216) 555 0123", "+1 216.555.0123", "12165550123"):
        told = run("consent", "show", spelt)
        assert told.exit_code == 0
        assert "joined (recovery), by keyword" in told.output
        assert "asked (recovery), by web" in told.output
        assert "| I agree to texts." in told.output
        assert "0123" not in told.output


def test_a_number_can_be_asked_for_instead_of_typed_into_the_history(
    run: Any, person: Makes
) -> None:
    person(SHE)
    assert "joined" in run("consent", "show", "-", typed="216-555-0123\n").output


@pytest.mark.parametrize("typed", ["440-555-012", "+44 7700 900123", "tel: 440-555-0123"])
def test_a_number_that_is_none_is_not_repeated(run: Any, typed: str) -> None:
    complaint = run("erase", typed)
    assert complaint.exit_code == 2
    assert "ten digits" in complaint.output
    assert typed not in complaint.output


def test_the_ledger_is_written_as_csv_without_numbers_and_with_them_if_asked(
    run: Any, person: Makes, vault: Vault
) -> None:
    for number in (SHE, HE):
        person(number)
    rows = list(csv.DictReader(io.StringIO(run("consent", "export").output)))
    assert [row["number"] for row in rows] == [vault.index(n).hex() for n in (SHE, HE)]
    opened = run("consent", "export", "--format", "jsonl", "--with-numbers").output
    lines = [json.loads(line) for line in opened.splitlines()]
    assert [line["number"] for line in lines] == [SHE, HE]
    assert lines[0]["event"] == "joined"
    assert lines[0]["at"] == "2026-12-01T15:00:00+00:00"


def test_all_that_is_held_is_printed_as_json(run: Any, person: Makes) -> None:
    person(SHE)
    held = json.loads(run("export", SHE).stdout)
    assert held["subscribers"][0]["number"] == SHE
    assert held["subscribers"][0]["tags"] == {"today": "hard"}
    assert json.loads(run("export", HE).stdout) == {}


def test_erasing_asks_first_and_then_leaves_nothing(
    run: Any, person: Makes, all_of: Callable[[Table], list[Any]]
) -> None:
    person(SHE)
    assert run("erase", SHE, typed="n\n").exit_code == 1
    assert len(all_of(tables.subscribers)) == 1
    assert "erased" in run("erase", SHE, typed="y\n").output
    assert all_of(tables.subscribers) == []
    assert "nothing was held" in run("erase", SHE, "--yes").output


def test_an_opt_out_by_email_counts_like_one_by_text(
    run: Any, person: Makes, vault: Vault, all_of: Callable[[Table], list[dict[str, Any]]]
) -> None:
    person(SHE)
    for number in (SHE, HE):
        assert run("consent", "withdraw", number, "--by", "email").exit_code == 0
    assert [row["consent"] for row in all_of(tables.subscribers)] == ["withdrawn"]
    assert [row["number_index"] for row in all_of(tables.suppressions)] == [vault.index(HE)]
    assert "queued" not in {row["state"] for row in all_of(tables.texts)}
    last = all_of(tables.consents)[-2:]
    assert [(row["event"], row["channel"], row["detail"]) for row in last] == [
        ("opted_out", "operator", "email")
    ] * 2


def test_flags_are_listed_without_number_shown_on_request_and_settled(
    run: Any, person: Makes, all_of: Callable[[Table], list[dict[str, Any]]]
) -> None:
    person(SHE)
    listed = run("flags").output
    assert "suicide" in listed
    assert "subscriber:1" in listed
    assert "0123" not in listed
    assert "any more" not in listed
    assert SHE not in run("flags", "show", "1").output
    assert SHE not in run("flags", "show", "1", "--number", typed="n\n").output
    shown = run("flags", "show", "1", "--number", typed="y\n").output
    assert SHE in shown
    assert "I can't do this any more" in shown
    assert run("flags", "settle", "1").exit_code == 0
    assert all_of(tables.inbox)[0]["body_sealed"] is None
    assert "no flag is open" in run("flags").output
    assert run("flags", "settle", "1").exit_code == 1
    assert run("flags", "settle", "99").exit_code == 1


def test_words_stay_until_the_last_flag_on_them_is_settled(
    run: Any, person: Makes, database: Database, all_of: Callable[[Table], list[dict[str, Any]]]
) -> None:
    person(SHE)
    [flag] = all_of(tables.flags)
    again = flag | {"id": 2, "kind": "overdose"}
    database.write(lambda c: c.execute(insert(tables.flags).values(again)))
    run("flags", "settle", "1")
    assert all_of(tables.inbox)[0]["body_sealed"] is not None
    run("flags", "settle", "2")
    assert all_of(tables.inbox)[0]["body_sealed"] is None


def test_keys_are_made_and_changed(run: Any, person: Makes, database: Database) -> None:
    person(SHE)
    made = run("keys", "new").output
    assert made.startswith("NUMBER_KEYS=")
    fresh = made.splitlines()[0].partition("=")[2]
    done = run("keys", "rotate", NUMBER_KEYS=f"{fresh},{KEY}")
    assert done.exit_code == 0
    assert "all 2 values are under the newest key" in done.output
    sealed = database.read(
        lambda c: c.execute(select(tables.subscribers.c.number_sealed)).scalar_one()
    )
    assert Vault([fresh], INDEX).open(sealed) == SHE


def test_keys_says_what_a_change_of_the_index_key_takes(run: Any) -> None:
    assert "suppression list" in run("keys").output


def test_wrong_keys_are_a_sentence_and_not_a_traceback(run: Any, person: Makes) -> None:
    person(SHE)
    run("flags")
    wrong = run("consent", "show", SHE, NUMBER_INDEX_KEY=new_key())
    assert wrong.exit_code == 2
    assert "NUMBER_INDEX_KEY" in wrong.output
    assert "Traceback" not in wrong.output


def test_deactivations_of_a_day_are_fetched_by_hand(
    run: Any, person: Makes, sandbox: Sandbox, all_of: Callable[[Table], list[Any]]
) -> None:
    person(SHE)
    sandbox.deactivate("12165550123", date(2026, 11, 30))
    done = run("deactivations", "--date", "2026-11-30")
    assert "1 numbers on the list, 1 of them ours" in done.output
    assert all_of(tables.subscribers) == []
    too_early = run("deactivations", "--date", "2026-12-01")
    assert too_early.exit_code == 1
    assert "not there yet" in too_early.output
