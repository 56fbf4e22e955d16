"""The ticks of the worker: what is done, and how often."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot import deactivations, planning, redaction, retention
from bot.app import Parts, catch_up
from bot.receipts import opt_out_by_carrier
from bot.sending import Sender
from bot.settling import Settler
from bot.store import ticks
from bot.store.senders import Pace
from bot.web.twilio import STATUS_PATH
from bot.worker import Tick, Worker


class Working:
    """A worker that was started, with what it sends by."""

    def __init__(self, parts: Parts) -> None:
        self._sending = sender(parts)
        self._worker = Worker(
            all_ticks(parts, self._sending),
            parts.clock.now,
            lambda name, now, error: parts.database.write(
                lambda c: ticks.note(c, name, now, error)
            ),
        )
        self._worker.start()

    def stop(self) -> None:
        """Claim nothing more, finish the calls that are under way, and end the ticks."""
        self._sending.stop()
        self._worker.stop()


def sender(parts: Parts) -> Sender:
    """What hands texts over to the carrier; one for each worker process."""
    settings = parts.settings
    return Sender(
        parts.database,
        parts.vault,
        parts.carrier,
        parts.clock,
        pace=Pace(settings.sender, settings.send_rate, settings.daily_segments),
        status_url=settings.public_url + STATUS_PATH,
        opt_out=opt_out_by_carrier,
        connections=settings.send_connections,
    )


def all_ticks(parts: Parts, sending: Sender) -> list[Tick]:
    """Each of them changes nothing when it has nothing to do, and may be cut off anywhere."""
    settings, database = parts.settings, parts.database
    settler = Settler(
        database,
        parts.vault,
        parts.carrier,
        sender=settings.sender,
        opt_out=opt_out_by_carrier,
        settle_after_s=settings.settle_after_s,
    )

    def plan(now: datetime) -> None:
        planning.plan(database, parts.library, now)

    def redact(now: datetime) -> None:
        if settings.redact_at_twilio:
            redaction.gather(database, now)
        redaction.redact(database, parts.carrier, now)

    def end_recycled(now: datetime) -> None:
        deactivations.catch_up(database, parts.vault, parts.carrier.deactivations, now)

    return [
        Tick("plan", 1, plan),
        Tick("send", 0.5, lambda now: sending.tick()),
        Tick("settle", 10, settler.settle),
        Tick("catch up", 300, lambda now: catch_up(parts).run(now)),
        Tick("tidy", 600, lambda now: retention.tidy(database, now)),
        Tick("redact", 60, redact),
        Tick("deactivations", timedelta(hours=1).total_seconds(), end_recycled),
    ]
