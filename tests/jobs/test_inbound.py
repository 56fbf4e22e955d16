"""A text in, the replies out, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import func, select

from bot.core.library import Library
from bot.core.model import Consent
from bot.crypto import Vault
from bot.inbound import Answered, Inbox
from bot.store.database import Database
from bot.store.tables import consents, enrolments, flags, inbox, subscribers, texts
from tests.jobs.conftest import TUESDAY, Phone


def bodies(answered: Answered) -> list[str]:
    return [reply.body for reply in answered.replies]


def count(database: Database, table: object) -> int:
    return database.read(lambda c: c.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def test_a_keyword_joins_at_once_and_is_welcomed(
    phone: Phone, database: Database, library: Library
) -> None:
    answered = phone.text("RECOVERY")
    assert bodies(answered) == [library.by_id["R01"].text]
    row = database.read(lambda c: c.execute(select(subscribers)).one())
    assert row.consent == Consent.GIVEN
    event = database.read(lambda c: c.execute(select(consents)).one())
    assert (event.event, event.channel, event.detail) == ("joined", "keyword", "recovery")
    assert event.fingerprint == library.by_id["R01"].fingerprint


def test_stop_is_confirmed_once_and_then_silent(
    phone: Phone, database: Database, library: Library
) -> None:
    phone.text("RECOVERY")
    assert bodies(phone.text("STOP")) == [library.reply("stop").text]
    for silent in ("STOP", "stop texting me", "MEDS", "RECOVERY", "what is this", "MENU"):
        assert phone.text(silent).replies == ()
    states = database.read(lambda c: c.execute(select(enrolments.c.state)).scalars().all())
    assert states == ["left"]
    events = database.read(lambda c: c.execute(select(consents.c.event)).scalars().all())
    assert events == ["joined", "opted_out"]


def test_help_and_danger_are_answered_after_stop(
    phone: Phone, database: Database, library: Library
) -> None:
    phone.text("STOP")
    assert bodies(phone.text("HELP")) == [library.reply("help").text]
    assert bodies(phone.text("i want to die")) == [library.reply("crisis").text]
    assert count(database, flags) == 1


def test_what_cannot_be_read_gets_one_fallback_an_hour(phone: Phone, library: Library) -> None:
    fallback = [library.reply("fallback").text]
    assert bodies(phone.text("the weather is fine")) == fallback
    assert bodies(phone.text("the weather is mild")) == []
    assert bodies(phone.text("and windy now", after=timedelta(hours=1))) == fallback


def test_the_same_text_again_gets_the_same_replies_and_changes_nothing(
    phone: Phone, inbox_: Inbox, database: Database
) -> None:
    first = phone.text("MENU")
    again = inbox_.receive(phone.incoming("MENU"), phone.now + timedelta(seconds=9))
    assert again.repeated
    assert again.replies == first.replies
    assert count(database, texts) == 2


def test_twenty_at_once_are_one_text(phone: Phone, inbox_: Inbox, database: Database) -> None:
    incoming = phone.incoming("RECOVERY")
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: inbox_.receive(incoming, TUESDAY), range(20)))
    assert len({answer.replies for answer in answers}) == 1
    assert sum(not answer.repeated for answer in answers) == 1
    assert [count(database, t) for t in (inbox, subscribers, enrolments, consents, texts)] == [
        1
    ] * 5


def test_no_number_and_no_words_stand_in_the_clear(
    phone: Phone, database: Database, vault: Vault
) -> None:
    phone.text("i want to die, call 2165550123")
    row = database.read(lambda c: c.execute(select(inbox)).one())
    assert vault.open(row.body_sealed) == "i want to die, call 2165550123"
    assert row.keep_until == phone.now + timedelta(days=7)
    person = database.read(lambda c: c.execute(select(subscribers)).one())
    assert vault.open(person.number_sealed) == phone.number
    assert b"5550123" not in person.number_index + person.number_sealed
