"""Sign-ups below the page: who is asked, who never is, and what a flood costs."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from bot import content
from bot.core.model import Consent
from bot.core.signup import Standing, may_ask
from bot.crypto import Vault, new_key
from bot.signup import Outcome, SignUp, SignUps
from bot.store import signups as store
from bot.store import tables
from bot.store.database import Database

NOW = datetime(2026, 12, 1, 15, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NUMBER = "+12165550123"
LIBRARY = content.load(Path(__file__).parents[2] / "messages")
VAULT = Vault([new_key()], new_key())


@pytest.fixture
def signups(database: Database) -> SignUps:
    return SignUps(database, VAULT, LIBRARY, "I agree.", per_hour=60)


def signup(number: str = NUMBER, address: str = "192.0.2.1", **more: Any) -> SignUp:
    return SignUp(number, more.pop("programme", "recovery"), address, **more)


def rows(database: Database, table: Any) -> list[Any]:
    return database.read(lambda c: list(c.execute(select(table).order_by(*table.primary_key))))


def set_person(database: Database, **values: Any) -> None:
    database.write(lambda c: c.execute(update(tables.subscribers).values(**values)))


def test_a_new_number_gets_one_text_that_asks_for_join(
    signups: SignUps, database: Database
) -> None:
    chosen = signup(programme="treatment", slot="evening", zones=("America/Denver",))
    assert signups.take(chosen, NOW) is Outcome.RECEIVED
    [person] = rows(database, tables.subscribers)
    assert (person.consent, person.pending_programme) == ("pending", "treatment")
    assert person.pending_until == NOW + DAY
    assert (person.slot, person.zones) == ("evening", "America/Denver")
    assert VAULT.open(person.number_sealed) == NUMBER
    [text] = rows(database, tables.texts)
    assert (text.kind, text.state, text.priority) == ("notice", "queued", 0)
    assert text.message_id == "sys.join_confirm"
    words = {row.fingerprint: row.body for row in rows(database, tables.wordings)}
    assert "Reply JOIN" in words[text.fingerprint]
    [asked] = rows(database, tables.consents)
    assert (asked.event, asked.channel, asked.detail) == ("asked", "web", "treatment")
    assert words[asked.fingerprint] == "I agree."
    assert asked.address_hash == VAULT.address_index("192.0.2.1")


def test_without_choices_the_number_and_the_service_tell_hours(
    signups: SignUps, database: Database
) -> None:
    signups.take(signup(), NOW)
    [person] = rows(database, tables.subscribers)
    assert (person.slot, person.zones) == ("morning", "America/New_York")


def test_a_number_is_asked_once_a_day_and_three_times_ever(
    signups: SignUps, database: Database
) -> None:
    for hours in range(0, 24 * 10, 6):
        at = NOW + timedelta(hours=hours)
        assert signups.take(signup(), at) is Outcome.RECEIVED
        database.write(lambda c, at=at: store.expire(c, at, 10))
    asked = [row.at for row in rows(database, tables.consents)]
    assert len(asked) == 3
    assert all(later - sooner >= DAY for sooner, later in pairwise(asked))


def test_whoever_joined_since_may_be_asked_again(signups: SignUps, database: Database) -> None:
    for n in range(4):
        at = NOW + n * 2 * DAY
        signups.take(signup(), at)
        event = {"number_index": VAULT.index(NUMBER), "event": "joined", "at": at}
        event |= {"channel": "keyword", "detail": "recovery"}
        database.write(lambda c, event=event: c.execute(insert(tables.consents).values(event)))
        database.write(lambda c, at=at: store.expire(c, at + DAY, 10))
    assert sum(row.event == "asked" for row in rows(database, tables.consents)) == 4


SILENT: dict[str, dict[str, Any]] = {
    "opted out": {"consent": "withdrawn"},
    "under age": {"tags": {"minor": "yes"}},
    "out of the carrier's reach": {"unreachable": "21614"},
    "waiting already": {"consent": "pending", "pending_until": NOW + HOUR},
}


@pytest.mark.parametrize("values", SILENT.values(), ids=SILENT.keys())
def test_some_numbers_are_never_texted_and_the_page_says_the_same(
    signups: SignUps, database: Database, values: dict[str, Any]
) -> None:
    signups.take(signup(), NOW - 2 * DAY)
    set_person(database, **({"pending_until": None} | values))
    before = rows(database, tables.subscribers)
    assert signups.take(signup(slot="noon"), NOW) is Outcome.RECEIVED
    assert len(rows(database, tables.texts)) == 1
    assert rows(database, tables.subscribers) == before


def test_an_erased_number_is_never_texted_nor_kept(signups: SignUps, database: Database) -> None:
    listed = {"number_index": VAULT.index(NUMBER), "since": NOW, "reason": "erased"}
    database.write(lambda c: c.execute(insert(tables.suppressions).values(listed)))
    assert signups.take(signup(), NOW) is Outcome.RECEIVED
    assert rows(database, tables.texts) == []
    assert rows(database, tables.subscribers) == []


def enrol(database: Database, programme: str) -> None:
    set_person(database, consent="given", pending_until=None, pending_programme=None)
    values = {"subscriber_id": 1, "programme": programme, "state": "active", "path_id": 1}
    values["joined_at"] = NOW
    database.write(lambda c: c.execute(insert(tables.enrolments).values(values)))


def test_a_subscriber_is_asked_about_another_programme_and_nothing_of_theirs_changes(
    signups: SignUps, database: Database
) -> None:
    signups.take(signup(), NOW - 2 * DAY)
    enrol(database, "recovery")
    signups.take(signup(slot="noon", zones=("America/Denver",)), NOW)
    assert len(rows(database, tables.texts)) == 1
    signups.take(signup(programme="treatment", slot="noon", zones=("America/Denver",)), NOW)
    [person] = rows(database, tables.subscribers)
    assert (person.consent, person.slot, person.zones) == ("given", "morning", "America/New_York")
    assert (person.pending_programme, person.pending_until) == ("treatment", NOW + DAY)
    assert len(rows(database, tables.texts)) == 2
    database.write(lambda c: store.expire(c, NOW + DAY, 10))
    [person] = rows(database, tables.subscribers)
    assert (person.consent, person.pending_programme) == ("given", None)


def test_after_a_day_without_join_the_number_is_gone(signups: SignUps, database: Database) -> None:
    signups.take(signup(), NOW)
    signups.take(signup("+12165550124"), NOW + HOUR)
    assert database.write(lambda c: store.expire(c, NOW + DAY - HOUR, 10)) == 0
    assert database.write(lambda c: store.expire(c, NOW + DAY, 10)) == 1
    [person] = rows(database, tables.subscribers)
    assert person.number_index == VAULT.index("+12165550124")
    [text] = rows(database, tables.texts)
    assert text.subscriber_id == person.id
    assert len(rows(database, tables.consents)) == 2


def test_whoever_texted_before_is_kept_when_a_sign_up_ends(
    signups: SignUps, database: Database
) -> None:
    signups.take(signup(), NOW)
    heard = {"message_sid": "SM1", "subscriber_id": 1, "received_at": NOW, "rule": "help"}
    database.write(lambda c: c.execute(insert(tables.inbox).values(heard)))
    database.write(lambda c: store.expire(c, NOW + DAY, 10))
    [person] = rows(database, tables.subscribers)
    assert (person.consent, person.pending_programme, person.pending_until) == ("none", None, None)


def test_one_address_is_stopped_without_using_up_what_others_need(
    signups: SignUps, database: Database
) -> None:
    outcomes = [signups.take(signup(f"+1216555{n:04d}"), NOW) for n in range(100, 120)]
    assert outcomes == [Outcome.RECEIVED] * 6 + [Outcome.BUSY] * 14
    assert signups.take(signup("+12165550199", "192.0.2.2"), NOW) is Outcome.RECEIVED
    assert signups.take(signup("+12165550190"), NOW + HOUR) is Outcome.RECEIVED


def test_a_flood_costs_no_more_texts_than_the_hourly_cap(
    signups: SignUps, database: Database
) -> None:
    def post(n: int) -> Outcome:
        number = f"+1{200 + n // 100 % 700}555{100 + n % 100:04d}"
        return signups.take(signup(number, f"10.{n % 1000 // 250}.0.{n % 250}"), NOW)

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(post, range(10_000)))
    assert outcomes.count(Outcome.RECEIVED) == 60
    assert len(rows(database, tables.texts)) == 60
    assert len(rows(database, tables.subscribers)) == 60


def test_a_number_typed_at_many_places_at_once_gets_one_text(
    signups: SignUps, database: Database
) -> None:
    def post(n: int) -> Outcome:
        return signups.take(signup(address=f"192.0.2.{n}"), NOW)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(post, range(24))) == {Outcome.RECEIVED}
    assert len(rows(database, tables.texts)) == 1
    assert len(rows(database, tables.consents)) == 1


def test_a_cap_of_nought_texts_nobody(database: Database) -> None:
    closed = SignUps(database, VAULT, LIBRARY, "I agree.", per_hour=0)
    assert closed.take(signup(), NOW) is Outcome.BUSY
    assert rows(database, tables.texts) == []


standings = st.builds(
    Standing,
    consent=st.sampled_from(Consent),
    active=st.frozensets(st.sampled_from(["recovery", "treatment"])),
    pending_until=st.none() | st.datetimes(timezones=st.just(UTC)),
    asked=st.integers(0, 5),
    suppressed=st.booleans(),
    unreachable=st.booleans(),
    minor=st.booleans(),
)


@given(standings)
def test_no_means_no_whatever_else_is_known(standing: Standing) -> None:
    if standing.consent is Consent.WITHDRAWN or standing.suppressed or standing.asked >= 3:
        assert not may_ask(standing, "recovery", NOW)
