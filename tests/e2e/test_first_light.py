"""The whole way through: the real client over HTTP, signed webhooks, a real database, threads."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from bot import app
from bot.rehearsal import Behind, Stage
from bot.sandbox import Sandbox
from bot.sandbox.model import Message
from bot.server import Server
from bot.settings import read
from bot.ticks import Working

PERSON = "+12165550123"
MORNING = "2026-12-01T15:00:00Z"
MESSAGES = Path(__file__).parents[2] / "messages"


def free_port() -> int:
    with socket.socket() as wire:
        wire.bind(("127.0.0.1", 0))
        return int(wire.getsockname()[1])


class Running:
    """The program on its stage."""

    def __init__(self, parts: app.Parts, stage: Stage) -> None:
        self.parts = parts
        self.sandbox: Sandbox = stage.sandbox
        self.behind = Behind(parts, stage.sandbox)

    def texts_to(self, person: str = PERSON) -> list[Message]:
        """What the person's phone got, oldest first."""
        self.sandbox.wait_until_idle(5)
        return [m for m in self.sandbox.conversation(person) if m.direction != "inbound"]

    def delivered_to(self, person: str = PERSON) -> list[str]:
        """The words that reached the phone."""
        return [m.body for m in self.texts_to(person) if m.status == "delivered"]


@contextmanager
def running(database_url: str, **more: str) -> Iterator[Running]:
    stage = Stage(handles_stop=more.get("TWILIO_HANDLES_STOP", "true") == "true")
    port = free_port()
    wanted = stage.environment(database_url, f"http://127.0.0.1:{port}")
    settings = read(wanted | {"CLOCK_AT": MORNING} | more)
    parts = app.build(settings, stage.clock_at(settings))
    server = Server(stage.web_app(parts), "127.0.0.1", port, 8)
    stage.sandbox.webhook_url = f"http://127.0.0.1:{port}/sms"
    server.start()
    working = Working(parts)
    try:
        yield Running(parts, stage)
    finally:
        server.stop()
        working.stop()
        stage.sandbox.stop()
        parts.close()


def eventually(true: Callable[[], bool], within_s: float = 15) -> None:
    until = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.05)


def test_a_keyword_a_programme_and_silence_after_stop(database_url: str) -> None:
    with running(database_url, TWILIO_HANDLES_STOP="false") as bot:
        library = bot.parts.library
        recovery = library.programmes["recovery"].messages
        assert bot.sandbox.text(PERSON, "Recovery").replies == (recovery[0].text,)
        for message in recovery[1:5]:
            assert bot.behind.skip_to_next() is not None
            eventually(lambda m=message: m.text in bot.delivered_to())  # type: ignore[misc]
        assert len(bot.delivered_to()) == 5
        assert bot.sandbox.text(PERSON, "STOP").replies == (library.reply("stop").text,)
        bot.parts.clock.advance_to(bot.parts.clock.now() + timedelta(days=3))
        assert bot.behind.skip_to_next() is None
        assert bot.sandbox.text(PERSON, "MENU").replies == ()
        assert len(bot.delivered_to()) == 6


def test_with_the_carriers_own_stop_the_bot_adds_nothing(sqlite_url: str) -> None:
    with running(sqlite_url, TWILIO_HANDLES_STOP="true") as bot:
        bot.sandbox.text(PERSON, "TREATMENT")
        bot.behind.skip_to_next()
        before = len(bot.delivered_to())
        bot.sandbox.text(PERSON, "Stop")
        assert bot.sandbox.is_blocked(PERSON)
        assert len(bot.delivered_to()) == before + 1  # Twilio's own confirmation
        assert bot.behind.skip_to_next() is None


def test_somebody_in_danger_is_answered_after_stop(sqlite_url: str) -> None:
    with running(sqlite_url, TWILIO_HANDLES_STOP="false") as bot:
        bot.sandbox.text(PERSON, "RECOVERY")
        bot.sandbox.text(PERSON, "please stop texting me")
        (answer,) = bot.sandbox.text(PERSON, "i dont want to be alive anymore").replies
        assert "988" in answer


def test_a_webhook_that_comes_twice_is_answered_alike_and_counts_once(database_url: str) -> None:
    with running(database_url) as bot:
        first = bot.sandbox.text(PERSON, "RECOVERY")
        again = bot.sandbox.repeat(first.sid)
        assert again.twiml == first.twiml
        assert (
            bot.parts.database.read(
                lambda c: c.exec_driver_sql("SELECT count(*) FROM consents").scalar_one()
            )
            == 1
        )


@pytest.mark.parametrize("phones", [12])
def test_many_phones_at_once_each_get_their_own(database_url: str, phones: int) -> None:
    people = [f"+1216555{120 + n:04}" for n in range(phones)]
    with running(database_url) as bot:
        for person in people:
            bot.sandbox.text(person, "RECOVERY")
        second = bot.parts.library.programmes["recovery"].messages[1].text
        for _ in people:
            bot.behind.skip_to_next()
        eventually(lambda: all(second in bot.delivered_to(person) for person in people))
        assert all(len(bot.texts_to(person)) <= 3 for person in people)


def test_metrics_tell_how_long_webhooks_take_and_how_many_texts_there_are(sqlite_url: str) -> None:
    with running(sqlite_url) as bot:
        bot.sandbox.text(PERSON, "RECOVERY")
        shown = requests.get(f"{bot.parts.settings.public_url}/metrics", timeout=10).text
        counted = 'textsupport_webhook_seconds_count{endpoint="twilio.sms",status="200"} 1.0'
        assert counted in shown
        assert "textsupport_queue_length" in shown
        assert PERSON[2:] not in shown
