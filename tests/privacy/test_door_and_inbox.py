"""From the form to the phone and back: JOIN, silence, STOP and DELETE after a sign-up."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, select

from bot import deactivations, privacy
from bot.content import load, load_patterns
from bot.core.library import Library
from bot.core.reading import Reader
from bot.crypto import Vault
from bot.inbound import Inbox, Incoming
from bot.retention import tidy
from bot.signup import SignUp, SignUps
from bot.store import ledger, tables
from bot.store.database import Database

MESSAGES = Path(__file__).parents[2] / "messages"
OURS, SHE = "+12165550100", "+12165550123"
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
Reads = Callable[[Table], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def library() -> Library:
    return load(MESSAGES)


@pytest.fixture(scope="module")
def reader(library: Library) -> Reader:
    return Reader(load_patterns(MESSAGES), library.vocabulary())


class House:
    """The form on one side, the phone on the other."""

    def __init__(
        self, database: Database, vault: Vault, library: Library, reader: Reader, now: datetime
    ) -> None:
        self.database, self.vault, self.library, self.now = database, vault, library, now
        self.signups = SignUps(database, vault, library, "I agree.", per_hour=60)
        self.inbox = Inbox(database, vault, library, reader, handles_stop=False)
        self.sids = count()

    def sign_up(self, programme: str = "recovery") -> None:
        self.now += MINUTE
        self.signups.take(SignUp(SHE, programme, "192.0.2.1"), self.now)

    def text(self, body: str) -> list[str]:
        self.now += MINUTE
        incoming = Incoming(f"SM{next(self.sids):032d}", SHE, OURS, body)
        return [reply.body for reply in self.inbox.receive(incoming, self.now).replies]

    def events(self) -> list[str]:
        index = self.vault.index(SHE)
        return [e.event for e in self.database.read(lambda c: ledger.history(c, index))]

    def running(self) -> set[str]:
        active = select(tables.enrolments.c.programme).where(tables.enrolments.c.state == "active")
        return set(self.database.read(lambda c: list(c.execute(active).scalars())))

    def says(self, id: str) -> list[str]:
        return [self.library.reply(id).text]


@pytest.fixture
def house(
    database: Database, vault: Vault, library: Library, reader: Reader, now: datetime
) -> Iterator[House]:
    return House(database, vault, library, reader, now)


@pytest.mark.parametrize("programme", ["recovery", "treatment"])
def test_join_confirms_what_was_asked_for_on_the_page(house: House, programme: str) -> None:
    house.sign_up(programme)
    assert house.running() == set()
    [welcome] = house.text("Join")
    assert welcome == house.library.programmes[programme].messages[0].text
    assert house.running() == {programme}
    assert house.events() == ["asked", "confirmed"]


def test_join_after_a_day_confirms_nothing(house: House, database: Database) -> None:
    house.sign_up()
    house.now += DAY
    tidy(database, house.now)
    assert house.text("JOIN") == house.says("join_none")
    assert house.running() == set()
    assert house.events() == ["asked"]


def test_stop_in_answer_to_the_question_ends_it_and_no_form_opens_it_again(
    house: House, all_of: Reads
) -> None:
    house.sign_up()
    assert house.text("STOP") == house.says("stop")
    assert {row["state"] for row in all_of(tables.texts) if row["kind"] == "notice"} == {
        "cancelled"
    }
    house.now += 2 * DAY
    house.sign_up()
    assert len([row for row in all_of(tables.texts) if row["kind"] == "notice"]) == 1
    assert house.text("JOIN") == []
    assert house.events() == ["asked", "opted_out"]


def test_a_subscriber_adds_another_programme_by_the_page(house: House) -> None:
    house.text("RECOVERY")
    house.sign_up("treatment")
    assert house.running() == {"recovery"}
    [welcome] = house.text("join")
    assert welcome == house.library.programmes["treatment"].messages[0].text
    assert house.running() == {"recovery", "treatment"}


def test_delete_is_asked_about_once_and_then_done(
    house: House, vault: Vault, all_of: Reads
) -> None:
    house.sign_up()
    house.text("JOIN")
    assert house.text("DELETE") == house.says("delete_ask")
    assert house.text("delete") == house.says("delete_done")
    assert house.events() == ["erased"]
    assert all_of(tables.subscribers) == []
    assert all_of(tables.schedule) == []
    assert {row["subscriber_id"] for row in all_of(tables.texts)} == {0}
    assert [row["number_index"] for row in all_of(tables.suppressions)] == [vault.index(SHE)]


def test_an_erased_number_is_not_asked_again_but_may_come_back_by_itself(
    house: House, all_of: Reads
) -> None:
    house.text("RECOVERY")
    house.text("DELETE")
    house.text("DELETE")
    house.sign_up()
    assert [row for row in all_of(tables.texts) if row["kind"] == "notice"] == []
    [welcome] = house.text("RECOVERY")
    assert welcome == house.library.programmes["recovery"].messages[0].text
    assert house.events() == ["erased", "joined"]
    assert all_of(tables.suppressions) == []


def test_the_next_owner_of_a_number_finds_nothing_of_the_last(
    house: House, database: Database, vault: Vault
) -> None:
    house.text("RECOVERY")
    house.text("BRAIN")
    deactivations.end_recycled(database, vault, [SHE], house.now)
    assert house.text("AGAIN") == house.says("again_none")
    assert house.text("STATUS") == house.says("status_none")
    [welcome] = house.text("TREATMENT")
    assert welcome == house.library.programmes["treatment"].messages[0].text
    assert house.events() == ["joined", "ended", "joined"]


def test_an_export_tells_a_person_what_a_dialogue_left(
    house: House, database: Database, vault: Vault
) -> None:
    house.sign_up()
    house.text("JOIN")
    held = privacy.export(database, vault, SHE)
    assert [row["event"] for row in held["consents"]] == ["asked", "confirmed"]
    assert held["consents"][0]["words"] == "I agree."
    assert {row["message_id"] for row in held["texts"]} == {"sys.join_confirm", "R01"}
    assert held["schedule"][0]["received"] == ["R01"]
