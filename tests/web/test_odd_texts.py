"""Odd requests over the whole way in, on both databases: each has an answer and none is a 500."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from urllib.parse import quote_plus
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from bot import app
from bot.crypto import new_key
from bot.settings import read
from bot.store.tables import inbox
from tests.conftest import Postgres

TOKEN = "a-token-that-signs"
ACCOUNT = "AC" + "1" * 32
PUBLIC = "https://texts.example.org"
PERSON = "+12165550123"
SID = "SM" + "a" * 32

Post = Callable[..., TestResponse]


def environment(database_url: str) -> dict[str, str]:
    return {
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_FROM_NUMBER": "+12165550100",
        "TWILIO_API_URL": "http://127.0.0.1:9",
        "TWILIO_HANDLES_STOP": "false",
        "PUBLIC_URL": PUBLIC,
        "DATABASE_URL": database_url,
        "NUMBER_KEYS": new_key(),
        "NUMBER_INDEX_KEY": new_key(),
        "CLOCK_AT": "2026-12-01T15:00:00Z",
    }


@pytest.fixture
def parts(database_url: str) -> Iterator[app.Parts]:
    built = app.build(read(environment(database_url)))
    yield built
    built.close()


@pytest.fixture
def post(parts: app.Parts) -> Post:
    client = app.web_app(parts).test_client()
    return lambda target="/sms", **fields: signed(client, target, fields)


def signed(client: FlaskClient, target: str, fields: dict[str, str | bytes]) -> TestResponse:
    """Post a form as it stands, signed over what a reader of UTF-8 makes of it."""
    form = {"AccountSid": ACCOUNT, "MessageSid": SID, "From": PERSON, "To": "+12165550100"} | fields
    seen = {k: v.decode(errors="replace") if isinstance(v, bytes) else v for k, v in form.items()}
    return client.post(
        target,
        data="&".join(f"{name}={quote_plus(value)}" for name, value in form.items()),
        content_type="application/x-www-form-urlencoded",
        headers={
            "X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(PUBLIC + target, seen)
        },
    )


def replies(answer: TestResponse) -> list[str]:
    return ["".join(message.itertext()) for message in ElementTree.fromstring(answer.data)]


def reply(parts: app.Parts, name: str) -> list[str]:
    return [parts.library.reply(name).text]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("", "fallback_media"),
        ("\x00\x07\x1b", "fallback_media"),
        ("\u202e\u200b\ufeff", "fallback_media"),
        ("🙂" * 1600, "fallback"),
        ("x" * 1600, "fallback"),
        ("\u202eklat ot tnaw\u202c", "fallback"),
        ("شكرا على كل شيء", "fallback"),
        ("]]>&lt;/Message>&#0; %s {0}", "fallback"),
        ("S\x00T\x00O\x00P\x00", "stop"),
        ("\u202eSTOP\u202c \u200f", "stop"),
        ("so many words " * 110 + ". i want to kill myself", "crisis"),
    ],
)
def test_odd_words_have_a_defined_answer(
    post: Post, parts: app.Parts, body: str, name: str
) -> None:
    answer = post(Body=body)
    assert answer.status_code == 200
    assert replies(answer) == reply(parts, name)
    assert replies(post(Body=body)) == reply(parts, name)  # Twilio's repetition


@pytest.mark.parametrize("body", [b"\xff\xfe\x80", b"caf\xe9 i want to die", b"\xed\xa0\x80"])
def test_bytes_that_are_no_utf_8_are_nothing_that_twilio_signed(
    post: Post, parts: app.Parts, body: bytes
) -> None:
    assert post(Body=body).status_code == 403
    assert parts.database.read(lambda c: c.execute(select(inbox)).all()) == []


@pytest.mark.parametrize(
    "sender", ["72345", "AMAZON", "+18005550123", "+12165550100", "", "\x00", "+", "1" * 400]
)
def test_machines_get_no_reply(post: Post, sender: str) -> None:
    answer = post(Body="RECOVERY", From=sender)
    assert answer.status_code == 200
    assert replies(answer) == []


def test_another_country_hears_once_that_this_is_not_for_it(post: Post, parts: app.Parts) -> None:
    abroad = {"Body": "RECOVERY", "From": "+442071838750"}
    assert replies(post(**abroad)) == reply(parts, "wrong_country")
    assert replies(post(**abroad, MessageSid="SM" + "b" * 32)) == []


def test_while_the_database_is_locked_twilio_is_asked_to_come_back(sqlite_url: str) -> None:
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as other:
        parts = app.build(read(environment(sqlite_url)))
        client = app.web_app(parts).test_client()
        other.execute("BEGIN IMMEDIATE")
        assert signed(client, "/sms", {"Body": "RECOVERY"}).status_code == 503
        other.rollback()
        assert len(replies(signed(client, "/sms", {"Body": "RECOVERY"}))) == 1
        assert replies(signed(client, "/sms", {"Body": "MENU", "MessageSid": "SM2"}))
        parts.close()
    other.close()


def test_while_postgresql_is_away_twilio_is_asked_to_come_back(
    postgres: Postgres, postgres_template: str
) -> None:
    url = postgres.create(postgres_template)
    parts = app.build(read(environment(url)))
    client = app.web_app(parts).test_client()
    assert signed(client, "/sms", {"Body": "RECOVERY"}).status_code == 200
    postgres.drop(url)
    away = signed(client, "/sms", {"Body": "MENU", "MessageSid": "SM2"})
    assert (away.status_code, away.headers["Retry-After"]) == (503, "30")
    parts.close()


@pytest.mark.parametrize("sid", ["SM\x00", "\x00", "é" * 40, "S" * 400])
def test_ids_that_twilio_never_makes_are_no_crash(post: Post, sid: str) -> None:
    assert post(Body="MENU", MessageSid=sid).status_code in {200, 400}
    report = post("/sms/status?text=1", MessageSid=sid, MessageStatus="delivered")
    assert report.status_code in {200, 400}


@pytest.mark.parametrize("status", ["", "teleported", "\x00", "x" * 500, "é", "DELIVERED"])
@pytest.mark.parametrize("target", ["", "?text=", "?text=99", "?text=9" + "9" * 30, "?text=%00"])
def test_unknown_reports_are_accepted(post: Post, status: str, target: str) -> None:
    answer = post("/sms/status" + target, MessageStatus=status, ErrorCode="9" * 50)
    assert answer.status_code == 200
