"""Whole lives under outages, edits and changes of mind: nothing lost, nothing doubled."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.calendar import (
    PACES,
    Change,
    Due,
    calendar,
    local_date,
    next_message,
    spread,
    step,
    wanted_after,
)
from bot.core.library import Message, Programme
from bot.core.pushes import Standing, decide
from tests.core.test_calendar_window import ALL_ZONES, WINDOW, assert_inside, slots

lives = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
joined = st.datetimes(datetime(2026, 2, 25), datetime(2026, 11, 5), timezones=st.just(UTC))  # noqa: DTZ001
Edit = tuple[int, str, str]


def course(name: str, priority: int, days: list[int]) -> Programme:
    messages = tuple(Message(f"{name}{n}", f"{name}{n}", day=day) for n, day in enumerate(days))
    return Programme(name, name.upper(), (), name, priority, messages)


@st.composite
def courses(draw: st.DrawFn) -> list[Programme]:
    def days() -> list[int]:
        gaps = draw(st.lists(st.integers(1, 5), min_size=2, max_size=12))
        return [1 + sum(gaps[:n]) for n in range(len(gaps))]

    both = [course("T", 1, days()), course("R", 2, days())]
    return both[: draw(st.integers(1, 2))]


@st.composite
def outages(draw: st.DrawFn) -> list[tuple[timedelta, timedelta]]:
    starts = draw(st.lists(st.integers(0, 24 * 40), max_size=4, unique=True))
    hours = st.sampled_from([1, 3, 7, 26, 24 * 4])
    return [(timedelta(hours=start), timedelta(hours=draw(hours))) for start in sorted(starts)]


edits = st.lists(
    st.tuples(
        st.integers(0, 20),
        st.sampled_from(["remove", "insert", "first", "reverse", "reword", "spread"]),
        st.sampled_from(["T", "R"]),
    ),
    max_size=4,
)


def edited(programme: Programme, how: str, seed: int) -> Programme:
    """The programme as the next deployment has it."""
    messages = list(programme.messages)
    at = seed % (len(messages) + 1)
    fresh = Message(f"{programme.id}-new{seed}", "new", day=messages[-1].day if messages else 1)
    if how == "remove" and len(messages) > 1:
        del messages[at % len(messages)]
    elif how == "insert" and all(m.id != fresh.id for m in messages):
        messages.insert(at, fresh)
    elif how == "first" and all(m.id != fresh.id for m in messages):
        messages.insert(0, fresh)
    elif how == "reverse":
        messages.reverse()
    elif how == "reword":
        messages[-1] = replace(messages[-1], text="other words")
    elif how == "spread":
        messages = [replace(m, day=(m.day or 1) * 2) for m in messages]
    return replace(programme, messages=tuple(messages))


@dataclass
class Life:
    """One person and a planner that wakes, sleeps through outages and is deployed anew."""

    programmes: dict[str, Programme]
    zones: str
    slot: str
    pace: str
    seconds: int
    outages: list[tuple[datetime, datetime]]
    edits: list[Edit]
    rows: dict[str, Due] = field(default_factory=dict)
    received: dict[str, tuple[str, ...]] = field(default_factory=dict)
    texts: list[tuple[str, str, date, datetime]] = field(default_factory=list)
    at_end: dict[str, Programme] = field(default_factory=dict)

    def join(self, name: str, now: datetime) -> None:
        welcome = next_message(self.programmes[name], (), {})
        assert welcome
        self.received[name] = (welcome.id,)
        on = wanted_after(self.programmes[name], 1, self.pace, local_date(self.zones, now))
        self.rows[name] = WINDOW.next_due(self.zones, self.slot, on, now)

    def run(self, now: datetime) -> None:
        while self.rows:
            now = self._awake(max(now, min(due.base_at for due in self.rows.values())))
            ready = [name for name, due in self.rows.items() if due.base_at <= now]
            for name in sorted(ready, key=lambda name: self.programmes[name].priority):
                self._plan(name, now)

    def _awake(self, now: datetime) -> datetime:
        for start, end in self.outages:
            now = end if start <= now < end else now
        return now

    def _plan(self, name: str, now: datetime) -> None:
        pushed = {on for _, _, on, _ in self.texts}
        due = WINDOW.next_due(self.zones, self.slot, self.rows[name].on, now, pushed)
        if due.base_at > now:
            self.rows[name] = due
            return
        del self.rows[name]
        self.at_end[name] = self.programmes[name]
        taken = step(self.programmes[name], self.received[name], {}, self.pace, due.on)
        if taken is None:
            return
        self.received[name] = taken.received
        due_at = due.base_at + timedelta(seconds=self.seconds)
        self.texts.append((name, taken.message.id, due.on, due_at))
        if taken.next_on:
            self.rows[name] = WINDOW.next_due(self.zones, self.slot, taken.next_on, now)
        self._deploy()

    def _deploy(self) -> None:
        for after, how, name in self.edits:
            if after == len(self.texts) and name in self.programmes:
                self.programmes[name] = edited(self.programmes[name], how, after)


@lives
@given(
    courses(), st.sampled_from(ALL_ZONES), slots, st.sampled_from(PACES), joined, outages(), edits,
    st.integers(1, 10**9),
)  # fmt: skip
def test_through_outages_and_edits_everything_comes_once_by_day(
    programmes: list[Programme],
    zones: str,
    slot: str,
    pace: str,
    now: datetime,
    down: list[tuple[timedelta, timedelta]],
    changed: list[Edit],
    subscriber_id: int,
) -> None:
    gone = [(now + start, now + start + length) for start, length in down]
    known = {programme.id: programme for programme in programmes}
    life = Life(known, zones, slot, pace, spread(subscriber_id, 90), gone, changed)
    for programme in programmes:
        life.join(programme.id, now)
    life.run(now)
    for _, _, on, due_at in life.texts:
        assert_inside(zones, due_at)
        assert local_date(zones, due_at) == on
    dates = [on for _, _, on, _ in life.texts]
    assert dates == sorted(set(dates)), "one a day, in order of time"
    for name, received in life.received.items():
        assert len(set(received)) == len(received), "nothing twice"
        left = {message.id for message in life.at_end[name].messages} - set(received)
        assert not left, "nothing skipped"


@lives
@given(courses(), st.sampled_from(ALL_ZONES), slots, joined, outages())
def test_an_outage_delays_the_order_and_the_distance_and_changes_neither(
    programmes: list[Programme],
    zones: str,
    slot: str,
    now: datetime,
    down: list[tuple[timedelta, timedelta]],
) -> None:
    gone = [(now + start, now + start + length) for start, length in down]
    life = Life({p.id: p for p in programmes}, zones, slot, "standard", 0, gone, [])
    for programme in programmes:
        life.join(programme.id, now)
    life.run(now)
    for programme in programmes:
        texts = [(name, on) for owner, name, on, _ in life.texts if owner == programme.id]
        assert [name for name, _ in texts] == [m.id for m in programme.messages[1:]]
        days = [message.day or 0 for message in programme.messages]
        own = [b - a for a, b in pairwise(days[1:])]
        got = [(b - a).days for (_, a), (_, b) in pairwise(texts)]
        assert all(g >= o for g, o in zip(got, own, strict=True)), "never a burst"


@st.composite
def minds(draw: st.DrawFn) -> list[tuple[timedelta, dict[str, object]]]:
    """Changes of mind, by hours after joining."""
    kinds = st.one_of(
        st.builds(lambda pace: {"pace": pace}, st.sampled_from(PACES)),
        st.builds(lambda slot: {"slot": slot}, slots),
        st.builds(lambda days: {"days": days}, st.sampled_from([0, 7, 14])),
    )
    hours = draw(st.lists(st.integers(1, 24 * 30), max_size=5, unique=True))
    return [(timedelta(hours=hour), draw(kinds)) for hour in hours]


@lives
@given(courses(), st.sampled_from(ALL_ZONES), slots, joined, minds(), st.integers(0, 90 * 60 - 1))
def test_through_changes_of_mind_everything_comes_once_by_day(
    programmes: list[Programme],
    zones: str,
    slot: str,
    now: datetime,
    changed: list[tuple[timedelta, dict[str, object]]],
    seconds: int,
) -> None:
    changes, pauses = [], []
    for after, what in changed:
        days = what.pop("days", None)
        until = now + after + timedelta(days=days) if isinstance(days, int) else None
        pauses += [(now + after, until)] if until else []
        changes.append(Change(now + after, paused_until=until, **what))  # type: ignore[arg-type]
    rows = calendar(
        programmes, now, zones, slot, "standard", WINDOW, changes=changes, spread_seconds=seconds
    )
    pushed = [row for row in rows if row.closes_at]
    for row in pushed:
        assert_inside(zones, row.due_at)
    dates = [row.on for row in pushed]
    assert dates == sorted(set(dates))
    for programme in programmes:
        ids = [row.message.id for row in rows if row.programme == programme.id]
        assert ids == [message.id for message in programme.messages]
    last = max((pause for pause in pauses), default=None)
    if last:
        start, end = last
        held = [row for row in pushed if start + timedelta(minutes=90) < row.due_at < end]
        assert not held


@given(courses(), st.sampled_from(ALL_ZONES), slots, joined, st.integers(0, 8 * 24 * 60))
def test_who_waits_is_moved_past_the_end_of_the_wait(
    programmes: list[Programme], zones: str, slot: str, now: datetime, minutes: int
) -> None:
    until = now + timedelta(minutes=minutes)
    on = local_date(zones, now)
    waiting = Standing(programmes[0], (), on, zones, slot, "standard", {}, waits_until=until)
    push = decide(waiting, WINDOW, now)
    assert push.message is None
    assert push.else_base_at
    assert push.else_base_at >= until
