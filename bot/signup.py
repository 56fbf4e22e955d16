"""One sign-up on the web page: limits, decision, and the text that asks for JOIN, in one go.

A number typed on a page is not the consent of its owner. Whatever is known of it, the same is
answered, by the same path and after the same writing, so that the page tells nobody who is in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from bot.core import phone, sms
from bot.core.calendar import spread
from bot.core.library import Library, fingerprint
from bot.core.model import Consent
from bot.core.signup import CONFIRM_WITHIN, PENDING_FOR, may_ask
from bot.core.zones import format_zones
from bot.crypto import Vault
from bot.store import consents, limits, signups, subscribers
from bot.store.consents import Shown
from bot.store.database import Database
from bot.store.subscribers import NewSubscriber
from bot.store.texts import Worded, keep_words

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CONSENT_ID = "page.consent"
SERVICE = limits.SERVICE_KEY


@dataclass(frozen=True, slots=True)
class SignUp:
    """What somebody filled in; the number is valid and in E.164."""

    number: str = field(repr=False)
    programme: str
    address: str = field(repr=False)
    """The network address it came from, or its network: only a keyed hash is kept."""
    slot: str | None = None
    zones: tuple[str, ...] = ()
    """From a ZIP, which itself is not kept; none for those of the number."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is kept."""

    index: bytes
    sealed: bytes


class Outcome(StrEnum):
    """What the page says."""

    RECEIVED = "received"
    """Look at your phone. Said whether or not anything was sent."""
    BUSY = "busy"
    """Too many from this address, or in all: nothing was sent."""


class SignUps:
    """Takes sign-ups."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        library: Library,
        consent: str,
        *,
        per_hour: int,
        per_address: int = 6,
        zones: str = "America/New_York",
    ) -> None:
        """`consent`: the words beside the box. `per_hour`: sign-ups taken an hour in all, each of
        which may cost a text; `per_address`: from one address. `zones`: for numbers that tell none.
        """
        self._database = database
        self._vault = vault
        self._library = library
        self._consent = _worded(CONSENT_ID, "en", consent)
        question = library.reply("join_confirm")
        self._question = _worded(question.id, question.language, question.text)
        self._per_hour = per_hour
        self._per_address = per_address
        self._zones = zones
        self._full: datetime | None = None

    def take(self, signup: SignUp, now: datetime) -> Outcome:
        """Ask the number's owner by text, if it may be asked. Raises `StoreError`."""
        hour = limits.window_of(now, HOUR)
        address = self._vault.address_index(signup.address)
        allowances = ((limits.address_key(address), self._per_address), (SERVICE, self._per_hour))

        def work(connection: Connection) -> Outcome:
            if not all(limits.take(connection, key, hour, most) for key, most in allowances):
                return Outcome.BUSY
            self._answer(connection, signup, number, address, now)
            return Outcome.RECEIVED

        if self._is_full(hour):
            return Outcome.BUSY
        number = Number(self._vault.index(signup.number), self._vault.seal(signup.number))
        return self._database.write(work)

    def _is_full(self, hour: datetime) -> bool:
        """Whether the service's allowance of this hour is used up; once it is, a flood is free."""
        if self._full != hour and self._database.read(
            lambda c: limits.spent(c, SERVICE, hour, self._per_hour)
        ):
            self._full = hour
        return self._full == hour

    def _answer(
        self, connection: Connection, signup: SignUp, number: Number, address: bytes, now: datetime
    ) -> None:
        standing = signups.standing(connection, number.index)
        day = limits.window_of(now, DAY)
        if may_ask(standing, signup.programme, now) and limits.take(
            connection, limits.number_key(number.index), day, 1
        ):
            self._ask(connection, signup, number, now)
            self._note(connection, signup, number, address, now)

    def _ask(
        self,
        connection: Connection,
        signup: SignUp,
        number: Number,
        now: datetime,
    ) -> None:
        service = self._library.service
        own_zones = format_zones(phone.zones_of_number(signup.number)) or self._zones
        new = NewSubscriber(
            number_index=number.index,
            number_sealed=number.sealed,
            zones=own_zones,
            slot=service.default_slot,
            spread=spread(int.from_bytes(number.index[:8]), service.spread_minutes),
            consent=Consent.PENDING,
        )
        person = subscribers.lock_or_create(connection, new, now).subscriber
        chosen = {"slot": signup.slot, "zones": format_zones(signup.zones)}
        wanted = {name: value for name, value in chosen.items() if value}
        until = now + PENDING_FOR
        signups.wait_for_join(connection, person.id, signup.programme, until, wanted)
        closes_at = now + CONFIRM_WITHIN
        signups.queue_question(connection, person.id, self._question, closes_at, now)

    def _note(
        self,
        connection: Connection,
        signup: SignUp,
        number: Number,
        address: bytes,
        now: datetime,
    ) -> None:
        keep_words(connection, [self._consent], now)
        shown = Shown(self._consent.message_id, self._consent.language, self._consent.fingerprint)
        consents.append(
            connection,
            number.index,
            "asked",
            now,
            "web",
            signup.programme,
            shown,
            address_hash=address,
        )


def _worded(message_id: str, language: str, body: str) -> Worded:
    return Worded(message_id, language, fingerprint(body), body, sms.segments(body))
