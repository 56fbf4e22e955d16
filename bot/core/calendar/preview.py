"""What one person gets, when: the planner's own rules, played through for one life."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.calendar.order import next_message, one_a_day, repaced, step, wanted_after
from bot.core.calendar.window import MARGIN, Due, Window, local_date
from bot.core.library import Message, Programme, Tags
from bot.core.zones import EVERYWHERE, parse_zones


@dataclass(frozen=True, slots=True)
class Change:
    """Something that a person changes at an instant; what is None stays as it is."""

    at: datetime
    pace: str | None = None
    slot: str | None = None
    zones: str | None = None
    paused_until: datetime | None = None
    """Also ends a pause: by an instant that has passed."""
    tags: Tags = field(default_factory=dict)
    join: str | None = None
    """A programme to join."""


@dataclass(frozen=True, slots=True)
class Row:
    """One text of the calendar. The welcome is the first row of its programme, at joining."""

    programme: str
    message: Message
    """As worded for the person."""
    position: int
    on: date
    due_at: datetime
    due_local: datetime
    """Aware, in the first of the person's zones."""
    closes_at: datetime | None
    """End of the window; None for a welcome, which is a reply."""


@dataclass(frozen=True, slots=True)
class _State:
    now: datetime
    zones: str
    slot: str
    pace: str
    paused_until: datetime | None = None
    tags: Tags = field(default_factory=dict)
    last_push_on: date | None = None
    received: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    wanted: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Player:
    programmes: Mapping[str, Programme]
    window: Window
    spread: timedelta
    rows: list[Row] = field(default_factory=list)

    def play(self, state: _State, changes: Sequence[Change]) -> list[Row]:
        for change in sorted(changes, key=lambda change: change.at):
            state = self._until(state, change.at)
            state = self._apply(replace(state, now=change.at), change)
        self._until(state, None)
        return self.rows

    def _until(self, state: _State, end: datetime | None) -> _State:
        while state.wanted:
            name, due = self._first(state)
            if end is not None and due.base_at > end:
                break
            state = self._push(state, name, due)
        return state

    def _first(self, state: _State) -> tuple[str, Due]:
        now, late = state.now, MARGIN
        if state.paused_until and state.paused_until > now:
            now, late = state.paused_until, timedelta(0)
        busy = {state.last_push_on} if state.last_push_on else set()
        dates = one_a_day(state.wanted, self.programmes)
        dues = {
            name: self.window.next_due(state.zones, state.slot, on, now, busy, late)
            for name, on in dates.items()
        }
        return min(
            dues.items(), key=lambda item: (item[1].base_at, self.programmes[item[0]].priority)
        )

    def _push(self, state: _State, name: str, due: Due) -> _State:
        received, wanted = dict(state.received), dict(state.wanted)
        del wanted[name]
        taken = step(self.programmes[name], received[name], state.tags, state.pace, due.on)
        if taken is None:
            return replace(state, wanted=wanted)
        received[name] = taken.received
        if taken.next_on:
            wanted[name] = taken.next_on
        due_at = due.base_at + self.spread
        self._note(state, name, taken.message, len(taken.received), due.on, due_at, due.closes_at)
        return replace(
            state, now=due.base_at, last_push_on=due.on, received=received, wanted=wanted
        )

    def _apply(self, state: _State, change: Change) -> _State:
        wanted = dict(state.wanted)
        if change.pace:
            for name, on in state.wanted.items():
                position = len(state.received[name])
                wanted[name] = repaced(self.programmes[name], position, on, state.pace, change.pace)
        state = replace(
            state,
            wanted=wanted,
            pace=change.pace or state.pace,
            slot=change.slot or state.slot,
            zones=change.zones or state.zones,
            paused_until=change.paused_until or state.paused_until,
            tags={**state.tags, **change.tags},
        )
        return self.join(state, change.join) if change.join else state

    def join(self, state: _State, name: str) -> _State:
        """Begin a programme: its welcome, due on day 1, is the reply that the joining gets."""
        programme = self.programmes[name]
        on = local_date(state.zones, state.now)
        received: tuple[str, ...] = ()
        welcome = next_message(programme, (), state.tags)
        if welcome and welcome.day == 1:
            received = (welcome.id,)
            self._note(state, name, welcome, 1, on, state.now, None)
        wanted = dict(state.wanted)
        if next_message(programme, received, state.tags):
            wanted[name] = wanted_after(programme, len(received), state.pace, on)
        return replace(state, received={**state.received, name: received}, wanted=wanted)

    def _note(
        self,
        state: _State,
        name: str,
        message: Message,
        position: int,
        on: date,
        due_at: datetime,
        closes_at: datetime | None,
    ) -> None:
        zone = ZoneInfo(parse_zones(state.zones or EVERYWHERE)[0])
        worded, local = message.worded_for(state.tags), due_at.astimezone(zone)
        self.rows.append(Row(name, worded, position, on, due_at, local, closes_at))


def calendar(
    programmes: Sequence[Programme],
    joined_at: datetime,
    zones: str,
    slot: str,
    pace: str,
    window: Window,
    *,
    changes: Sequence[Change] = (),
    tags: Tags | None = None,
    spread_seconds: int = 0,
    also: Sequence[Programme] = (),
) -> list[Row]:
    """All that one person gets who joins these programmes at once, in order of time.

    `also` are programmes that a change may join later. Raises `NeverOpenError` where the window
    leaves no room in the zones.
    """
    known = {programme.id: programme for programme in (*programmes, *also)}
    player = _Player(known, window, timedelta(seconds=spread_seconds))
    state = _State(joined_at, zones, slot, pace, tags=dict(tags or {}))
    for programme in programmes:
        state = player.join(state, programme.id)
    return player.play(state, changes)
