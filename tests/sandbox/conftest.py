"""A small bot that answers TwiML, the real Twilio client pointed at the look-alike, and a clock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask, Response, request
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.twiml.messaging_response import MessagingResponse

from bot.clock import Clock
from bot.sandbox import Sandbox
from bot.sandbox.phone import TraceRow, phone
from bot.server import Server

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WELCOME = (
    "Lantern: you're in. One short text a day this week, then fewer, on addiction and recovery. "
    "A computer sends them. It is not a crisis line. In crisis? Call or text 988. Msg & data "
    "rates may apply. Text HELP for help, STOP to end."
)
DAYS = [
    (timedelta(hours=20), "There is more than one door into care. Start with the one you can "
     "reach. For ideas, text FIND."),
    (timedelta(hours=25), "Urges rise, peak and pass, often within half an hour. What is one small "
     "thing you could do while this one passes?"),
    (timedelta(hours=23), "Checking in. How is today going? Reply 1 for good, 2 for so-so, 3 for "
     "hard. It's OK to skip this one."),
]  # fmt: skip
HARD = (
    "Thanks for being honest. Hard days happen. Is there one person you could text? To talk with "
    "someone trained to listen, call or text 988."
)
START = datetime(2026, 3, 6, 20, 41, tzinfo=UTC)


class LoopbackHttpClient(TwilioHttpClient):
    """Twilio's own HTTP client, to another host."""

    def __init__(self, base_url: str) -> None:
        super().__init__(timeout=5)
        self._base_url = base_url

    def request(self, method, url, *arguments, **options):  # type: ignore[no-untyped-def]
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return super().request(method, self._base_url + path, *arguments, **options)


def client_for(sandbox: Sandbox, token: str | None = None) -> Client:
    account = sandbox.carrier.account
    http = LoopbackHttpClient(sandbox.url)
    return Client(account.sid, token or account.auth_token, http_client=http)


@dataclass
class EchoBot:
    """Answers every text with the replies it was given for it; remembers what it was asked."""

    replies: dict[str, list[str]] = field(default_factory=dict)
    texts: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    callbacks: list[dict[str, str]] = field(default_factory=list)
    forged: int = 0
    failures: list[int] = field(default_factory=list)
    twiml: str | None = None
    content_type: str = "text/xml"
    callback_base: str = ""
    url: str = ""
    token: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def app(self) -> Flask:
        app = Flask("echo", static_folder=None)

        @app.post("/sms")
        def sms() -> Response:
            self._check()
            with self.lock:
                self.texts.append(request.form.to_dict())
                self.headers.append(dict(request.headers))
                if self.failures:
                    return Response("", self.failures.pop(0))
            return Response(self._answer(request.form["Body"]), content_type=self.content_type)

        @app.post("/sms/status")
        def status() -> Response:
            self._check()
            with self.lock:
                self.callbacks.append({**request.form.to_dict(), **request.args.to_dict()})
            return Response("")

        return app

    def statuses(self, text: str = "") -> list[str]:
        return [c["MessageStatus"] for c in self.callbacks if not text or c.get("text") == text]

    def _answer(self, body: str) -> str:
        if self.twiml is not None:
            return self.twiml
        response = MessagingResponse()
        for number, reply in enumerate(self.replies.get(body.strip().upper(), [])):
            url = f"{self.callback_base}?text=reply-{number}" if self.callback_base else None
            response.message(reply, status_callback=url)
        return str(response)

    def _check(self) -> None:
        url = self.url + request.full_path.rstrip("?")
        signature = request.headers.get("X-Twilio-Signature", "")
        if not RequestValidator(self.token).validate(url, request.form, signature):
            self.forged += 1


@dataclass
class Outfit:
    """A sandbox, the bot that it takes texts to, and a client that sends through it."""

    sandbox: Sandbox
    bot: EchoBot
    client: Client
    clock: Clock
    planned: list[tuple[timedelta, str]]
    page_url: str = ""

    @property
    def status_url(self) -> str:
        return f"{self.bot.url}/sms/status"

    def send(self, text: str = "1", to: str = "+12165550123", body: str = "Hello.", **more: object):  # type: ignore[no-untyped-def]
        return self.client.messages.create(
            to=to,
            body=body,
            messaging_service_sid=self.sandbox.carrier.account.service_sid,
            status_callback=f"{self.status_url}?text={text}",
            **more,
        )

    def now(self) -> datetime:
        return self.clock.now()

    def skip_to_next(self) -> datetime | None:
        if not self.planned:
            return None
        wait, words = self.planned.pop(0)
        self.clock.advance_to(self.clock.now() + wait)
        number = self.sandbox.carrier.state.messages
        people = {m.from_ for m in number.values() if m.direction == "inbound"}
        for person in people:
            self.send("push", person, words)
        self.sandbox.wait_until_idle()
        return self.clock.now()

    def rows(self, number: str) -> list[TraceRow]:
        if not self.sandbox.conversation(number):
            return []
        joined = self.sandbox.conversation(number)[0].created_at + timedelta(milliseconds=9)
        return [TraceRow(joined, "Database", "subscribers: 1 row, enrolments: 1 row, texts: 1 row")]


@pytest.fixture
def connect() -> Callable[..., Client]:
    """Makes Twilio clients for a sandbox, with a token of one's choice."""
    return client_for


@pytest.fixture
def outfit_of() -> Iterator[Callable[..., Outfit]]:
    """Makes outfits; the keyword arguments are the sandbox's."""
    running: list[tuple[Sandbox, EchoBot, Server]] = []

    def make(**settings: object) -> Outfit:
        clock = Clock(START)
        sandbox = Sandbox(now=clock.now, **settings).start()  # type: ignore[arg-type]
        bot = EchoBot(token=sandbox.carrier.account.auth_token)
        app = bot.app()
        outfit = Outfit(sandbox, bot, client_for(sandbox), clock, [])
        app.register_blueprint(phone(sandbox, outfit, outfit.rows))
        server = Server(app, "127.0.0.1", 0, 8)
        server.start()
        running.append((sandbox, bot, server))
        bot.url = f"http://127.0.0.1:{server.port}"
        outfit.page_url = f"{bot.url}/sandbox/"
        sandbox.webhook_url = f"{bot.url}/sms"
        return outfit

    yield make
    for sandbox, bot, server in running:
        sandbox.stop()
        server.stop()
        assert bot.forged == 0


@pytest.fixture
def outfit(outfit_of: Callable[..., Outfit]) -> Outfit:
    """A sandbox that behaves, with Twilio's opt-out handling on."""
    return outfit_of()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def talk(outfit: Any) -> Any:
    outfit.bot.replies = {"RECOVERY": [WELCOME], "3": [HARD]}
    outfit.planned.extend(DAYS)
    return outfit
