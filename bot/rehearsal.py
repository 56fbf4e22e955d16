"""A rehearsal: the whole program against the sandbox, with a clock that can be skipped forward.

`bot demo` and the end-to-end tests stand on it. The program under it is the production one; only
the carrier at the other end is not.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime

from flask import Flask
from sqlalchemy import Connection, and_, or_, select

from bot import app, planning
from bot.clock import Clock
from bot.crypto import new_key
from bot.sandbox import Sandbox
from bot.sandbox.phone import TraceRow, phone
from bot.sandbox.sandbox import ACCOUNT_SID, AUTH_TOKEN, SERVICE_SID
from bot.settings import Settings
from bot.store import schedule
from bot.store.tables import consents, flags, inbox, subscribers, texts

KEPT = {"MESSAGES_DIR", "CLOCK_AT", "SERVICE_TIMEZONE", "SEND_RATE"}
"""Settings that a rehearsal takes from outside; the others are its own."""
PATIENCE_S = 10.0


class Stage:
    """The sandbox and the clock, before the program is put between them."""

    def __init__(self, *, handles_stop: bool = True) -> None:
        """`handles_stop`: the look-alike answers the opt-out words itself, as Twilio does."""
        self.clock = Clock()
        self.handles_stop = handles_stop
        self.sandbox = Sandbox(now=lambda: self.clock.now(), handles_stop=handles_stop).start()

    def environment(self, database_url: str, public_url: str) -> dict[str, str]:
        """Settings for a program on this stage, with keys made on the spot."""
        return {
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_MESSAGING_SERVICE_SID": SERVICE_SID,
            "TWILIO_API_URL": self.sandbox.url,
            "JOIN_NUMBER": self.sandbox.number,
            "PUBLIC_URL": public_url,
            "DATABASE_URL": database_url,
            "NUMBER_KEYS": new_key(),
            "NUMBER_INDEX_KEY": new_key(),
            "SEND_RATE": "20",
            "TWILIO_HANDLES_STOP": str(self.handles_stop).lower(),
        }

    def clock_at(self, settings: Settings) -> Clock:
        """The clock of the program and of the sandbox, set as the settings say."""
        self.clock = Clock(settings.clock_at)
        return self.clock

    def web_app(self, parts: app.Parts) -> Flask:
        """The program's web, and the phone beside it."""
        flask = app.web_app(parts)
        flask.config["REHEARSAL_URL"] = "/sandbox/"  # the pages link to the phone
        behind = Behind(parts, self.sandbox)
        flask.register_blueprint(phone(self.sandbox, behind, behind.trace))
        return flask


class Behind:
    """What the phone may do with the program, and see of it."""

    def __init__(self, parts: app.Parts, sandbox: Sandbox) -> None:
        self._parts = parts
        self._sandbox = sandbox

    def now(self) -> datetime:
        """The program's own time."""
        return self._parts.clock.now()

    def skip_to_next(self) -> datetime | None:
        """Move the clock to the next planned text, and wait until it is on the phone."""
        parts = self._parts
        before = len(self._sandbox.messages())
        while True:
            soonest = parts.database.read(_soonest)
            if soonest is None:
                return None
            parts.clock.advance_to(soonest)
            planning.plan(parts.database, parts.library, parts.clock.now())
            self._wait_until_handed_over()
            if len(self._sandbox.messages()) > before:
                return parts.clock.now()

    def _wait_until_handed_over(self) -> None:
        """The worker sends what is due within a second; then its receipts come."""
        until = Clock.monotonic() + PATIENCE_S
        while self._parts.database.read(lambda c: _in_hand(c, self.now())):
            if Clock.monotonic() > until:
                return
            time.sleep(0.05)
        self._sandbox.wait_until_idle(2)

    def trace(self, number: str) -> Sequence[TraceRow]:
        """The program's own rows about a number."""
        index = self._parts.vault.index(number)
        return self._parts.database.read(lambda c: _rows(c, index))


def _soonest(connection: Connection) -> datetime | None:
    """When the next slot begins in which anybody is due, or the next queued text is."""
    queued = (
        select(texts.c.due_at)
        .where(texts.c.state == "queued")
        .order_by(texts.c.priority, texts.c.due_at)
        .limit(1)
    )
    text = connection.execute(queued).scalar_one_or_none()
    return min((at for at in (schedule.soonest(connection), text) if at), default=None)


def _in_hand(connection: Connection, now: datetime) -> bool:
    """Whether a text that is due has not been handed over yet."""
    due = and_(texts.c.state == "queued", texts.c.due_at <= now)
    query = select(texts.c.id).where(or_(due, texts.c.state == "sending")).limit(1)
    return connection.execute(query).first() is not None


def _rows(connection: Connection, number_index: bytes) -> list[TraceRow]:
    """Inbox, texts, consent and flags of one person, as lines."""
    person = select(subscribers.c.id).where(subscribers.c.number_index == number_index)
    id_ = connection.execute(person).scalar_one_or_none()
    found = [
        TraceRow(row.at, "Ledger", f"consents: {row.event} ({row.detail}) by {row.channel}")
        for row in connection.execute(
            select(consents).where(consents.c.number_index == number_index)
        )
    ]
    if id_ is None:
        return found
    for row in connection.execute(select(inbox).where(inbox.c.subscriber_id == id_)):
        found.append(TraceRow(row.received_at, "Inbox", f"read, and answered by rule {row.rule}"))
    for row in connection.execute(select(texts).where(texts.c.subscriber_id == id_)):
        words = f"{row.kind} {row.message_id} is {row.state}"
        found.append(TraceRow(row.changed_at, "Texts", words))
    for row in connection.execute(select(flags).where(flags.c.subscriber_id == id_)):
        found.append(TraceRow(row.raised_at, "Flags", f"for people to follow up: {row.kind}"))
    return found
