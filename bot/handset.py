"""A handset: one person who texts, the program, and a clock that is moved by hand.

It goes through the program's own inbox, planning and hand-over; only the carrier is one that takes
every text. Dialogues and `bot chat` are played on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from bot import planning
from bot.carrier import Accepted
from bot.clock import Clock
from bot.core.library import Library
from bot.core.model import Consent, EnrolmentState
from bot.core.phone import parse_sender, zones_of_number
from bot.core.zones import format_zones
from bot.crypto import Vault
from bot.enrolment import Occasion, opt_out
from bot.inbound import Inbox, Incoming, Reads
from bot.sending import Handover, Timing
from bot.store import outbox, schedule, subscribers
from bot.store.database import Database
from bot.store.senders import Pace
from bot.store.subscribers import NewSubscriber
from bot.store.tables import consents, enrolments, flags, inbox, suppressions, texts, wordings
from bot.store.tables import subscribers as people

OURS = "+12165550100"
SOMEBODY = "+12165550123"
START = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
BETWEEN_TEXTS = timedelta(minutes=1)
LONGEST_WAIT = timedelta(days=200)


class HandClock(Clock):
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        """The instant it was moved to."""
        return self.at

    def advance_to(self, instant: datetime) -> None:
        """Move it ahead."""
        self.at = max(self.at, instant)


class Line:
    """A carrier that takes every text."""

    def __init__(self) -> None:
        self.bodies: list[str] = []

    def send(
        self, to: str, body: str, status_url: str, validity_s: int, begin_by: float | None = None
    ) -> Accepted:
        """Take one text."""
        self.bodies.append(body)
        return Accepted(f"SM{len(self.bodies):032}", "queued")

    def check(self) -> None:
        """There is nothing to set up."""


@dataclass(frozen=True, slots=True)
class Said:
    """A text that came: which message it is, its words, and whether it answers one."""

    message_id: str
    body: str
    at: datetime
    reply: bool


@dataclass
class Handset:
    """One person's phone, the program behind it, and the time."""

    database: Database
    vault: Vault
    library: Library
    reader: Reads
    number: str = SOMEBODY
    at: datetime = START
    handles_stop: bool = False
    sent: int = 0
    clock: HandClock = field(init=False)

    def __post_init__(self) -> None:
        self.clock = HandClock(self.at)
        self._inbox = Inbox(self.database, self.vault, self.library, self.reader, self.handles_stop)
        self._pace = Pace("dialogue", rate=1000.0)
        self._handover = Handover(
            self.database,
            self.vault,
            Line(),
            self.clock,
            sender=self._pace.sender,
            status_url="http://127.0.0.1/sms/status",
            opt_out=self._opt_out,
            timing=Timing(),
        )

    def text(self, body: str, media: int = 0) -> list[Said]:
        """Text something, a minute after whatever was last, and hear the replies."""
        self.clock.advance_to(self.clock.at + BETWEEN_TEXTS)
        self.sent += 1
        incoming = Incoming(f"SM{self.sent:032}", self.number, OURS, body, media)
        answered = self._inbox.receive(incoming, self.clock.at)
        return [self._said(reply.text_id) for reply in answered.replies]

    def wait(self, length: timedelta) -> list[Said]:
        """Let time go by, and hear what is pushed meanwhile."""
        return self._play(self.clock.at + length, pushes=None)

    def next_push(self) -> list[Said]:
        """Let time go by until something is pushed; nothing if nothing comes in half a year."""
        return self._play(self.clock.at + LONGEST_WAIT, pushes=1)

    def sign_up(self, programme: str, lasts: timedelta = timedelta(hours=24)) -> None:
        """Leave the number on the sign-up page, as anybody could: consent is pending."""
        number = parse_sender(self.number).number

        def work(connection: Connection) -> None:
            new = NewSubscriber(
                self.vault.index(number),
                self.vault.seal(number),
                "America/New_York",
                self.library.service.default_slot,
                spread=0,
                consent=Consent.PENDING,
            )
            made = subscribers.lock_or_create(connection, new, self.clock.at)
            pending = {"pending_programme": programme, "pending_until": self.clock.at + lasts}
            subscribers.change(connection, made.subscriber.id, pending)

        self.database.write(work)

    def zones(self) -> str:
        """Where the person's clock is: as they said, else as far as their number tells."""
        told = format_zones(zones_of_number(self.number)) or "America/New_York"
        return str(self.state().get("zones", told))

    def state(self) -> dict[str, Any]:
        """What is kept of the person, as dialogues check it."""
        return self.database.read(self._state)

    # --- time ---

    def _play(self, end: datetime, pushes: int | None) -> list[Said]:
        heard: list[Said] = []
        while pushes is None or len(heard) < pushes:
            at = self.database.read(self._next_event)
            if at is None or at > end:
                self.clock.advance_to(end)
                return heard
            self.clock.advance_to(at)
            planning.plan(self.database, self.library, self.clock.at)
            came = self._send()
            heard += came
            if not came:
                self.clock.advance_to(self.clock.at + timedelta(seconds=1))
        return heard

    def _next_event(self, connection: Connection) -> datetime | None:
        due = select(func.min(texts.c.due_at)).where(texts.c.state == "queued")
        instants = (schedule.soonest(connection), connection.execute(due).scalar_one())
        return min((at for at in instants if at is not None), default=None)

    def _send(self) -> list[Said]:
        claimed = self.database.write(
            lambda c: outbox.claim(c, self._pace, "dialogue", 100, self.clock.at)
        )
        for claim in claimed.claims:
            self._handover.run(claim)
        return [self._said(claim.id) for claim in claimed.claims]

    def _said(self, text_id: int) -> Said:
        query = (
            select(texts.c.message_id, texts.c.kind, wordings.c.body)
            .join(wordings, wordings.c.fingerprint == texts.c.fingerprint)
            .where(texts.c.id == text_id)
        )
        row = self.database.read(lambda c: c.execute(query).one())
        return Said(row.message_id, row.body, self.clock.at, row.kind == "reply")

    def _opt_out(self, connection: Connection, subscriber_id: int, now: datetime) -> None:
        person = subscribers.lock_id(connection, subscriber_id)
        if person is not None:
            opt_out(connection, person, "carrier", Occasion("carrier", now))

    # --- state ---

    def _state(self, connection: Connection) -> dict[str, Any]:
        index = self.vault.index(self.number)
        row = connection.execute(select(people).where(people.c.number_index == index)).one_or_none()
        suppressed = select(suppressions).where(suppressions.c.number_index == index)
        ledger = select(consents.c.event).where(consents.c.number_index == index)
        state: dict[str, Any] = {
            "known": row is not None,
            "suppressed": connection.execute(suppressed).first() is not None,
            "ledger": list(connection.execute(ledger.order_by(consents.c.id)).scalars()),
        }
        return state if row is None else state | self._person(connection, row)

    def _person(self, connection: Connection, row: Any) -> dict[str, Any]:
        running = select(enrolments.c.programme).where(
            enrolments.c.subscriber_id == row.id,
            enrolments.c.state == EnrolmentState.ACTIVE.value,
        )
        raised = select(flags.c.kind).where(flags.c.subscriber_id == row.id).order_by(flags.c.id)
        kept = select(func.count()).where(inbox.c.body_sealed.is_not(None))
        queued = select(func.count()).where(
            texts.c.subscriber_id == row.id, texts.c.state == "queued"
        )
        now = self.clock.at
        return {
            "consent": row.consent,
            "programmes": sorted(connection.execute(running).scalars()),
            "paused": row.paused_until is not None and row.paused_until > now,
            "held": row.held_until is not None and row.held_until > now,
            "pace": row.pace,
            "slot": row.slot,
            "zones": row.zones,
            "language": row.language,
            "tags": dict(row.tags),
            "question": row.question_id or "",
            "flags": list(connection.execute(raised).scalars()),
            "kept": connection.execute(kept).scalar_one(),
            "queued": connection.execute(queued).scalar_one(),
        }
