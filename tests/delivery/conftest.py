"""A small outfit that sends: a real database, the real Twilio client, and the sandbox over HTTP."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Row, func, insert, select, update

from bot import receipts
from bot.carrier import Carrier
from bot.clock import Clock
from bot.core.library import fingerprint
from bot.crypto import Vault, new_key
from bot.sandbox import Faults, Sandbox
from bot.sending import Handover, Sender, Timing
from bot.server import Server
from bot.settling import Settler
from bot.store.database import Database, StoreError
from bot.store.outbox import Claim, claim
from bot.store.senders import Pace
from bot.store.tables import consents, senders, subscribers, texts, wordings
from bot.store.tables import receipts as reports
from bot.web import twilio

WORDS = "A small step is a step."
OPEN = timedelta(hours=5)
AREAS = (216, 614, 513, 419, 330, 440, 937, 740, 202, 212, 213, 312)


class SteppedClock(Clock):
    """A clock that tests move: time of day moves on by itself and by `advance_to`."""

    def skip(self, seconds: float) -> datetime:
        self.advance_to(self.now() + timedelta(seconds=seconds))
        return self.now()


class Office:
    """Everything that sends, put together as the program does it."""

    def __init__(self, database: Database, sandbox: Sandbox, vault: Vault) -> None:
        self.database = database
        self.sandbox = sandbox
        self.vault = vault
        self.clock = SteppedClock()
        self.pace = Pace(sandbox.carrier.account.service_sid, rate=200.0)
        self.status_url = "http://127.0.0.1:9/sms/status"
        self.carriers: list[Carrier] = []
        self.people = 0

    def carrier(self, timeout_s: float = 2.0, api_url: str = "") -> Carrier:
        account = self.sandbox.carrier.account
        made = Carrier(
            account_sid=account.sid,
            auth_token=account.auth_token,
            messaging_service_sid=account.service_sid,
            api_url=api_url or self.sandbox.url,
            timeout_s=timeout_s,
            connections=16,
        )
        self.carriers.append(made)
        return made

    def sender(self, line: Any = None, timing: Timing | None = None, **options: Any) -> Sender:
        return Sender(
            self.database,
            self.vault,
            line or self.carrier(),
            self.clock,
            pace=options.pop("pace", self.pace),
            status_url=self.status_url,
            opt_out=receipts.opt_out_by_carrier,
            timing=timing,
            connections=options.pop("connections", 8),
            seed=1,
        )

    def settler(self, settle_after_s: float = 120.0, lists: Any = None) -> Settler:
        return Settler(
            self.database,
            self.vault,
            lists or self.carrier(),
            sender=self.pace.sender,
            settle_after_s=settle_after_s,
        )

    def report(
        self,
        text_id: int | None,
        sid: str,
        status: str,
        error: str | None = None,
        sender: str = "",
    ) -> receipts.Recorded:
        callback = receipts.callback(text_id, sid, status, error, sender)
        return receipts.record(self.database, callback, self.clock.now(), sender=self.pace.sender)

    def person(self, consent: str = "given", **values: Any) -> int:
        self.people += 1
        number = f"+1{AREAS[self.people // 100]}55501{self.people % 100:02}"
        now = self.clock.now()
        row = {
            "number_index": self.vault.index(number),
            "number_sealed": self.vault.seal(number),
            "consent": consent,
            "zones": "America/New_York",
            "slot": "morning",
            "pace": "standard",
            "language": "en",
            "spread": 0,
            "created_at": now,
            "seen_at": now,
        } | values
        return self._insert(subscribers, row)

    def queue(self, person: int | None = None, words: str = WORDS, **values: Any) -> int:
        now = self.clock.now()
        person = self.person() if person is None else person
        self._keep(words, now)
        row = {
            "subscriber_id": person,
            "kind": "push",
            "state": "queued",
            "priority": 1,
            "message_id": "R02",
            "language": "en",
            "fingerprint": fingerprint(words),
            "segments": 1,
            "due_at": now - timedelta(seconds=1),
            "closes_at": now + OPEN,
            "created_at": now,
            "changed_at": now,
        } | values
        return self._insert(texts, row)

    def text(self, text_id: int) -> Row[Any]:
        return self.database.read(
            lambda c: c.execute(select(texts).where(texts.c.id == text_id)).one()
        )

    def change(self, text_id: int, **values: Any) -> None:
        self.database.write(
            lambda c: c.execute(update(texts).where(texts.c.id == text_id).values(values))
        )

    def change_person(self, person: int, **values: Any) -> None:
        self.database.write(
            lambda c: c.execute(
                update(subscribers).where(subscribers.c.id == person).values(values)
            )
        )

    def states(self) -> dict[str, int]:
        query = select(texts.c.state, func.count()).group_by(texts.c.state)
        return dict(self.database.read(lambda c: [tuple(row) for row in c.execute(query)]))

    def sender_row(self) -> Row[Any]:
        return self.database.read(lambda c: c.execute(select(senders)).one())

    def reported(self) -> int:
        query = select(func.count()).select_from(reports)
        return self.database.read(lambda c: c.execute(query).scalar_one())

    def accepted(self, text_id: int | None = None) -> int:
        """How often the carrier took this text (or any)."""
        rows = self.sandbox.ledger()["texts"]
        return sum(
            row["accepted"] for row in rows if text_id is None or row["reference"] == str(text_id)
        )

    def serve(self) -> Server:
        """The program's own webhook for receipts, on loopback."""
        account = self.sandbox.carrier.account
        app = Flask("receipts")

        def record(callback: receipts.Callback, now: datetime) -> None:
            receipts.record(self.database, callback, now, sender=self.pace.sender)

        server = Server(app, "127.0.0.1", 0, 8)
        public_url = f"http://127.0.0.1:{server.port}"
        signature = twilio.Signature(account.auth_token, account.sid, public_url)
        app.register_blueprint(
            twilio.blueprint(signature, lambda i, now: (), record, self.clock.now, public_url)
        )
        self.status_url = f"{public_url}{twilio.STATUS_PATH}"
        server.start()
        return server

    def claim_one(self) -> Claim:
        """Claim as a worker does, and go no further."""
        now = self.clock.now()
        claimed = self.database.write(lambda c: claim(c, self.pace, "worker", 1, now))
        [only] = claimed.claims
        return only

    def handover(self, line: Any = None, database: Any = None) -> Handover:
        return Handover(
            database or self.database,
            self.vault,
            line or self.carrier(),
            self.clock,
            sender=self.pace.sender,
            status_url=self.status_url,
            opt_out=receipts.opt_out_by_carrier,
            timing=Timing(),
            seed=1,
        )

    def report_opt_out(self, person: int) -> None:
        now = self.clock.now()
        self.database.write(lambda c: receipts.opt_out_by_carrier(c, person, now))

    def unreachable(self, person: int) -> str | None:
        query = select(subscribers.c.unreachable).where(subscribers.c.id == person)
        return self.database.read(lambda c: c.scalar(query))

    def consent(self, person: int) -> tuple[str, list[str]]:
        """Where somebody's consent stands, and the ledger of how it got there."""
        row = self.database.read(
            lambda c: c.execute(select(subscribers).where(subscribers.c.id == person)).one()
        )
        ledger = select(consents.c.event).where(consents.c.number_index == row.number_index)
        return row.consent, self.database.read(lambda c: list(c.scalars(ledger)))

    def late_line(self, carrier: Carrier) -> Any:
        return LateLine(carrier, self.clock)

    def away_database(self) -> Any:
        return AwayDatabase(self.database)

    def stop_after(self, sender: Sender, seconds: float) -> threading.Thread:
        def stop() -> None:
            time.sleep(seconds)
            sender.stop()

        thread = threading.Thread(target=stop)
        thread.start()
        return thread

    def _keep(self, words: str, now: datetime) -> None:
        values = {
            "fingerprint": fingerprint(words), "message_id": "R02", "language": "en",
            "body": words, "first_at": now,
        }  # fmt: skip

        def work(connection: Any) -> None:
            known = select(wordings.c.body).where(wordings.c.fingerprint == fingerprint(words))
            if connection.execute(known).first() is None:
                connection.execute(insert(wordings).values(values))

        self.database.write(work)

    def _insert(self, table: Any, row: dict[str, Any]) -> int:
        return self.database.write(
            lambda c: c.execute(insert(table).values(row).returning(table.c.id)).scalar_one()
        )


