"""Blanking words at the carrier, which keeps its own copy of every text for more than a year.

Of people who were erased always; of everybody else if the operator wants it. Then nothing there
shows what was said, only that it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection

from bot.carrier import CarrierError, Fault
from bot.logs import logger
from bot.store import facts, redactions
from bot.store.database import Database

log = logger(__name__)

MOST_TRIES = 6
LAG = timedelta(minutes=2)
"""Transactions are over long before that, so nothing comes in behind the cursor."""
GATHERED = "gathered for redaction until"
GONE = {20404}
"""Codes for a text that the carrier does not know: there is nothing left to blank."""
PAUSES = {Fault.THROTTLED, Fault.CONFIGURATION}


class Redacts(Protocol):
    """`bot.carrier.Carrier`."""

    def redact(self, sid: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Redacted:
    """What a tick did."""

    done: int = 0
    put_off: int = 0
    given_up: int = 0


def gather(database: Database, now: datetime) -> int:
    """Ask for the words of every text that has been delivered, failed or received; how many.

    Begins with what arrives after it first ran.
    """

    def work(connection: Connection) -> int:
        known = facts.recall(connection, GATHERED)
        until = now - LAG
        since = datetime.fromisoformat(known) if known else until
        sids = redactions.finished(connection, since, until)
        redactions.ask(connection, sids, now)
        facts.remember(connection, GATHERED, max(since, until).isoformat(), now)
        return len(sids)

    return database.write(work)


def redact(database: Database, carrier: Redacts, now: datetime, most: int = 120) -> Redacted:
    """Blank the words of the next texts, one call after the other; `most` sets the pace."""
    done = put_off = given_up = 0
    for sid, tries in database.read(lambda c: redactions.due(c, now, most)):
        fault = _blank(carrier, sid)
        if fault is None:
            _settle(database, sid)
            done += 1
        elif fault not in PAUSES and tries + 1 >= MOST_TRIES:
            log.error("the words of a text could not be blanked at the carrier", sid=sid)
            _settle(database, sid)
            given_up += 1
        else:
            _put_off(database, sid, now + min(timedelta(minutes=10) * 3**tries, timedelta(days=1)))
            put_off += 1
        if fault in PAUSES:
            break
    return Redacted(done, put_off, given_up)


def _settle(database: Database, sid: str) -> None:
    database.write(lambda c: redactions.settle(c, sid))


def _put_off(database: Database, sid: str, until: datetime) -> None:
    database.write(lambda c: redactions.put_off(c, sid, until))


def _blank(carrier: Redacts, sid: str) -> Fault | None:
    try:
        carrier.redact(sid)
    except CarrierError as error:
        return None if error.code in GONE else error.kind
    return None
