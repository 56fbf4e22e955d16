"""The door of the house, whole: pages, form, metrics, on a database of the test's own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import Metric

from bot import content
from bot.content.pages import load_pages
from bot.crypto import Vault, new_key
from bot.server import Server
from bot.signup import SignUps
from bot.store.database import Database
from bot.web import app as web
from bot.web import health, metrics, pages, signup
from bot.web.tokens import FormTokens

MESSAGES = Path(__file__).parents[2] / "messages"
JOIN_NUMBER = "+12165550100"


@dataclass
class House:
    """The app with everything that a test may want to look at or turn."""

    database: Database
    per_hour: int = 60
    trusted_proxies: int = 1
    now: datetime = datetime(2026, 12, 1, 15, tzinfo=UTC)
    vault: Vault = field(default_factory=lambda: Vault([new_key()], new_key()))

    def app(self, token: str = "") -> Flask:
        library = content.load(MESSAGES)
        words = load_pages(MESSAGES, library.service, pages.readable(JOIN_NUMBER))
        consent = words.join.words["consent"]
        taking = SignUps(self.database, self.vault, library, consent, per_hour=self.per_hour)
        tokens = FormTokens(self.vault.form_key(), "join")
        routes = [
            pages.blueprint(words, JOIN_NUMBER),
            signup.blueprint(words, taking.take, tokens, lambda: self.now, self.trusted_proxies),
            metrics.blueprint(self.collect, token),
            health.blueprint(list),
        ]
        return web.create(routes, https=True)

    def client(self, token: str = "") -> FlaskClient:
        return self.app(token).test_client()

    def pass_time(self, **time: float) -> None:
        self.now += timedelta(**time)

    def collect(self) -> Iterable[Metric]:
        metric = Metric("texts", "Texts by state", "gauge")
        metric.add_sample("texts", {"state": "queued"}, 3)
        return [metric]


@pytest.fixture
def house(database: Database) -> House:
    """The door on each kind of database."""
    return House(database)


@pytest.fixture
def one_house(sqlite_url: str) -> Iterator[House]:
    """The door on SQLite alone, for what does not touch the database."""
    database = Database(sqlite_url)
    yield House(database)
    database.close()


@pytest.fixture
def address(one_house: House) -> Iterator[str]:
    """Where a real server answers for `one_house`."""
    server = Server(one_house.app(), "127.0.0.1", 0, 4)
    server.start()
    yield f"http://127.0.0.1:{server.port}"
    server.stop()
