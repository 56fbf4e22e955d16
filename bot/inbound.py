"""One text in: one transaction from the inbox row to the replies that travel back as TwiML."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from unicodedata import category

from sqlalchemy import Connection

from bot.changes import Applying
from bot.core import phone, sms
from bot.core.calendar import Window, spread
from bot.core.conversation import Heard, respond
from bot.core.library import Library, fingerprint
from bot.core.model import Reply
from bot.core.phone import SenderKind
from bot.core.reading import Reading
from bot.core.zones import format_zones
from bot.crypto import Vault
from bot.person import know
from bot.store import inbox, subscribers, texts
from bot.store.database import Database
from bot.store.subscribers import NewSubscriber, Record
from bot.store.texts import NOBODY, Stored, Worded

LONGEST_BODY = 1600
"""Characters of a text that are read: what a carrier hands over at most."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One inbound text as the carrier hands it over."""

    sid: str
    """The carrier's MessageSid: a text that comes twice comes with the same one."""
    sender: str = field(repr=False)
    """E.164, or whatever machines use: a short code, letters."""
    recipient: str = field(repr=False)
    """Our own number, E.164."""
    body: str = field(default="", repr=False)
    media: int = 0
    """How many pictures or sounds came with it; they are never fetched."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One reply: the words, and the id of its row in `texts`, under which receipts report it."""

    text_id: int
    body: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of one inbound text."""

    replies: tuple[Outgoing, ...] = ()
    rule: str = ""
    """Which policy decided; may be logged."""
    repeated: bool = False
    """Whether this MessageSid was answered before: the stored replies, and nothing changed."""


class Reads(Protocol):
    """Reads a text: `bot.core.reading.Reader`."""

    def read(self, text: str) -> Reading: ...


class Inbox:
    """Takes inbound texts and answers them."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        library: Library,
        reader: Reads,
        handles_stop: bool,
        *,
        zones: str = "America/New_York",
        keep_bodies_days: int = 7,
    ) -> None:
        """`zones`: the service's own, for numbers that tell none. `handles_stop`: the carrier
        answers the exact opt-out words itself."""
        self._database = database
        self._vault = vault
        self._library = library
        self._window = Window.of(library.service)
        self._reader = reader
        self._handles_stop = handles_stop
        self._zones = zones
        self._keep_for = timedelta(days=keep_bodies_days)

    def receive(self, incoming: Incoming, now: datetime) -> Answered:
        """Answer one text. The same MessageSid again gets the stored replies and changes nothing.

        Raises `StoreError` if the database is away: nothing was changed, the carrier's retry brings
        the text back.
        """
        sender = phone.parse_sender(incoming.sender)
        own = incoming.sender.strip() == incoming.recipient.strip()
        if sender.kind is SenderKind.PERSON and not own:
            heard = self._hear(incoming)
            return self._database.write(
                lambda c: self._answer_person(c, incoming, sender.number, heard, now)
            )
        if sender.kind is SenderKind.FOREIGN and not own:
            return self._database.write(
                lambda c: self._answer_abroad(c, incoming, sender.number, now)
            )
        return self._database.write(lambda c: self._ignore(c, incoming, now))

    # --- who is there ---

    def _answer_person(
        self, connection: Connection, incoming: Incoming, number: str, heard: Heard, now: datetime
    ) -> Answered:
        if not inbox.arrive(connection, incoming.sid, now):
            return _repeated(connection, incoming.sid)
        record = self._record(connection, number, now)
        person = know(connection, record, self._window, now)
        decision = respond(person.subscriber, heard, self._library, now, self._handles_stop)
        shown = tuple(reply.message for reply in decision.replies)
        applying = Applying(
            connection, self._library, self._window, person, incoming.sid, now, shown
        )
        applying.apply(decision)
        whose = None if applying.erased else person.id
        self._settle(connection, incoming, decision.rule, whose, applying.keeps_body, now)
        replies = [_worded(reply) for reply in decision.replies]
        stored = texts.record_replies(connection, whose or NOBODY, incoming.sid, replies, now)
        return Answered(_outgoing(stored), decision.rule)

    def _answer_abroad(
        self, connection: Connection, incoming: Incoming, number: str, now: datetime
    ) -> Answered:
        """Said once to a number of another country; of it only the keyed hash is kept, for that."""
        if not inbox.arrive(connection, incoming.sid, now):
            return _repeated(connection, incoming.sid)
        inbox.settle(connection, incoming.sid, "wrong country")
        index = self._vault.index(number)
        if not subscribers.suppress(connection, index, "wrong country", now):
            return Answered((), "wrong country, again")
        language = self._reader.read(_cleaned(incoming.body)).language
        words = _worded(Reply(self._library.reply("wrong_country", language)))
        stored = texts.record_replies(connection, NOBODY, incoming.sid, [words], now)
        return Answered(_outgoing(stored), "wrong country")

    def _ignore(self, connection: Connection, incoming: Incoming, now: datetime) -> Answered:
        """Machines, and our own number: an answer could start a loop."""
        new = inbox.arrive(connection, incoming.sid, now)
        if new:
            inbox.settle(connection, incoming.sid, "machine")
        return Answered((), "machine", repeated=not new)

    # --- what is known ---

    def _hear(self, incoming: Incoming) -> Heard:
        body = _cleaned(incoming.body)
        written = any(c.isprintable() and not c.isspace() for c in body)
        return Heard(self._reader.read(body), incoming.media, empty=not written)

    def _record(self, connection: Connection, number: str, now: datetime) -> Record:
        index = self._vault.index(number)
        found = subscribers.lock(connection, index)
        if found is not None:
            return found
        service = self._library.service
        new = NewSubscriber(
            number_index=index,
            number_sealed=self._vault.seal(number),
            zones=format_zones(phone.zones_of_number(number)) or self._zones,
            slot=service.default_slot,
            spread=spread(int.from_bytes(index[:8]), service.spread_minutes),
        )
        return subscribers.lock_or_create(connection, new, now)

    def _settle(
        self,
        connection: Connection,
        incoming: Incoming,
        rule: str,
        subscriber_id: int | None,
        keeps_body: bool,
        now: datetime,
    ) -> None:
        sealed = self._vault.seal(_cleaned(incoming.body)) if keeps_body else None
        until = now + self._keep_for if keeps_body else None
        inbox.settle(connection, incoming.sid, rule, subscriber_id, sealed, until)


def _cleaned(body: str) -> str:
    """What is read: no control characters but white space, no lone surrogates, not too long."""
    kept = (c for c in body[:LONGEST_BODY] if category(c) not in ("Cc", "Cs") or c in "\n\r\t")
    return "".join(kept).strip()


def _worded(reply: Reply) -> Worded:
    body = reply.text
    message = reply.message
    return Worded(message.id, message.language, fingerprint(body), body, sms.segments(body))


def _outgoing(stored: list[Stored]) -> tuple[Outgoing, ...]:
    return tuple(Outgoing(reply.text_id, reply.body) for reply in stored)


def _repeated(connection: Connection, sid: str) -> Answered:
    return Answered(_outgoing(texts.replies_to(connection, sid)), "repeated", repeated=True)
