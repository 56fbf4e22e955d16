"""The pace that all workers share: one row a sender, locked for as long as a claim takes.

The pace is a GCRA: `tat_at` is the instant by which everything handed out so far would have been
sent at an even rate. A text may go while that instant is at most a little ahead of now, and moves
it on by its segments.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, or_, select, update

from bot.core.delivery import carrier_day, day_ends_at
from bot.store.tables import receipts, senders, texts
from bot.store.upsert import insert_into

BURST_S = 0.25
"""How far ahead of an even rate the hand-over may run: 2.5 % of any ten seconds."""
URGENT_SHARE = 20
"""One part in so many of the daily cap is kept for urgent texts."""
LONGEST_SLOW_FACTOR = 32
RECOVERY = timedelta(seconds=3)
"""After so long without another refusal the pace doubles again."""
FIRST_PROBE = timedelta(seconds=30)
LONGEST_PROBE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Pace:
    """The settings of a sender: segments a second, and segments a carrier's day (0: no cap)."""

    sender: str
    rate: float
    daily_segments: int = 0


@dataclass(frozen=True, slots=True)
class Stopped:
    """A sender that a wrong set-up has stopped."""

    since: datetime
    error: str
    by: str
    """ "call" if the carrier refused a call, "receipt" if it took the text and refused it later."""
    probe_at: datetime
    """When it is tried again."""


@dataclass(slots=True)
class Turn:
    """What a sender may hand over now. Spend from it, then `close` it in the same transaction."""

    pace: Pace
    now: datetime
    tat_at: datetime
    step_s: float
    """Seconds that a segment takes at the present pace."""
    day_segments: int
    capped: bool
    stopped: bool
    probing: bool
    """Whether the sender is stopped and one text may go, to see whether it works again."""
    wait_s: float = 0.0

    def may(self, priority: int) -> bool:
        """Whether one more text of this priority may go."""
        if self.stopped and not self.probing:
            return False
        cap = self.pace.daily_segments
        reserve = cap // URGENT_SHARE if priority else 0
        if (priority and self.capped) or (cap and self.day_segments >= cap - reserve):
            return False
        ahead_s = (self.tat_at - self.now).total_seconds()
        self.wait_s = max(0.0, ahead_s - max(BURST_S - self.step_s, 0.0))
        return self.wait_s <= 0

    def room(self) -> int:
        """How many texts of one segment the pace lets go now."""
        if self.probing:
            return 1
        ahead_s = (self.tat_at - self.now).total_seconds()
        return max(1, int((max(BURST_S - self.step_s, 0.0) - ahead_s) / self.step_s) + 1)

    def spend(self, segments: int) -> None:
        """Count one text."""
        self.tat_at += timedelta(seconds=segments * self.step_s)
        self.day_segments += segments
        self.probing = False


_LOCKED = select(senders).where(senders.c.sender == bindparam("name")).with_for_update()


