"""The one place where the real parts are put together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from flask import Blueprint, Flask
from prometheus_client import Metric

from bot import content, receipts, status
from bot.carrier import Carrier
from bot.catchup import CatchUp
from bot.clock import Clock
from bot.content.pages import Pages, load_pages
from bot.core.calendar import Window
from bot.core.library import Library
from bot.core.reading import Reader
from bot.crypto import Vault
from bot.inbound import Inbox, Incoming, Outgoing
from bot.logs import logger
from bot.readiness import troubles
from bot.settings import Settings
from bot.signup import SignUps
from bot.store.database import Database
from bot.web import app as web
from bot.web import health, metrics, pages, signup, twilio
from bot.web.latency import Latency
from bot.web.tokens import FormTokens

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that the program is made of, for one set of settings."""

    settings: Settings
    clock: Clock
    database: Database
    vault: Vault
    library: Library
    reader: Reader
    carrier: Carrier
    inbox: Inbox
    pages: Pages

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()


def build(settings: Settings, clock: Clock | None = None) -> Parts:
    """The parts. Raises `ContentError` if the words can't be used."""
    library = content.load(settings.messages_dir)
    reader = Reader(content.load_patterns(settings.messages_dir), library.vocabulary())
    database = Database(settings.database_url, pool=settings.web_threads + 8)
    vault = Vault(settings.number_keys, settings.number_index_key)
    return Parts(
        settings=settings,
        clock=clock or Clock(settings.clock_at),
        database=database,
        vault=vault,
        library=library,
        reader=reader,
        carrier=_carrier(settings),
        inbox=Inbox(
            database,
            vault,
            library,
            reader,
            settings.handles_stop,
            zones=settings.timezone,
            keep_bodies_days=settings.keep_bodies_days,
        ),
        pages=load_pages(settings.messages_dir, library.service, pages.readable(settings.number)),
    )


def _carrier(settings: Settings) -> Carrier:
    return Carrier(
        account_sid=settings.account_sid,
        auth_token=settings.auth_token,
        api_key=settings.api_key,
        api_secret=settings.api_secret,
        messaging_service_sid=settings.messaging_service_sid,
        from_number=settings.from_number,
        api_url=settings.api_url,
        connections=settings.send_connections,
    )


def web_app(parts: Parts) -> Flask:
    """The web: Twilio's webhooks, the pages and the form, metrics, health."""
    settings = parts.settings
    signature = twilio.Signature(settings.auth_token, settings.account_sid, settings.public_url)

    def receive(incoming: Incoming, now: datetime) -> tuple[Outgoing, ...]:
        answered = parts.inbox.receive(incoming, now)
        log.info("text", rule=answered.rule, repeated=answered.repeated, sid=incoming.sid)
        return answered.replies

    def record(callback: receipts.Callback, now: datetime) -> None:
        receipts.record(parts.database, callback, now, sender=settings.sender)

    latency = Latency(parts.clock.monotonic)
    webhooks = twilio.blueprint(signature, receive, record, parts.clock.now, settings.public_url)
    routes = [
        latency.watch(webhooks),
        *_door(parts),
        metrics.blueprint(lambda: _metrics(parts, latency), settings.metrics_token),
        health.blueprint(lambda: troubles(parts.database, settings.sender)),
    ]
    return web.create(routes, https=urlsplit(settings.public_url).scheme == "https")


def _door(parts: Parts) -> list[Blueprint]:
    """The pages, and the form to sign up with."""
    settings = parts.settings
    sign_ups = SignUps(
        parts.database,
        parts.vault,
        parts.library,
        parts.pages.join.words["consent"],
        per_hour=settings.signups_per_hour,
        zones=settings.timezone,
    )
    return [
        pages.blueprint(parts.pages, settings.number),
        signup.blueprint(
            parts.pages,
            sign_ups.take,
            FormTokens(parts.vault.form_key(), "join"),
            parts.clock.now,
            settings.trusted_proxies,
        ),
    ]


def catch_up(parts: Parts) -> CatchUp:
    """What feeds in texts that came while nobody listened."""
    return CatchUp(
        parts.database,
        parts.vault,
        parts.carrier,
        parts.inbox,
        parts.reader,
        Window.of(parts.library.service),
    )


def _metrics(parts: Parts, latency: Latency) -> Iterator[Metric]:
    yield from latency.collect()
    found = status.gather(parts.database, parts.settings.sender, parts.clock.now())
    yield from status.metrics(found)
