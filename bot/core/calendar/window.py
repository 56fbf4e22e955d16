"""The hours in which people may be texted, and the slot that somebody chose inside them.

A due time is `base + spread`: `base` is one instant for everybody with the same date, slot and
zones, `spread` a number of seconds that belongs to the person. Whatever the person's spread is,
the sum lies inside the window with `MARGIN` to spare.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.core.library import Service
from bot.core.zones import EVERYWHERE, parse_zones

MARGIN = timedelta(minutes=10)
"""Between the last due time of a slot and the end of the window: time to hand texts over. A plan
that comes no later than this after its base still keeps it."""
SHORTEST = timedelta(hours=3, minutes=30)
"""The shortest window that leaves something in common to people three time zones apart."""
_DAY = timedelta(days=1)


class NeverOpenError(LookupError):
    """No day of the coming weeks has room for a slot in these zones: `zones` names them."""

    def __init__(self, zones: str) -> None:
        super().__init__(
            f"the window leaves no hour that is right in all of: {zones}. Widen window_from and "
            "window_to, or shorten spread_minutes, in messages/service.toml."
        )
        self.zones = zones


@dataclass(frozen=True, slots=True)
class Due:
    """When something may go: the local date, the start of the slot, the end of the window."""

    on: date
    base_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """Wall times between which texts may arrive, the slots in it, and how far people spread."""

    opens: time
    closes: time
    sunday_opens: time
    slots: tuple[tuple[str, time], ...]
    default_slot: str
    spread_minutes: int

    def __post_init__(self) -> None:
        length = _wall(self.closes) - _wall(self.opens)
        needed = max(SHORTEST, timedelta(hours=3, minutes=self.spread_minutes) + MARGIN)
        if length < needed:
            raise ValueError(
                f"the window from {self.opens:%H:%M} to {self.closes:%H:%M} is too short: people "
                f"whose time zone is not known need at least {needed} of it"
            )
        if self.default_slot not in dict(self.slots):
            raise ValueError(f"the default slot {self.default_slot!r} is not one of the slots")

    @classmethod
    def of(cls, service: Service) -> Window:
        """The window that the service's content sets. Raises `ValueError` if it is too short."""
        return cls(
            opens=service.window_from,
            closes=service.window_to,
            sunday_opens=service.sunday_from,
            slots=tuple(service.slots.items()),
            default_slot=service.default_slot,
            spread_minutes=service.spread_minutes,
        )

    @property
    def spread_seconds(self) -> int:
        """Every person's spread is below this."""
        return self.spread_minutes * 60

    def slot_time(self, slot: str) -> time:
        """The wall time of a slot's name or of "HH:MM"; an unknown slot is the default one."""
        named = dict(self.slots)
        if slot in named:
            return named[slot]
        try:
            return time.fromisoformat(slot)
        except ValueError:
            return named[self.default_slot]

    def slot_at(self, wall: time) -> str | None:
        """How a wall time is kept as a slot ("16:00"), or None if it is outside the window."""
        return f"{wall:%H:%M}" if self.opens <= wall < self.closes else None

    def window_on(self, zones: str, day: date) -> tuple[datetime, datetime] | None:
        """When the window of a local date opens and closes for all zones at once, if it does."""
        opens = self.sunday_opens if day.isoweekday() == 7 else self.opens
        opens_at = max(_latest(day, opens, zone) for zone in _zone_infos(zones))
        closes_at = min(_earliest(day, self.closes, zone) for zone in _zone_infos(zones))
        return (opens_at, closes_at) if opens_at < closes_at else None

    def is_open(self, zones: str, now: datetime) -> bool:
        """Whether a text may arrive now."""
        hours = self.window_on(zones, local_date(zones, now))
        return hours is not None and hours[0] <= now < hours[1]

    def next_open(self, zones: str, now: datetime) -> datetime:
        """Now if the window is open, else the instant at which it opens next."""
        day = _first_date(zones, now)
        for _ in range(15):
            hours = self.window_on(zones, day)
            if hours and now < hours[1]:
                return max(now, hours[0])
            day += _DAY
        raise NeverOpenError(zones)

    def due_on(self, zones: str, slot: str, day: date) -> Due | None:
        """The slot of a local date, or None if the window has no room for it on that day.

        With several zones the slot begins when it has begun in all of them, but early enough for
        everybody's spread to end inside the window.
        """
        return _due_on(self, zones, slot, day)

    def next_due(
        self,
        zones: str,
        slot: str,
        on: date,
        now: datetime,
        busy: Collection[date] = (),
        late: timedelta = MARGIN,
    ) -> Due:
        """The first good slot on or after a local date, on none of the `busy` dates.

        A slot that began more than `late` before `now` is over; if the rest of its day's window has
        room for the spread it begins anew at `now`, else the next day's counts. So what an outage
        held back goes at the next good hour, spread like any other slot. Where nothing may go
        before `now`, the end of a pause say, `late` is zero. Raises `NeverOpenError`.
        """
        day = max(on, _first_date(zones, now))
        for _ in range(15 + len(busy)):
            due = None if day in busy else self.due_on(zones, slot, day)
            due = due and self._in_time(due, now, late)
            if due:
                return due
            day += _DAY
        raise NeverOpenError(zones)

    def _in_time(self, due: Due, now: datetime, late: timedelta) -> Due | None:
        if now <= due.base_at + late:
            return due
        room = timedelta(minutes=self.spread_minutes) + MARGIN
        return Due(due.on, now, due.closes_at) if now + room <= due.closes_at else None


def spread(subscriber_id: int, minutes: int) -> int:
    """Seconds from 0 to below `minutes` * 60 that belong to a person, the same in every process."""
    if minutes <= 0:
        return 0
    digest = hashlib.sha256(b"spread %d" % subscriber_id).digest()
    return int.from_bytes(digest[:8], "big") % (minutes * 60)


def local_date(zones: str, instant: datetime) -> date:
    """The local date of an instant: where zones disagree, the later one."""
    return max(instant.astimezone(zone).date() for zone in _zone_infos(zones))


def _first_date(zones: str, instant: datetime) -> date:
    return min(instant.astimezone(zone).date() for zone in _zone_infos(zones))


@lru_cache(maxsize=256)
def _zone_infos(zones: str) -> tuple[ZoneInfo, ...]:
    return tuple(ZoneInfo(name) for name in parse_zones(zones or EVERYWHERE))


@lru_cache(maxsize=16_384)
def _due_on(window: Window, zones: str, slot: str, day: date) -> Due | None:
    hours = window.window_on(zones, day)
    if hours is None:
        return None
    opens_at, closes_at = hours
    last_base_at = closes_at - MARGIN - timedelta(minutes=window.spread_minutes)
    if last_base_at < opens_at:
        return None
    wall = window.slot_time(slot)
    wanted_at = max(_latest(day, wall, zone) for zone in _zone_infos(zones))
    return Due(day, min(max(wanted_at, opens_at), last_base_at), closes_at)


def _latest(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The instant of a wall time; where a change of clocks gives two, the later."""
    return max(_instants(day, wall, zone))


def _earliest(day: date, wall: time, zone: ZoneInfo) -> datetime:
    return min(_instants(day, wall, zone))


def _instants(day: date, wall: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    local = datetime.combine(day, wall, zone)
    return local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)


def _wall(wall: time) -> timedelta:
    return timedelta(hours=wall.hour, minutes=wall.minute, seconds=wall.second)
