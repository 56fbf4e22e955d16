"""How it goes: one gathering of numbers, for a person (`bot status`) and for `/metrics`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import Connection

from bot.core.delivery import carrier_day
from bot.store import figures, schedule, stops, ticks
from bot.store.database import Database
from bot.store.figures import Queue

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TickStatus:
    """One tick of the worker."""

    name: str
    ended_at: datetime | None
    failures: int
    error: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """Everything that is watched, at one instant. Instants of nothing are None."""

    at: datetime
    texts: Mapping[tuple[str, str], int]
    """Texts of the last day, and all open ones, by (state, kind)."""
    settled: Mapping[str, int]
    """Texts of the last day that were in doubt, by what settled them."""
    queues: Mapping[int, Queue]
    """What waits, by priority: 0 urgent, 1 routine."""
    in_doubt: int
    not_settled: int
    """Of those in doubt: the carrier's list can't tell, somebody must look."""
    oldest_doubt_at: datetime | None
    planning_lag_s: float
    """Seconds since the oldest person who is due and not planned was due; 0 while none is."""
    ahead_s: float
    """How far the hand-over runs ahead of the set pace."""
    slow_factor: int
    """By how much the pace is divided after refusals: 1 is the full one."""
    day_segments: int
    """Segments handed over on the carriers' present day."""
    stopped_since: datetime | None
    stopped_error: str | None
    capped_until: datetime | None
    stopped_messages: tuple[str, ...]
    flags: Mapping[str, int]
    ticks: Sequence[TickStatus]
    last_inbound_at: datetime | None
    last_report_at: datetime | None


def gather(database: Database, sender: str, now: datetime) -> Status:
    """The status now, in a dozen cheap queries of one transaction. Raises `StoreError`."""
    return database.read(lambda c: _gather(c, sender, now))


def _gather(connection: Connection, sender: str, now: datetime) -> Status:
    row = figures.sender_row(connection, sender)
    in_doubt, not_settled, oldest_doubt_at = figures.doubts(connection)
    unplanned = schedule.soonest(connection)
    inbound_at, report_at = figures.last_heard(connection)
    counts = figures.counts(connection, now - DAY)
    today = row is not None and row.day == carrier_day(now)
    return Status(
        at=now,
        texts=counts.texts,
        settled=counts.settled,
        queues=figures.queues(connection),
        in_doubt=in_doubt,
        not_settled=not_settled,
        oldest_doubt_at=oldest_doubt_at,
        planning_lag_s=_seconds_since(unplanned, now),
        ahead_s=max(0.0, (row.tat_at - now).total_seconds()) if row else 0.0,
        slow_factor=row.slow_factor if row else 1,
        day_segments=row.day_segments if row and today else 0,
        stopped_since=row.stopped_since if row else None,
        stopped_error=row.stopped_error if row else None,
        capped_until=row.capped_until if row and row.capped_until and row.capped_until > now
        else None,
        stopped_messages=tuple(stop.message_id for stop in stops.stopped(connection)),
        flags=figures.open_flags(connection),
        ticks=[
            TickStatus(tick.name, tick.finished_at, tick.failures, tick.error)
            for tick in ticks.all_ticks(connection)
        ],
        last_inbound_at=inbound_at,
        last_report_at=report_at,
    )  # fmt: skip


def _seconds_since(instant: datetime | None, now: datetime) -> float:
    return 0.0 if instant is None else max(0.0, (now - instant).total_seconds())


# --- for Prometheus ------------------------------------------------------------------------------


def metrics(status: Status) -> Iterator[Metric]:
    """The status as Prometheus takes it. Counts of the last day go down again: they are gauges."""
    yield _labelled(
        "texts", "Texts of the last day and all open ones", ("state", "kind"), status.texts.items()
    )
    settled = {(way,): number for way, number in status.settled.items()}
    yield _labelled("texts_settled", "Texts in doubt that were settled", ("by",), settled.items())
    lengths = {(str(p),): queue.length for p, queue in status.queues.items()}
    yield _labelled("queue_length", "Texts that wait to be sent", ("priority",), lengths.items())
    ages = {
        (str(p),): _seconds_since(queue.oldest_due_at, status.at)
        for p, queue in status.queues.items()
    }
    yield _labelled("queue_oldest_seconds", "Lateness of the oldest", ("priority",), ages.items())
    flags = {(kind,): number for kind, number in status.flags.items()}
    yield _labelled("flags_open", "People to follow up", ("kind",), flags.items())
    failures = {(tick.name,): tick.failures for tick in status.ticks}
    yield _labelled("tick_failures", "Ticks that failed", ("tick",), failures.items())
    ended = {(tick.name,): _seconds_since(tick.ended_at, status.at) for tick in status.ticks}
    yield _labelled("tick_age_seconds", "Seconds since a tick ended", ("tick",), ended.items())
    yield from (_plain(*one) for one in _plain_values(status))


def _plain_values(status: Status) -> Iterator[tuple[str, str, float]]:
    yield "unknown", "Texts in doubt", status.in_doubt
    yield "unsettled", "Texts in doubt that the carrier can't tell about", status.not_settled
    doubt_s = _seconds_since(status.oldest_doubt_at, status.at)
    yield "unknown_oldest_seconds", "Age of the oldest text in doubt", doubt_s
    yield "planning_lag_seconds", "Oldest due and not planned", status.planning_lag_s
    yield "pace_ahead_seconds", "How far ahead of the set pace", status.ahead_s
    yield "pace_slow_factor", "The pace is divided by this", status.slow_factor
    yield "carrier_day_segments", "Segments of the carriers' day", status.day_segments
    yield "sending_stopped", "1 if the set-up stopped sending", float(bool(status.stopped_since))
    yield "daily_cap_reached", "1 if the daily cap is reached", float(bool(status.capped_until))
    yield "messages_stopped", "Messages that carriers filter", len(status.stopped_messages)


def _plain(name: str, help: str, value: float) -> Metric:
    return GaugeMetricFamily(f"textsupport_{name}", help, value=value)


def _labelled(
    name: str,
    help: str,
    labels: tuple[str, ...],
    values: Iterable[tuple[Sequence[str], float]],
) -> Metric:
    family = GaugeMetricFamily(f"textsupport_{name}", help, labels=labels)
    for names, value in values:
        family.add_metric(names, value)
    return family
