"""Redaction: the carrier's copies are blanked, slowly, and as often as it takes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, insert

from bot import redaction
from bot.carrier import Carrier, CarrierError, Fault
from bot.sandbox import Sandbox
from bot.store import redactions, tables
from bot.store.database import Database

Reads = Callable[[Table], list[dict[str, Any]]]
LATER = timedelta(minutes=5)


class Stubborn:
    """A carrier that refuses, in a way of its own."""

    def __init__(self, kind: Fault, code: int | None = None) -> None:
        self.error = CarrierError(kind, code)
        self.asked: list[str] = []

    def redact(self, sid: str) -> None:
        self.asked.append(sid)
        raise self.error


def ask(database: Database, count: int, now: datetime) -> None:
    database.write(lambda c: redactions.ask(c, [f"SM{n:032d}" for n in range(count)], now))


def test_the_words_of_a_text_are_blanked_at_the_carrier(
    database: Database, carrier: Carrier, sandbox: Sandbox, all_of: Reads, now: datetime
) -> None:
    sent = carrier.send("+12165550123", "A small step is a step.", "http://127.0.0.1:9/", 600)
    assert sandbox.wait_until_idle()
    database.write(lambda c: redactions.ask(c, [sent.sid], now))
    assert redaction.redact(database, carrier, now) == redaction.Redacted(done=1)
    [message] = sandbox.messages("+12165550123")
    assert message.body == ""
    assert all_of(tables.redactions) == []


def test_what_was_delivered_or_heard_is_gathered_once(
    database: Database, all_of: Reads, now: datetime
) -> None:
    assert redaction.gather(database, now) == 0
    at = now + timedelta(minutes=1)
    reports = [
        {"sid": f"SM{n:032d}", "status": status, "received_at": at}
        for n, status in enumerate(["sent", "delivered", "undelivered", "failed"])
    ]
    database.write(lambda c: c.execute(insert(tables.receipts), reports))
    heard = {"message_sid": "SM" + "f" * 32, "received_at": at, "rule": "menu"}
    database.write(lambda c: c.execute(insert(tables.inbox).values(heard)))
    assert redaction.gather(database, now + LATER) == 4
    assert redaction.gather(database, now + 2 * LATER) == 0
    asked = {row["sid"] for row in all_of(tables.redactions)}
    assert asked == {f"SM{n:032d}" for n in (1, 2, 3)} | {"SM" + "f" * 32}


def test_a_tick_makes_so_many_calls_and_no_more(
    database: Database, all_of: Reads, now: datetime
) -> None:
    ask(database, 20, now)
    refusing = Stubborn(Fault.BUG, 20404)
    assert redaction.redact(database, refusing, now, most=5).done == 5
    assert len(all_of(tables.redactions)) == 15


@pytest.mark.parametrize("kind", [Fault.THROTTLED, Fault.CONFIGURATION])
def test_a_carrier_that_wants_a_pause_gets_it(
    database: Database, all_of: Reads, now: datetime, kind: Fault
) -> None:
    ask(database, 5, now)
    refusing = Stubborn(kind)
    assert redaction.redact(database, refusing, now).put_off == 1
    assert len(refusing.asked) == 1
    assert len(all_of(tables.redactions)) == 5


def test_what_can_not_be_blanked_is_given_up_after_some_tries(
    database: Database, all_of: Reads, now: datetime
) -> None:
    ask(database, 1, now)
    refusing = Stubborn(Fault.TRANSIENT)
    for day in range(redaction.MOST_TRIES):
        redaction.redact(database, refusing, now + timedelta(days=2 * day))
    assert len(refusing.asked) == redaction.MOST_TRIES
    assert all_of(tables.redactions) == []