def take_turn(connection: Connection, pace: Pace, now: datetime) -> Turn:
    """Lock the sender's row and say what may go now."""
    row = _locked(connection, pace.sender, now)
    factor, slowed_until = row.slow_factor, row.slowed_until
    if slowed_until is not None and slowed_until <= now:
        factor = max(1, factor // 2)
        slowed_until = now + RECOVERY if factor > 1 else None
    stopped = row.stopped_since is not None
    probing = stopped and (row.probe_at is None or row.probe_at <= now)
    if (factor, slowed_until) != (row.slow_factor, row.slowed_until):
        connection.execute(
            update(senders)
            .where(senders.c.sender == pace.sender)
            .values(slow_factor=factor, slowed_until=slowed_until)
        )
    turn = Turn(
        pace=pace,
        now=now,
        tat_at=max(row.tat_at, now),
        step_s=factor / pace.rate,
        day_segments=row.day_segments if row.day == carrier_day(now) else 0,
        capped=row.capped_until is not None and now < row.capped_until,
        stopped=stopped,
        probing=probing,
    )
    if stopped and not probing:
        turn.wait_s = (row.probe_at - now).total_seconds()
    return turn


def close_turn(connection: Connection, turn: Turn, probed: bool) -> None:
    """Write down what was spent; a probe that was used puts the next one off."""
    values: dict[str, Any] = {
        "tat_at": turn.tat_at,
        "day": carrier_day(turn.now),
        "day_segments": turn.day_segments,
    }
    connection.execute(update(senders).where(senders.c.sender == turn.pace.sender).values(values))
    if probed:
        put_off(connection, turn.pace.sender, turn.now)


def slow_down(connection: Connection, sender: str, now: datetime, pause_s: float) -> None:
    """Halve the pace, and hand over nothing for `pause_s`.

    Many calls that are refused at the same moment count once: no more than one halving a second.
    """
    _locked(connection, sender, now)
    halved_before = now + RECOVERY - timedelta(seconds=1)
    fresh = or_(senders.c.slowed_until.is_(None), senders.c.slowed_until < halved_before)
    until = now + timedelta(seconds=pause_s)
    connection.execute(
        update(senders)
        .where(senders.c.sender == sender, fresh)
        .values(
            slow_factor=case(
                (senders.c.slow_factor < LONGEST_SLOW_FACTOR, senders.c.slow_factor * 2),
                else_=senders.c.slow_factor,
            ),
            slowed_until=now + RECOVERY,
        )
    )
    connection.execute(
        update(senders)
        .where(senders.c.sender == sender, senders.c.tat_at < until)
        .values(tat_at=until)
    )


def cap(connection: Connection, sender: str, now: datetime) -> None:
    """The carriers' daily cap is reached: nothing routine before their day ends."""
    _locked(connection, sender, now)
    capped = update(senders).where(senders.c.sender == sender)
    connection.execute(capped.values(capped_until=day_ends_at(now)))


def stop(connection: Connection, sender: str, error: str, by: str, now: datetime) -> None:
    """Stop all sending; it is tried again by itself, later and later. The first reason stays."""
    _locked(connection, sender, now)
    connection.execute(
        update(senders)
        .where(senders.c.sender == sender, senders.c.stopped_since.is_(None))
        .values(
            stopped_since=now,
            stopped_error=error,
            stopped_by=by,
            probe_at=now + FIRST_PROBE,
            probes=0,
        )
    )


def put_off(connection: Connection, sender: str, now: datetime) -> None:
    """A stopped sender is being tried: the next try comes later, twice as long as the last."""
    probes = select(senders.c.probes).where(senders.c.sender == sender)
    pause = min(LONGEST_PROBE, FIRST_PROBE * 2 ** min(connection.scalar(probes) or 0, 10))
    connection.execute(
        update(senders)
        .where(senders.c.sender == sender)
        .values(probe_at=now + pause, probes=senders.c.probes + 1)
    )


def resume_after_call(connection: Connection, sender: str) -> None:
    """A call went well: whatever calls were refused for is mended."""
    _resume(connection, sender, "call")


def resume_after_receipt(connection: Connection, sender: str) -> None:
    """A text was delivered: whatever receipts complained of is mended."""
    _resume(connection, sender, "receipt")


def _resume(connection: Connection, sender: str, by: str) -> None:
    connection.execute(
        update(senders)
        .where(senders.c.sender == sender, senders.c.stopped_by == by)
        .values(stopped_since=None, stopped_error=None, stopped_by=None, probe_at=None, probes=0)
    )


def stopped(connection: Connection, sender: str) -> Stopped | None:
    """Since when and why the sender is stopped, or None."""
    query = select(
        senders.c.stopped_since, senders.c.stopped_error, senders.c.stopped_by, senders.c.probe_at
    ).where(senders.c.sender == sender, senders.c.stopped_since.is_not(None))
    row = connection.execute(query).one_or_none()
    return None if row is None else Stopped(*row)


def delivers_again(connection: Connection, since: datetime) -> bool:
    """Whether a text that was handed over after this instant has been delivered."""
    query = (
        select(texts.c.id)
        .join(receipts, receipts.c.text_id == texts.c.id)
        .where(
            receipts.c.received_at > since,
            receipts.c.status.in_(("sent", "delivered")),
            texts.c.attempted_at > since,
        )
        .limit(1)
    )
    return connection.execute(query).first() is not None


def _locked(connection: Connection, sender: str, now: datetime) -> Row[Any]:
    """The sender's row, made if it is new, and held until the transaction ends."""
    if (row := connection.execute(_LOCKED, {"name": sender}).one_or_none()) is not None:
        return row
    made = insert_into(connection, senders).values(sender=sender, tat_at=now)
    connection.execute(made.on_conflict_do_nothing())
    return connection.execute(_LOCKED, {"name": sender}).one()
