"""Recycled numbers: consent ends, and the next owner finds nothing of the last."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, update

from bot import deactivations
from bot.carrier import Carrier, CarrierError, Fault
from bot.crypto import Vault
from bot.sandbox import Sandbox
from bot.store import facts, tables
from bot.store.database import Database

SHE, HE = "+12165550123", "+12165550124"
Makes = Callable[[str], int]
Reads = Callable[[Table], list[dict[str, Any]]]
YESTERDAY = date(2026, 11, 30)


def test_a_hit_ends_consent_and_everything_else_is_cleared(
    database: Database, vault: Vault, person: Makes, all_of: Reads, now: datetime
) -> None:
    person(SHE)
    he = person(HE)
    ended = deactivations.end_recycled(database, vault, ["+12025550100", SHE], now)
    assert ended == deactivations.Ended(listed=2, ended=1)
    assert [row["id"] for row in all_of(tables.subscribers)] == [he]
    assert {row["subscriber_id"] for row in all_of(tables.texts)} == {he}
    history = [row for row in all_of(tables.consents) if row["number_index"] == vault.index(SHE)]
    assert [row["event"] for row in history] == ["joined", "ended"]
    assert (history[-1]["detail"], history[-1]["channel"]) == ("recycled", "carrier")
    assert all_of(tables.suppressions) == [], "the next owner may join"


def test_whoever_opted_out_stays_opted_out(
    database: Database, vault: Vault, person: Makes, all_of: Reads, now: datetime
) -> None:
    person(SHE)
    database.write(lambda c: c.execute(update(tables.subscribers).values(consent="withdrawn")))
    assert deactivations.end_recycled(database, vault, [SHE], now).ended == 0
    assert [row["consent"] for row in all_of(tables.subscribers)] == ["withdrawn"]


def test_the_carriers_list_is_followed_to_where_it_lies(
    database: Database,
    vault: Vault,
    person: Makes,
    all_of: Reads,
    carrier: Carrier,
    sandbox: Sandbox,
    now: datetime,
) -> None:
    for number in (SHE, HE):
        person(number)
    for written in ("12165550123", "+12025550100", "2165550124"):
        sandbox.deactivate(written, YESTERDAY)
    ended = deactivations.catch_up(database, vault, carrier.deactivations, now)
    assert ended == deactivations.Ended(listed=3, ended=2)
    assert all_of(tables.subscribers) == []


def test_a_list_of_a_million_lines_is_never_held_in_memory(
    database: Database, vault: Vault, person: Makes, now: datetime
) -> None:
    person(SHE)
    held = most = 0

    def lines(count: int) -> Iterator[str]:
        nonlocal held, most
        for n in range(count):
            held += 1
            most = max(most, held)
            yield SHE if n == count - 1 else f"+1202{n:07d}"
            if n % deactivations.BATCH == deactivations.BATCH - 1:
                held = 0

    ended = deactivations.end_recycled(database, vault, lines(20_000), now)
    assert ended == deactivations.Ended(20_000, 1)
    assert most <= deactivations.BATCH


class Lists:
    """The carrier's lists of some days; every other day is not there yet."""

    def __init__(self, **days: list[str]) -> None:
        self.days = {date.fromisoformat(day[1:].replace("_", "-")): n for day, n in days.items()}
        self.asked: list[date] = []

    def __call__(self, day: date) -> Iterator[str]:
        self.asked.append(day)
        if day not in self.days:
            raise CarrierError(Fault.TRANSIENT, deactivations.NOT_YET)
        yield from self.days[day]


def test_missed_days_are_made_up_for_and_known_ones_left(
    database: Database, vault: Vault, person: Makes, now: datetime
) -> None:
    person(SHE)
    lists = Lists(d2026_11_30=[], d2026_12_01=[SHE], d2026_12_02=[])
    deactivations.catch_up(database, vault, lists, now)
    deactivations.catch_up(database, vault, lists, now)
    assert lists.asked == [date(2026, 11, 30)]
    ended = deactivations.catch_up(database, vault, lists, now + timedelta(days=2))
    assert ended.ended == 1
    assert lists.asked[1:] == [date(2026, 12, 1), date(2026, 12, 2)]


def test_a_list_that_is_not_there_yet_is_asked_for_again(
    database: Database, vault: Vault, now: datetime
) -> None:
    lists = Lists()
    assert deactivations.catch_up(database, vault, lists, now) == deactivations.Ended()
    assert database.read(lambda c: facts.recall(c, deactivations.LAST_DAY)) is None
    lists.days[YESTERDAY] = ["+12025550100"]
    assert deactivations.catch_up(database, vault, lists, now).listed == 1


def test_a_list_that_breaks_off_is_worked_through_again(
    database: Database, vault: Vault, person: Makes, all_of: Reads, now: datetime
) -> None:
    person(SHE)

    def broken(day: date) -> Iterator[str]:
        yield SHE
        raise CarrierError(Fault.TRANSIENT, None)

    with pytest.raises(CarrierError):
        deactivations.catch_up(database, vault, broken, now)
    assert database.read(lambda c: facts.recall(c, deactivations.LAST_DAY)) is None
    lists = Lists(d2026_11_30=[SHE])
    assert deactivations.catch_up(database, vault, lists, now).ended == 1


def test_a_long_list_comes_through_whole_however_it_is_cut_on_the_way(
    carrier: Carrier, sandbox: Sandbox
) -> None:
    written = [f"1202{n:07d}" for n in range(12_000)]
    for number in written:
        sandbox.deactivate(number, YESTERDAY)
    assert list(carrier.deactivations(YESTERDAY)) == [f"+{number}" for number in written]
