"""Retention: everything goes when its time is over, and not before."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, delete, insert, update

from bot.crypto import Vault
from bot.retention import BATCH, KEEP, tidy
from bot.store import facts, tables
from bot.store.database import Database
from bot.store.limits import take

SHE, HE = "+12165550123", "+12165550124"
DAY, MOMENT = timedelta(days=1), timedelta(seconds=1)
Makes = Callable[[str], int]
Reads = Callable[[Table], list[dict[str, Any]]]


def test_kept_words_are_overwritten_when_their_time_is_over(
    database: Database, person: Makes, all_of: Reads, now: datetime
) -> None:
    person(SHE)
    assert tidy(database, now - MOMENT)["bodies"] == 0
    assert all_of(tables.inbox)[0]["body_sealed"] is not None
    assert tidy(database, now)["bodies"] == 1
    [row] = all_of(tables.inbox)
    assert (row["body_sealed"], row["keep_until"]) == (None, None)


@pytest.mark.parametrize("name", ["texts", "receipts", "inbox", "flags"])
def test_after_ninety_days_what_was_sent_and_heard_is_forgotten(
    database: Database, person: Makes, all_of: Reads, now: datetime, name: str
) -> None:
    person(SHE)
    table = tables.metadata.tables[name]
    before = len(all_of(table))
    assert tidy(database, now + KEEP.texts)[name] == 0
    assert len(all_of(table)) == before
    tidy(database, now + KEEP.texts + MOMENT)
    left = all_of(table)
    assert not left or {row["state"] for row in left} == {"queued", "sending"}


def test_counters_go_after_two_days(database: Database, all_of: Reads, now: datetime) -> None:
    database.write(lambda c: take(c, b"service", now, 5))
    tidy(database, now + 2 * DAY)
    assert len(all_of(tables.limits)) == 1
    tidy(database, now + 2 * DAY + MOMENT)
    assert all_of(tables.limits) == []


def end_programmes(database: Database) -> None:
    database.write(lambda c: c.execute(update(tables.enrolments).values(state="completed")))


def test_a_year_after_their_last_text_people_in_no_programme_are_let_go(
    database: Database, person: Makes, all_of: Reads, now: datetime
) -> None:
    person(SHE)
    tidy(database, now + 366 * DAY)
    assert len(all_of(tables.subscribers)) == 1, "still in a programme"
    end_programmes(database)
    tidy(database, now + 365 * DAY)
    assert len(all_of(tables.subscribers)) == 1
    tidy(database, now + 365 * DAY + MOMENT)
    assert all_of(tables.subscribers) == []
    assert all_of(tables.enrolments) == []
    assert [row["event"] for row in all_of(tables.consents)] == ["joined"]
    assert all_of(tables.suppressions) == []


def test_whoever_said_no_stays_on_the_suppression_list(
    database: Database, vault: Vault, person: Makes, all_of: Reads, now: datetime
) -> None:
    person(SHE)
    end_programmes(database)
    database.write(lambda c: c.execute(update(tables.subscribers).values(consent="withdrawn")))
    tidy(database, now + 366 * DAY)
    [listed] = all_of(tables.suppressions)
    assert listed["number_index"] == vault.index(SHE)


def test_the_sweep_reaches_everybody_however_many_there_are(
    database: Database, person: Makes, all_of: Reads, now: datetime
) -> None:
    person(SHE)
    end_programmes(database)
    [row] = all_of(tables.subscribers)
    many = [row | {"id": None, "number_index": bytes([n % 256, n // 256])} for n in range(BATCH)]
    for values in many:
        del values["id"]
    database.write(lambda c: c.execute(insert(tables.subscribers), many))
    assert tidy(database, now + 366 * DAY)["people"] == BATCH + 1
    assert all_of(tables.subscribers) == []
    assert database.read(lambda c: facts.recall(c, "tidied people")) == "0"


def test_the_ledger_is_kept_five_years_after_the_last_entry_of_a_number(
    database: Database, vault: Vault, person: Makes, all_of: Reads, now: datetime
) -> None:
    for number in (SHE, HE):
        person(number)
    database.write(lambda c: c.execute(delete(tables.subscribers)))
    later = {"number_index": vault.index(HE), "event": "opted_out", "at": now + 100 * DAY}
    later |= {"channel": "keyword", "detail": "exact"}
    database.write(lambda c: c.execute(insert(tables.consents).values(later)))
    tidy(database, now + KEEP.consents)
    assert len(all_of(tables.consents)) == 3
    tidy(database, now + KEEP.consents + MOMENT)
    assert {row["number_index"] for row in all_of(tables.consents)} == {vault.index(HE)}
    assert len(all_of(tables.consents)) == 2


def test_the_ledger_of_somebody_who_is_still_known_is_never_shortened(
    database: Database, person: Makes, all_of: Reads, now: datetime
) -> None:
    person(SHE)
    tidy(database, now + 6 * 366 * DAY)
    assert len(all_of(tables.consents)) == 1