@pytest.fixture(scope="session")
def vault_keys() -> tuple[str, str]:
    """The key that seals numbers, and the one that finds them."""
    return new_key(), new_key()


@pytest.fixture(scope="session")
def vault(vault_keys: tuple[str, str]) -> Vault:
    return Vault(vault_keys[:1], vault_keys[1])


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(threads=8) as running:
        yield running


@pytest.fixture
def office(database: Database, sandbox: Sandbox, vault: Vault) -> Iterator[Office]:
    opened = Office(database, sandbox, vault)
    yield opened
    for carrier in opened.carriers:
        carrier.close()


@pytest.fixture
def faults(sandbox: Sandbox) -> Callable[..., None]:
    """Set how the sandbox misbehaves from here on."""

    def set_faults(**values: Any) -> None:
        sandbox.faults = Faults(**values)

    return set_faults


class LateLine:
    """Gets to the call only after its time to begin has passed."""

    def __init__(self, carrier: Carrier, clock: Clock) -> None:
        self._carrier = carrier
        self._clock = clock

    def send(self, *arguments: Any, begin_by: float | None = None) -> Any:
        assert begin_by is not None
        assert begin_by > self._clock.monotonic()
        return self._carrier.send(*arguments, begin_by=self._clock.monotonic() - 0.001)

    def check(self) -> None:
        raise AssertionError("not asked for")


class AwayDatabase:
    """A database that can't be reached for a moment."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._back_at = 0.0
        self.refused = 0

    def leave_for_a_moment(self) -> None:
        self._back_at = time.monotonic() + 0.3

    def read(self, work: Any) -> Any:
        return self._database.read(work)

    def write(self, work: Any) -> Any:
        if time.monotonic() < self._back_at:
            self.refused += 1
            raise StoreError("away")
        return self._database.write(work)


class Stopping:
    """Stands in the line to the carrier and does something just before or after a call."""

    def __init__(
        self,
        carrier: Carrier,
        before: Callable[[], None] = lambda: None,
        after: Callable[[], None] = lambda: None,
    ) -> None:
        self._carrier = carrier
        self._before = before
        self._after = after
        self.calls = 0

    def send(self, *arguments: Any, **options: Any) -> Any:
        self.calls += 1
        self._before()
        try:
            return self._carrier.send(*arguments, **options)
        finally:
            self._after()

    def check(self) -> None:
        self._carrier.check()


@pytest.fixture
def stopping() -> type[Stopping]:
    """A line to the carrier on which something can happen before and after a call."""
    return Stopping


@pytest.fixture
def served(office: Office) -> Iterator[Office]:
    """The same outfit with its webhook for receipts running."""
    server = office.serve()
    yield office
    server.stop()
