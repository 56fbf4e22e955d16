"""The hours: never at night, never early on a Sunday, right on both sides of a zone border."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.calendar import MARGIN, NeverOpenError, Window, local_date, spread
from bot.core.library import Service
from bot.core.zones import EVERYWHERE, format_zones, split_area_codes, zones_of_zip

SLOTS = (("morning", time(10)), ("noon", time(12, 30)), ("evening", time(15, 15)))
WINDOW = Window(time(10), time(17), time(12), SLOTS, "morning", 90)
NEW_YORK, CENTRAL_BORDER = "America/New_York", "America/Chicago America/New_York"
TUESDAY, SUNDAY = date(2026, 12, 1), date(2026, 12, 6)

ALL_ZONES = sorted(
    {format_zones(names) for names in split_area_codes().values()}
    | {format_zones(zones_of_zip(f"{number:05}")) for number in range(0, 100_000, 20)}
    | {EVERYWHERE, "", "America/Adak", "America/St_Johns", "America/Regina", "Pacific/Guam"}
)
clock_changes = [date(2026, 3, 8), date(2026, 11, 1), date(2027, 3, 14), date(2027, 11, 7)]
days = st.dates(date(2026, 1, 1), date(2028, 1, 1)) | st.sampled_from(
    [day + timedelta(days=n) for day in clock_changes for n in (-1, 0, 1)]
)
zones_kept = st.sampled_from(ALL_ZONES)
slots = st.sampled_from(["morning", "noon", "evening", "10:00", "13:37", "16:59", "23:00", "gone"])
instants = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def assert_inside(zones: str, at: datetime) -> None:
    """The window by the wall clock of each zone, worked out without the code under test."""
    for name in (zones or EVERYWHERE).split():
        local = at.astimezone(ZoneInfo(name))
        opens = time(12) if local.weekday() == 6 else time(10)
        assert opens <= local.time() < time(17), (name, local)


def at(zone: str, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def test_the_table_has_all_kinds_of_zones() -> None:
    assert len(ALL_ZONES) > 25


def test_the_window_opens_and_closes_by_the_clock_of_the_person() -> None:
    assert WINDOW.window_on(NEW_YORK, TUESDAY) == (
        at(NEW_YORK, "2026-12-01T10:00"),
        at(NEW_YORK, "2026-12-01T17:00"),
    )
    assert WINDOW.window_on(NEW_YORK, SUNDAY) == (
        at(NEW_YORK, "2026-12-06T12:00"),
        at(NEW_YORK, "2026-12-06T17:00"),
    )


def test_two_zones_have_the_hours_that_are_right_in_both() -> None:
    assert WINDOW.window_on(CENTRAL_BORDER, TUESDAY) == (
        at("America/Chicago", "2026-12-01T10:00"),
        at(NEW_YORK, "2026-12-01T17:00"),
    )


def test_with_two_zones_a_slot_begins_when_it_has_begun_in_both() -> None:
    due = WINDOW.due_on(CENTRAL_BORDER, "noon", TUESDAY)
    assert due
    assert due.base_at == at("America/Chicago", "2026-12-01T12:30")


def test_nothing_known_is_as_good_as_everywhere() -> None:
    assert WINDOW.window_on("", TUESDAY) == WINDOW.window_on(EVERYWHERE, TUESDAY)


def test_zones_without_a_common_hour_have_no_window_and_say_so() -> None:
    apart = "America/New_York Pacific/Guam"
    assert WINDOW.window_on(apart, TUESDAY) is None
    assert not WINDOW.is_open(apart, at(NEW_YORK, "2026-12-01T12:00"))
    with pytest.raises(NeverOpenError, match="Pacific/Guam"):
        WINDOW.next_open(apart, at(NEW_YORK, "2026-12-01T12:00"))
    with pytest.raises(NeverOpenError):
        WINDOW.next_due(apart, "noon", TUESDAY, at(NEW_YORK, "2026-12-01T12:00"))


@pytest.mark.parametrize("day", clock_changes)
def test_a_change_of_clocks_moves_the_instant_and_not_the_hour(day: date) -> None:
    hours = [WINDOW.window_on(NEW_YORK, day + timedelta(days=n)) for n in (-1, 1)]
    before, after = (pair[0] for pair in hours if pair)
    step = after - before - timedelta(days=2)
    assert step == timedelta(hours=-1 if day.month == 3 else 1)


def test_hours_that_a_change_of_clocks_repeats_or_leaves_out_are_read_with_care() -> None:
    early = Window(time(2, 30), time(9), time(2, 30), (("first", time(2, 30)),), "first", 30)
    late = Window(time(0), time(5), time(0), (("first", time(1, 30)),), "first", 30)
    spring, autumn = date(2026, 3, 8), date(2026, 11, 1)
    opened = early.window_on(NEW_YORK, spring)
    assert opened
    assert opened[0].astimezone(ZoneInfo(NEW_YORK)).time() == time(3, 30)
    twice = late.due_on(NEW_YORK, "first", autumn)
    assert twice
    assert twice.base_at == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)  # the second 01:30


@given(zones_kept, instants)
def test_open_means_right_by_every_clock_and_next_open_is_open(zones: str, now: datetime) -> None:
    if WINDOW.is_open(zones, now):
        assert_inside(zones, now)
        assert WINDOW.next_open(zones, now) == now
    else:
        opens_at = WINDOW.next_open(zones, now)
        assert opens_at > now
        assert WINDOW.is_open(zones, opens_at)
        assert not WINDOW.is_open(zones, opens_at - timedelta(seconds=1))


@given(st.sampled_from([zones for zones in ALL_ZONES if zones]), instants)
def test_closed_means_wrong_by_some_clock(zones: str, now: datetime) -> None:
    if not WINDOW.is_open(zones, now):
        with pytest.raises(AssertionError):
            assert_inside(zones, now)


@given(zones_kept, slots, days, st.integers(1, 10**12))
def test_base_and_spread_lie_inside_the_window(
    zones: str, slot: str, day: date, subscriber_id: int
) -> None:
    due = WINDOW.due_on(zones, slot, day)
    assert due is not None, "every place we can tell has room for a slot on every day"
    due_at = due.base_at + timedelta(seconds=spread(subscriber_id, 90))
    assert_inside(zones, due.base_at)
    assert_inside(zones, due_at)
    assert due_at + MARGIN <= due.closes_at
    assert local_date(zones, due_at) == day == due.on


@given(st.sampled_from([zones for zones in ALL_ZONES if zones and " " not in zones]), days)
def test_with_one_zone_a_named_slot_begins_at_its_time(zones: str, day: date) -> None:
    for name, wall in SLOTS:
        due = WINDOW.due_on(zones, name, day)
        sunday_morning = day.isoweekday() == 7 and name == "morning"
        assert due
        assert due.base_at.astimezone(ZoneInfo(zones)).time() == (
            time(12) if sunday_morning else wall
        )


@given(zones_kept, slots, days, instants, st.sets(days, max_size=3))
@example("", "evening", date(2026, 3, 8), datetime(2026, 3, 8, 20, 30, tzinfo=UTC), set())
def test_the_next_due_is_in_time_on_a_free_day_and_inside(
    zones: str, slot: str, on: date, now: datetime, busy: set[date]
) -> None:
    due = WINDOW.next_due(zones, slot, on, now, busy)
    assert due.on >= on
    assert due.on not in busy
    assert due.base_at + MARGIN >= now
    assert_inside(zones, due.base_at)
    assert_inside(zones, due.base_at + timedelta(minutes=90))
    assert local_date(zones, due.base_at) == due.on


@given(zones_kept, slots, days, instants)
def test_asking_again_at_the_due_time_changes_nothing(
    zones: str, slot: str, on: date, now: datetime
) -> None:
    due = WINDOW.next_due(zones, slot, on, now)
    assert WINDOW.next_due(zones, slot, due.on, max(now, due.base_at)) == due


def test_what_was_missed_goes_later_the_same_day_while_there_is_room() -> None:
    noon = at(NEW_YORK, "2026-12-01T13:00")
    due = WINDOW.next_due(NEW_YORK, "morning", TUESDAY, noon)
    assert (due.on, due.base_at) == (TUESDAY, noon)


def test_a_plan_that_is_minutes_late_keeps_its_base() -> None:
    late = at(NEW_YORK, "2026-12-01T10:09")
    due = WINDOW.next_due(NEW_YORK, "morning", TUESDAY, late)
    assert due.base_at == at(NEW_YORK, "2026-12-01T10:00")


def test_after_a_pause_nothing_is_due_before_its_end() -> None:
    ends = at(NEW_YORK, "2026-12-01T10:05")
    due = WINDOW.next_due(NEW_YORK, "morning", TUESDAY, ends, late=timedelta(0))
    assert due.base_at == ends
    ends = at(NEW_YORK, "2026-12-01T15:21")
    due = WINDOW.next_due(NEW_YORK, "evening", TUESDAY, ends, late=timedelta(0))
    assert due.on == date(2026, 12, 2)


def test_what_was_missed_and_has_no_room_goes_in_the_slot_of_the_next_day() -> None:
    due = WINDOW.next_due(NEW_YORK, "evening", TUESDAY, at(NEW_YORK, "2026-12-01T15:30"))
    assert (due.on, due.base_at) == (date(2026, 12, 2), at(NEW_YORK, "2026-12-02T15:15"))


def test_what_was_missed_for_days_goes_once_in_the_next_slot() -> None:
    due = WINDOW.next_due(NEW_YORK, "noon", TUESDAY, at(NEW_YORK, "2026-12-04T22:00"))
    assert due.base_at == at(NEW_YORK, "2026-12-05T12:30")


def test_the_spread_is_the_same_in_every_process_and_even() -> None:
    assert spread(1, 90) == spread(1, 90)
    assert [spread(n, 90) for n in (1, 2, 3)] == [440, 2236, 3258]
    minutes = [0] * 90
    for subscriber_id in range(9000):
        minutes[spread(subscriber_id, 90) // 60] += 1
    assert min(minutes) > 50
    assert max(minutes) < 150
    assert spread(7, 0) == 0


@given(st.integers(), st.integers(1, 600))
def test_a_spread_is_below_its_minutes(subscriber_id: int, minutes: int) -> None:
    assert 0 <= spread(subscriber_id, minutes) < minutes * 60


def test_a_wall_time_is_a_slot_inside_the_window_alone() -> None:
    assert WINDOW.slot_at(time(16)) == "16:00"
    assert WINDOW.slot_at(time(10)) == "10:00"
    assert WINDOW.slot_at(time(17)) is None
    assert WINDOW.slot_at(time(9, 59)) is None


def test_a_slot_that_left_the_content_is_the_default_slot() -> None:
    assert WINDOW.slot_time("night") == time(10)
    assert WINDOW.slot_time("13:45") == time(13, 45)


def test_a_window_comes_from_the_service_and_one_that_is_too_short_is_refused() -> None:
    service = Service(
        "Harbor", "c", "o", time(10), time(17), time(12), dict(SLOTS), "morning", 90
    )  # fmt: skip
    assert Window.of(service) == WINDOW
    with pytest.raises(ValueError, match="too short"):
        Window(time(10), time(13), time(12), SLOTS, "morning", 10)
    with pytest.raises(ValueError, match="default slot"):
        Window(time(10), time(17), time(12), SLOTS, "night", 90)
