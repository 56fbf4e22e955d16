"""Status reports of the carrier: each moves its text forward, and may mean more than that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from bot import enrolment
from bot.carrier import Fault, Meaning, meaning
from bot.core.delivery import FAILURES, Standing, follow
from bot.core.model import Consent
from bot.enrolment import Occasion
from bot.sending import OptOut
from bot.store import attempts, receipts, senders, subscribers
from bot.store.database import Database
from bot.store.outbox import NEEDS

PAUSE = {
    Fault.TRANSIENT: timedelta(hours=1),
    Fault.THROTTLED: timedelta(minutes=2),
    Fault.CONFIGURATION: timedelta(minutes=15),
}
"""How long after a report a text goes once more."""


@dataclass(frozen=True, slots=True)
class Callback:
    """One status report."""

    sid: str
    status: str
    text_id: int | None = None
    """Our own id, from the address that the report was sent to."""
    error: int | None = None
    sender: str = ""
    """Our own number, which the carrier chose to send from."""


def callback(
    text_id: int | None, sid: str, status: str, error: str | None, sender: str = ""
) -> Callback:
    """A status report from the words of a webhook; an error that is no number is left out."""
    code = int(error) if error and error.isdecimal() and len(error) < 10 else None
    return Callback(sid, status.lower(), text_id, code, sender)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a report did."""

    state: str | None
    """The state of its text now; None if it moved nothing."""
    repeated: bool = False


def opt_out_by_carrier(connection: Connection, subscriber_id: int, now: datetime) -> None:
    """The carrier blocks texts to somebody, who must have opted out there: an opt-out here too."""
    person = subscribers.lock_id(connection, subscriber_id)
    if person is not None and person.subscriber.consent is not Consent.WITHDRAWN:
        enrolment.opt_out(connection, person, "carrier", Occasion("carrier", now))


def record(
    database: Database,
    report: Callback,
    now: datetime,
    *,
    sender: str,
    opt_out: OptOut = opt_out_by_carrier,
) -> Recorded:
    """Keep a status report and do what it asks for, in one transaction.

    `sender`: the name under which the shared pace is kept. Raises `StoreError`.
    """
    return database.write(lambda c: _record(c, report, now, sender, opt_out))


def _record(
    connection: Connection, report: Callback, now: datetime, sender: str, opt_out: OptOut
) -> Recorded:
    sid, status = report.sid[:34], report.status[:20]
    spent = receipts.is_spent(connection, sid)
    code = None if report.error is None else str(report.error)[:10]
    if not receipts.keep(connection, sid, status, report.text_id, code, now):
        return Recorded(None, repeated=True)
    text = receipts.find_text(connection, report.text_id, sid)
    if text is None:
        return Recorded(None)
    standing = Standing(text.state, text.kind, text.sid, text.attempts)
    step = follow(standing, sid, status, spent=spent)
    if step is None:
        return Recorded(None)
    if step.adopts:
        receipts.release(connection, sid, text.id, now)
    settled = "callback" if step.adopts and text.state in ("unknown", "queued") else None
    receipts.advance(connection, text.id, step.state, sid, code, settled, now)
    if step.state in FAILURES and report.error is not None:
        answer_failure(connection, text, report, now, sender, opt_out)
    return Recorded(step.state)


def answer_failure(
    connection: Connection,
    text: Row[Any],
    report: Callback,
    now: datetime,
    sender: str,
    opt_out: OptOut,
) -> None:
    """Do what a failure asks for beyond its own text, and queue the text again where it may go."""
    means = meaning(report.error, sender=report.sender)
    label = f"{means.fault}:{report.error}"
    again = _goes_again(connection, text, means, label, now)
    match means.fault:
        case Fault.OPTED_OUT:
            opt_out(connection, text.subscriber_id, now)
        case Fault.CONTENT:
            attempts.stop_message(connection, text.fingerprint, text.message_id, label, now)
        case Fault.CONFIGURATION:
            senders.stop(connection, sender, label, "receipt", now)
        case Fault.THROTTLED if means.daily_cap:
            senders.cap(connection, sender, now)
        case Fault.THROTTLED:
            senders.slow_down(connection, sender, now, pause_s=1.0)
    gone = means.fault is Fault.PERMANENT or (report.error == 30005 and not again)
    if gone:
        attempts.mark_unreachable(connection, text.subscriber_id, label)


def _goes_again(
    connection: Connection, text: Row[Any], means: Meaning, label: str, now: datetime
) -> bool:
    """Queue a text again that certainly did not arrive, where that makes sense."""
    if text.kind == "reply":
        return False
    due_at = now + PAUSE.get(means.fault, timedelta(0)) * (text.tries + 1)
    if text.tries < means.again and due_at + NEEDS < text.closes_at:
        receipts.queue_again(connection, text.id, due_at, label, now)
        return True
    held = means.fault in (Fault.THROTTLED, Fault.CONFIGURATION)
    if text.kind == "push" and (means.next_window or (held and text.tries < means.again)):
        return receipts.close_for_next_window(connection, text, label, now)
    return False
