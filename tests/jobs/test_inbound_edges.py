"""What nobody should send, and does: odd senders, odd characters, everything at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.core.library import Library
from bot.core.reading import Reader
from bot.crypto import Vault
from bot.inbound import Inbox, Incoming
from bot.store.database import Database
from bot.store.tables import consents, enrolments, inbox, schedule, subscribers, texts
from tests.jobs.conftest import OURS, TUESDAY, Phone


def count(database: Database, table: object) -> int:
    return database.read(lambda c: c.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "sender", ["72345", "+72345", "AMAZON", "+18005550123", OURS, "", "whatsapp:+12165550123"]
)
def test_machines_and_our_own_number_get_no_reply_and_are_not_kept(
    sender: str, inbox_: Inbox, database: Database
) -> None:
    incoming = Incoming("SM" + "1" * 32, sender, OURS, "RECOVERY i want to die")
    assert inbox_.receive(incoming, TUESDAY).replies == ()
    assert inbox_.receive(incoming, TUESDAY).repeated
    assert count(database, subscribers) == 0
    assert count(database, inbox) == 1


def test_another_country_is_told_once_and_the_number_is_not_kept(
    inbox_: Inbox, database: Database, library: Library, vault: Vault
) -> None:
    first = Incoming("SM" + "1" * 32, "+442071838750", OURS, "RECOVERY")
    answered = inbox_.receive(first, TUESDAY)
    assert [reply.body for reply in answered.replies] == [library.reply("wrong_country").text]
    assert inbox_.receive(first, TUESDAY).replies == answered.replies
    second = replace(first, sid="SM" + "2" * 32)
    assert inbox_.receive(second, TUESDAY).replies == ()
    assert count(database, subscribers) == 0


@pytest.mark.parametrize(
    ("body", "media", "reply"),
    [
        ("", 0, "fallback_media"),
        ("", 3, "fallback_media"),
        ("look at this", 1, "fallback_media"),
        (" \t\r\n ", 0, "fallback_media"),
        ("\x00\x01\x1b", 0, "fallback_media"),
        ("\u200b\u200d\ufeff", 0, "fallback_media"),
        ("🙂🙃", 0, "fallback"),
        ("مرحبا كيف حالك", 0, "fallback"),
        ("\u202emenu of the day\u202c", 0, "fallback"),
        ("\ud83d broken", 0, "fallback"),
        ("\ufffd\ufffd", 0, "fallback"),
        ("la " * 700, 0, "fallback"),
    ],
)
def test_odd_bodies_have_a_defined_answer(
    phone: Phone, body: str, media: int, reply: str, library: Library
) -> None:
    (outgoing,) = phone.text(body, media=media).replies
    assert outgoing.body in {library.reply(reply, language).text for language in ("en", "es")}


def test_control_characters_do_not_break_a_word(phone: Phone, library: Library) -> None:
    (welcome,) = phone.text("RE\x00COV\ud83dERY").replies
    assert welcome.body == library.by_id["R01"].text
    (goodbye,) = phone.text("ST\u200bOP").replies
    assert goodbye.body == library.reply("stop").text


def test_a_danger_in_an_odd_body_is_kept_sealed_without_harm(
    phone: Phone, database: Database, vault: Vault
) -> None:
    phone.text("i want to\x00 die \ud83d 🙃")
    row = database.read(lambda c: c.execute(select(inbox)).one())
    assert vault.open(row.body_sealed).startswith("i want to")


def test_two_different_texts_of_one_person_at_once_see_each_other(
    database: Database, phone: Phone, inbox_: Inbox
) -> None:
    phone.text("HELP")
    bodies = ["RECOVERY", "recovery", "Recovery!", "steps"] * 4
    texts_ = [
        Incoming(f"SM9{number:031}", phone.number, OURS, body) for number, body in enumerate(bodies)
    ]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda incoming: inbox_.receive(incoming, TUESDAY), texts_))
    welcomes = sum("you're in" in answer.replies[0].body for answer in answers)
    assert welcomes == 1
    assert count(database, subscribers) == 1
    assert count(database, enrolments) == 1
    assert count(database, schedule) == 1
    assert count(database, consents) == 1


def test_a_stop_that_races_with_a_join_leaves_nobody_scheduled_without_consent(
    database: Database, inbox_: Inbox
) -> None:
    def race(n: int) -> None:
        number = f"+121655501{n:02}"
        pair = [
            Incoming(f"SM{n:02}{turn:030}", number, OURS, body)
            for turn, body in enumerate(("TREATMENT", "STOP"))
        ]
        inbox_.receive(Incoming(f"SM{n:02}{9:030}", number, OURS, "HELP"), TUESDAY)
        with ThreadPoolExecutor(2) as both:
            list(both.map(lambda incoming: inbox_.receive(incoming, TUESDAY), pair))

    for n in range(1, 9):
        race(n)
    query = (
        select(subscribers.c.consent, func.count(schedule.c.subscriber_id))
        .outerjoin(schedule, schedule.c.subscriber_id == subscribers.c.id)
        .group_by(subscribers.c.id, subscribers.c.consent)
    )
    found = database.read(lambda c: c.execute(query).all())
    assert len(found) == 8
    assert all((consent == "given") == (rows == 1) for consent, rows in found)


def test_the_same_reply_is_kept_once_however_often_it_is_sent(
    phone: Phone, inbox_: Inbox, database: Database
) -> None:
    for _ in range(3):
        phone.text("MENU")
    query = select(func.count(func.distinct(texts.c.fingerprint)))
    assert database.read(lambda c: c.execute(query).scalar_one()) == 2
    assert count(database, texts) == 6


def test_a_webhook_repeated_after_erasure_gets_the_same_goodbye(
    phone: Phone, inbox_: Inbox, database: Database
) -> None:
    phone.text("RECOVERY")
    phone.text("DELETE")
    done = phone.text("DELETE")
    again = inbox_.receive(phone.incoming("DELETE"), phone.now + timedelta(seconds=5))
    assert again.replies == done.replies
    assert again.repeated
    assert count(database, subscribers) == 0


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(body=st.text(max_size=200), media=st.integers(0, 2))
def test_no_body_is_an_error(phone: Phone, body: str, media: int) -> None:
    answered = phone.text(body, media=media)
    assert len(answered.replies) <= 2


def test_the_reader_is_asked_outside_the_transaction(
    database: Database, vault: Vault, library: Library, reader: Reader
) -> None:
    """A long reading must not keep SQLite's one writer from everybody else."""
    writing = []

    class Slow:
        def read(self, text: str) -> object:
            writing.append(database.write(lambda c: 1))
            return reader.read(text)

    slow = Inbox(database, vault, library, Slow(), handles_stop=False)  # type: ignore[arg-type]
    slow.receive(Incoming("SM" + "1" * 32, "+12165550123", OURS, "MENU"), TUESDAY)
    assert writing == [1]


def test_a_text_shows_neither_number_nor_words_of_itself() -> None:
    shown = repr(Incoming("SM1", "+12165550123", OURS, "i want to die"))
    assert "SM1" in shown
    assert "5550123" not in shown
    assert "die" not in shown
