"""Joining, confirming, leaving, coming back: consent and its ledger, in the caller's transaction.

Every function writes its row of the ledger, so that what a person agreed to, and when they took it
back, can be shown word for word.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot import placement
from bot.core.calendar import Window, next_message
from bot.core.library import Message, Programme
from bot.core.model import Consent, EnrolmentState, Subscriber
from bot.store import consents, enrolments, paths, subscribers, texts
from bot.store.consents import Shown
from bot.store.enrolments import Standing
from bot.store.subscribers import Record


@dataclass(frozen=True, slots=True)
class Occasion:
    """On what occasion something changes: how it reached us, and the words that were shown."""

    channel: str
    """keyword, web, carrier or operator."""
    at: datetime
    shown: Message | None = None
    message_sid: str | None = None
    address_hash: bytes | None = None


def join(
    connection: Connection,
    person: Record,
    programme: Programme,
    window: Window,
    occasion: Occasion,
    *,
    confirmed: bool = False,
) -> None:
    """Start a programme, or go on with one that was left; one that was finished starts anew.

    A programme that a keyword joins is entered with its first message received: it is the reply.
    Nothing happens to somebody who is in it already.
    """
    before = enrolments.latest(connection, person.subscriber.id).get(programme.id)
    if before is not None and before.state is EnrolmentState.ACTIVE:
        return
    path_id, received = _entry(connection, programme, before, person.subscriber)
    enrolment_id = enrolments.start(
        connection, person.subscriber.id, programme.id, path_id, occasion.at
    )
    placement.place(
        connection,
        person.subscriber,
        enrolment_id,
        programme,
        path_id,
        received,
        window,
        occasion.at,
    )
    subscribers.lift_suppression(connection, person.number_index)
    consent = {"consent": Consent.GIVEN.value, "pending_programme": None, "pending_until": None}
    subscribers.change(connection, person.subscriber.id, consent)
    _note(connection, person, "confirmed" if confirmed else "joined", programme.id, occasion)


def _entry(
    connection: Connection, programme: Programme, before: Standing | None, subscriber: Subscriber
) -> tuple[int, int]:
    """The path on which somebody enters a programme, and how many messages are on it."""
    if before is not None and before.state is EnrolmentState.LEFT:
        received = paths.received(connection, before.path_id)
        if next_message(programme, received, subscriber.tags) is not None:
            return before.path_id, len(received)
    welcome = (programme.messages[0].id,) if programme.keyword else ()
    return paths.intern(connection, programme.id, welcome), len(welcome)


def opt_out(
    connection: Connection,
    person: Record,
    how: str,
    occasion: Occasion,
    window: Window | None = None,
) -> None:
    """No means no: consent is withdrawn, what is queued is cancelled, every programme is left.

    `window` tells where in the schedule the person is; without it they are looked for everywhere.
    """
    _leave_all(connection, person, "opted out", occasion.at, window)
    values = {
        "consent": Consent.WITHDRAWN.value,
        "pending_programme": None,
        "pending_until": None,
        "paused_until": None,
    }
    subscribers.change(connection, person.subscriber.id, values)
    _note(connection, person, "opted_out", how, occasion)


def leave(
    connection: Connection,
    person: Record,
    reason: str,
    occasion: Occasion,
    window: Window | None = None,
) -> None:
    """End every programme without an opt-out: the person can still text and be answered."""
    _leave_all(connection, person, reason, occasion.at, window)
    values = {"consent": Consent.NONE.value, "pending_programme": None, "pending_until": None}
    subscribers.change(connection, person.subscriber.id, values)
    _note(connection, person, "ended", reason, occasion)


def come_back(connection: Connection, person: Record, occasion: Occasion) -> None:
    """START after an opt-out: texts are answered again, nothing is pushed yet."""
    subscribers.lift_suppression(connection, person.number_index)
    subscribers.change(connection, person.subscriber.id, {"consent": Consent.NONE.value})
    _note(connection, person, "came_back", "start", occasion)


def _leave_all(
    connection: Connection, person: Record, reason: str, now: datetime, window: Window | None
) -> None:
    """Off the queue, off the schedule; a text taken back counts as not received."""
    cancelled = texts.cancel_queued(connection, person.subscriber.id, now)
    active = [
        standing
        for standing in enrolments.latest(connection, person.subscriber.id).values()
        if standing.state is EnrolmentState.ACTIVE
    ]
    stood = placement.take_off(connection, person.subscriber, window, len(active), now)
    stood |= {push.programme: push.path_id for push in cancelled}
    for standing in active:
        path_id = stood.get(standing.programme, standing.path_id)
        enrolments.end(connection, standing.id, EnrolmentState.LEFT, path_id, reason, now)


def _note(
    connection: Connection, person: Record, event: str, detail: str, occasion: Occasion
) -> None:
    shown = occasion.shown
    consents.append(
        connection,
        person.number_index,
        event,
        occasion.at,
        occasion.channel,
        detail,
        Shown(shown.id, shown.language, shown.fingerprint) if shown else None,
        occasion.message_sid,
        occasion.address_hash,
    )
