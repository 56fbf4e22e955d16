"""Texts that came while the program was down are fed in afterwards: a STOP still counts.

The carrier's list of inbound texts is compared with the inbox. What is missing is answered like any
other text; only its replies have no webhook to travel in, so they go by API, if they are still
worth saying. A text that is older than one the same person was answered since is heard for an
opt-out or for danger alone: an old "join" must not undo a newer "stop".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection

from bot.carrier import InboundRecord
from bot.core import phone
from bot.core.calendar.window import Window
from bot.core.reading.model import Danger, OptOut, Reading
from bot.crypto import Vault
from bot.inbound import Answered, Incoming
from bot.logs import logger
from bot.store import facts, gaps
from bot.store.database import Database

log = logger(__name__)

KNOWN_UNTIL = "inbound_known_until"
IN_HAND = "inbound_in_hand"
OVERLAP = timedelta(minutes=10)
"""The list is read from so much before the last time, since texts may be listed late."""
ON_ITS_WAY = timedelta(minutes=2)
"""A younger text is left to its webhook, which may be trying still."""
FRESH = timedelta(minutes=30)
"""So long after a text its reply is simply an answer, at any hour."""
CONFIRM_WITHIN = timedelta(minutes=5)
"""An opt-out may be confirmed so long after it, and is honoured without a word later."""
STILL_HELPS = timedelta(days=1)
"""So long a danger text is answered, at any hour."""
REPLY_WITHIN = timedelta(hours=4)
SAFETY = ("sys.crisis", "sys.overdose", "sys.danger", "SAFE")


class Lists(Protocol):
    """The part of the carrier that catching up needs."""

    def inbound_since(self, at: datetime) -> Iterable[InboundRecord]:
        """The texts that people sent since then, oldest first."""


class Receives(Protocol):
    """`bot.inbound.Inbox`."""

    def receive(self, incoming: Incoming, now: datetime) -> Answered:
        """Answer one text."""


class Reads(Protocol):
    """`bot.core.reading.Reader`."""

    def read(self, text: str) -> Reading:
        """What a text means."""


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """What catching up found."""

    listed: int = 0
    fed: int = 0
    overtaken: int = 0
    """Missing texts that a newer one of the same person had made obsolete."""


class CatchUp:
    """Feeds missing texts into the inbox. Safe to run at any time, and in several processes."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        carrier: Lists,
        inbox: Receives,
        reader: Reads,
        window: Window,
    ) -> None:
        self._database = database
        self._vault = vault
        self._carrier = carrier
        self._inbox = inbox
        self._reader = reader
        self._window = window

    def run(self, now: datetime, since: datetime | None = None) -> CaughtUp:
        """Feed what is missing since then, or since the last time.

        The very first time nothing is missing: texts to the number from before the program ran are
        none of its business. Raises `CarrierError` or `StoreError`; the next time goes on.
        """
        self._finish_interrupted(now)
        since = since or self._known_until()
        if since is None:
            self._remember(KNOWN_UNTIL, now.isoformat(), now)
            return CaughtUp()
        listed = list(self._carrier.inbound_since(since - OVERLAP))
        known = self._database.read(lambda c: gaps.known(c, [record.sid for record in listed]))
        missing = [record for record in listed if record.sid not in known]
        due = [record for record in missing if record.received_at <= now - ON_ITS_WAY]
        feed = [record for record in due if self._counts(record)]  # before any of them is answered
        for record in feed:
            self._feed(record, now)
        youngest = min((r.received_at for r in missing if r not in due), default=now)
        self._remember(KNOWN_UNTIL, min(youngest, now).isoformat(), now)
        if due:
            log.warning(
                "texts came while nobody listened", fed=len(feed), overtaken=len(due) - len(feed)
            )
        return CaughtUp(len(listed), len(feed), len(due) - len(feed))

    def _known_until(self) -> datetime | None:
        value = self._database.read(lambda c: facts.recall(c, KNOWN_UNTIL))
        return datetime.fromisoformat(value) if value else None

    def _remember(self, name: str, value: str, now: datetime) -> None:
        self._database.write(lambda c: facts.remember(c, name, value, now))

    def _feed(self, record: InboundRecord, now: datetime) -> None:
        self._remember(IN_HAND, f"{record.received_at.isoformat()} {record.sid}", now)
        incoming = Incoming(record.sid, record.sender, record.recipient, record.body, record.media)
        answered = self._inbox.receive(incoming, now)
        if not answered.repeated:
            self._database.write(lambda c: self._reply(c, record.sid, record.received_at, now))
        self._remember(IN_HAND, "", now)

    def _counts(self, record: InboundRecord) -> bool:
        """Whether a text still means something, given what the person wrote since."""
        sender = phone.parse_sender(record.sender)
        index = self._vault.index(sender.number)
        at = record.received_at
        if not self._database.read(lambda c: gaps.wrote_since(c, index, at)):
            return True
        reading = self._reader.read(record.body)
        if reading.danger is not Danger.NONE:
            return True
        rejoined = self._database.read(lambda c: gaps.rejoined_since(c, index, at))
        return reading.optout is OptOut.OPTOUT and not rejoined

    def _finish_interrupted(self, now: datetime) -> None:
        """A text was in hand when the program was cut off: see that its replies get out."""
        held = self._database.read(lambda c: facts.recall(c, IN_HAND))
        if held:
            at, _, sid = held.partition(" ")
            received_at = datetime.fromisoformat(at)
            self._database.write(lambda c: self._reply(c, sid, received_at, now))
            self._remember(IN_HAND, "", now)

    def _reply(
        self, connection: Connection, sid: str, received_at: datetime, now: datetime
    ) -> None:
        for text_id, message_id, zones in gaps.unsent_replies(connection, sid):
            due_at = self._due(message_id, zones, now - received_at, now)
            if due_at is None:
                gaps.drop_reply(connection, text_id, now)
            else:
                gaps.queue_reply(connection, text_id, due_at, due_at + REPLY_WITHIN, now)

    def _due(self, message_id: str, zones: str, age: timedelta, now: datetime) -> datetime | None:
        """When a late reply goes, or None if it should not any more."""
        if message_id.startswith("sys.stop"):
            return now if age <= CONFIRM_WITHIN else None
        if message_id.startswith(SAFETY):
            return now if age <= STILL_HELPS else None
        if age <= FRESH or not zones:
            return now if age <= FRESH else None
        return self._window.next_open(zones, now)
