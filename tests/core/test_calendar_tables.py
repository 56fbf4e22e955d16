"""The curriculum day by day: what the tables of the editors say is what a person gets."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.content import load
from bot.core.calendar import Change, Row, Window, calendar
from bot.core.library import Library

NEW_YORK = "America/New_York"
JOINED_AT = datetime(2026, 12, 1, 19, 30, tzinfo=ZoneInfo(NEW_YORK)).astimezone(UTC)
JOINED_ON = date(2026, 12, 1)

RECOVERY = dict(zip(
    [f"R{n:02}" for n in range(1, 41)],
    [1, 2, 3, 4, 5, 6, 7,
     8, 9, 11, 12, 14,
     15, 16, 18, 19, 21,
     22, 24, 26, 28,
     29, 31, 33, 35,
     36, 38, 40, 42,
     43, 46, 49,
     51, 53, 56,
     58, 60, 63,
     66, 70],
    strict=True,
))  # fmt: skip
TREATMENT = dict(zip(
    [f"T{n:02}" for n in range(1, 16)],
    [1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 21, 24, 27, 30, 35],
    strict=True,
))  # fmt: skip
MONTHLY = {"N01": 30, "N02": 60, "N03": 90, "N04": 120, "N05": 150, "N06": 180}


@pytest.fixture(scope="module")
def library() -> Library:
    return load(Path(__file__).parents[2] / "messages")


def preview(
    library: Library, *ids: str, changes: tuple[Change, ...] = (), pace: str = "standard"
) -> list[Row]:
    return calendar(
        [library.programmes[name] for name in ids],
        JOINED_AT,
        NEW_YORK,
        "evening",
        pace,
        Window.of(library.service),
        changes=changes,
        also=list(library.programmes.values()),
    )


def by_day(rows: list[Row]) -> dict[str, int]:
    return {row.message.id.partition(".")[0]: (row.on - JOINED_ON).days + 1 for row in rows}


def day(number: int, hour: int = 20) -> datetime:
    wall = datetime.combine(JOINED_ON + timedelta(days=number - 1), time(hour))
    return wall.replace(tzinfo=ZoneInfo(NEW_YORK)).astimezone(UTC)


@pytest.mark.parametrize(
    ("programme", "table"),
    [("recovery", RECOVERY), ("treatment", TREATMENT)],
)
def test_a_programme_keeps_the_days_of_its_table(
    library: Library, programme: str, table: dict[str, int]
) -> None:
    rows = preview(library, programme)
    assert by_day(rows) == table
    assert [row.position for row in rows] == list(range(1, len(table) + 1))
    assert {row.due_local.time() for row in rows[1:]} == {time(15, 15)}


def test_the_welcome_is_the_answer_to_joining(library: Library) -> None:
    welcome = preview(library, "recovery")[0]
    assert (welcome.message.id, welcome.due_at, welcome.closes_at) == ("R01", JOINED_AT, None)


def test_the_monthly_notes_come_for_six_months_after_joining_them(library: Library) -> None:
    assert by_day(preview(library, "monthly")) == MONTHLY


def test_the_paces_by_week(library: Library) -> None:
    for programme, weeks in (
        ("recovery", [7, 5, 5, 4, 4, 4, 3, 3, 3, 2]),
        ("treatment", [4, 4, 3, 2, 2]),
    ):
        days = by_day(preview(library, programme)).values()
        counted = [sum((day - 1) // 7 == week for day in days) for week in range(len(weeks))]
        assert counted == weeks


def test_both_programmes_share_the_days_and_treatment_goes_first(library: Library) -> None:
    rows = preview(library, "recovery", "treatment")
    pushed = [row for row in rows if row.closes_at]
    days = [row.on for row in pushed]
    assert len(set(days)) == len(days)
    found = by_day(rows)
    assert {name: found[name] for name in TREATMENT} == TREATMENT
    assert {name: found[name] for name in ("R02", "R03", "R04", "R05", "R06", "R07")} == {
        "R02": 3, "R03": 5, "R04": 7, "R05": 9, "R06": 11, "R07": 13,
    }  # fmt: skip
    assert set(found) == {*RECOVERY, *TREATMENT}
    assert [name for name in found if name.startswith("R")] == list(RECOVERY)


def test_fewer_doubles_the_distance_from_the_day_it_is_asked_for(library: Library) -> None:
    found = by_day(preview(library, "recovery", changes=(Change(day(3), pace="fewer"),)))
    assert [found[f"R{n:02}"] for n in range(1, 8)] == [1, 2, 3, 5, 7, 9, 11]


def test_weekly_means_one_a_week(library: Library) -> None:
    days = list(by_day(preview(library, "treatment", pace="weekly")).values())
    assert days == [1 + 7 * n for n in range(15)]


def test_more_never_means_two_a_day(library: Library) -> None:
    days = list(by_day(preview(library, "treatment", pace="more")).values())
    gaps = [b - a for a, b in pairwise(days)]
    assert gaps == [max(1, b - a - 1) for a, b in pairwise(TREATMENT.values())]


def test_a_pause_puts_off_what_was_due_and_the_rest_follows_at_its_distance(
    library: Library,
) -> None:
    paused = Change(day(5), paused_until=day(12))
    found = by_day(preview(library, "recovery", changes=(paused,)))
    assert [found[f"R{n:02}"] for n in (4, 5, 6, 7, 8)] == [4, 5, 13, 14, 15]
    assert list(found) == list(RECOVERY)


def test_a_pause_that_ends_minutes_into_the_slot_holds_to_its_end(library: Library) -> None:
    ends = day(12, 15) + timedelta(minutes=18)
    rows = preview(library, "recovery", changes=(Change(day(5), paused_until=ends),))
    after = next(row for row in rows if row.message.id == "R06")
    assert after.due_at >= ends


def test_resume_ends_a_pause(library: Library) -> None:
    changes = (Change(day(5), paused_until=day(12)), Change(day(7), paused_until=day(7)))
    found = by_day(preview(library, "recovery", changes=changes))
    assert [found[f"R{n:02}"] for n in (5, 6, 7)] == [5, 8, 9]


def test_another_time_of_day_counts_from_the_next_text(library: Library) -> None:
    rows = preview(library, "recovery", changes=(Change(day(3), slot="noon"),))
    assert [row.due_local.time() for row in rows[1:5]] == [
        time(15, 15), time(15, 15), time(12, 30), time(12, 30),
    ]  # fmt: skip


def test_a_visit_that_is_coming_brings_the_questions_forward(library: Library) -> None:
    rows = preview(library, "treatment", changes=(Change(day(6), tags={"stage": "visit"}),))
    ids = [row.message.id.partition(".")[0] for row in rows]
    assert ids[3:6] == ["T04", "T14", "T05"]
    assert [row.on for row in rows] == [
        JOINED_ON + timedelta(days=number - 1) for number in TREATMENT.values()
    ]


def test_someone_in_care_gets_the_last_text_on_the_day_of_the_one_before(
    library: Library,
) -> None:
    found = by_day(preview(library, "treatment", changes=(Change(day(6), tags={"stage": "care"}),)))
    assert "T14" not in found
    assert found["T15"] == TREATMENT["T14"]


def test_the_monthly_notes_go_on_from_the_goodbye(library: Library) -> None:
    rows = preview(library, "recovery", changes=(Change(day(70), join="monthly"),))
    assert [row.message.id for row in rows[-6:]] == list(MONTHLY)
    assert by_day(rows[-6:])["N01"] == 70 + 29
