"""Which message is next, and how far away: also when the content changes under people."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.calendar import (
    PACES,
    days_of,
    gap_days,
    next_message,
    one_a_day,
    repaced,
    step,
    wanted_after,
)
from bot.core.library import Message, Programme


def programme(*messages: Message, id: str = "recovery", priority: int = 2) -> Programme:
    return Programme(id, id.upper(), (), f"the {id} texts", priority, messages)


def plain(*ids: str) -> tuple[Message, ...]:
    return tuple(Message(name, name, day=n) for n, name in enumerate(ids, 1))


CARE = programme(
    Message("T01", "one", day=1),
    Message("T02", "two", day=2),
    Message("T13", "thirteen", day=27),
    Message("T14", "find", day=30, skip_when={"stage": "care"}, forward_when={"stage": "visit"}),
    Message("T15", "stay", day=35),
)


def play(course: Programme, received: tuple[str, ...], tags: dict[str, str]) -> list[str]:
    ids = []
    while message := next_message(course, (*received, *ids), tags):
        ids.append(message.id)
    return ids


def test_messages_come_in_the_order_of_the_programme() -> None:
    assert play(CARE, (), {}) == ["T01", "T02", "T13", "T14", "T15"]


def test_a_tag_brings_a_message_forward_once() -> None:
    assert play(CARE, ("T01",), {"stage": "visit"}) == ["T14", "T02", "T13", "T15"]


def test_a_tag_skips_a_message_and_the_next_falls_on_its_day() -> None:
    assert play(CARE, ("T01", "T02"), {"stage": "care"}) == ["T13", "T15"]
    taken = step(CARE, ("T01", "T02"), {"stage": "care"}, "standard", date(2026, 12, 27))
    assert taken
    assert taken.next_on == date(2026, 12, 30)


def test_another_value_of_the_tag_changes_nothing() -> None:
    assert play(CARE, (), {"stage": "tried"}) == ["T01", "T02", "T13", "T14", "T15"]


def test_a_message_put_in_before_what_was_received_still_comes() -> None:
    course = programme(*plain("A", "B", "NEW", "C", "D"))
    assert play(course, ("A", "B", "C"), {}) == ["NEW", "D"]


def test_a_message_that_has_gone_does_not_come_and_nothing_comes_twice() -> None:
    course = programme(*plain("A", "C", "B"))
    assert play(course, ("A", "B", "GONE"), {}) == ["C"]


def test_the_last_message_completes_the_programme() -> None:
    course = programme(*plain("A", "B"))
    taken = step(course, ("A",), {}, "standard", date(2026, 12, 2))
    assert taken
    assert (taken.message.id, taken.received, taken.next_on) == ("B", ("A", "B"), None)
    assert step(course, ("A", "B"), {}, "standard", date(2026, 12, 3)) is None


@given(
    st.permutations([f"M{n}" for n in range(12)]),
    st.lists(st.sampled_from([f"M{n}" for n in range(15)]), unique=True),
)
def test_whatever_was_received_everything_else_comes_once_in_order(
    order: list[str], received: list[str]
) -> None:
    course = programme(*plain(*order))
    assert play(course, tuple(received), {}) == [name for name in order if name not in received]


@pytest.mark.parametrize(
    ("pace", "gaps"),
    [
        ("standard", [1, 2, 3, 7, 14]),
        ("fewer", [2, 4, 6, 14, 28]),
        ("weekly", [7, 7, 7, 7, 14]),
        ("more", [1, 1, 2, 6, 13]),
    ],
)
def test_a_pace_sets_the_days_between(pace: str, gaps: list[int]) -> None:
    days = (1, 2, 4, 7, 14, 28)
    assert [gap_days(days, position, pace) for position in range(1, 6)] == gaps


def test_without_a_welcome_the_first_day_counts_from_joining() -> None:
    assert gap_days((30, 60, 90), 0, "standard") == 29
    assert gap_days((30, 60, 90), 1, "standard") == 30


@given(
    st.lists(st.integers(1, 400), max_size=50),
    st.integers(0, 60),
    st.sampled_from(PACES),
)
def test_no_pace_ever_means_more_than_one_a_day(days: list[int], position: int, pace: str) -> None:
    assert gap_days(days, position, pace) >= 1
    assert gap_days(days, position, "fewer") >= 2
    assert gap_days(days, position, "weekly") >= 7


def test_past_the_end_of_a_programme_that_shrank_the_last_distance_goes_on() -> None:
    assert gap_days((1, 2, 5), 9, "standard") == 3
    assert gap_days((), 3, "standard") == 1
    assert gap_days((1,), 1, "standard") == 1


def test_a_message_without_a_day_follows_the_one_before_by_a_day() -> None:
    course = programme(Message("A", "a", day=3), Message("B", "b"), Message("C", "c", day=9))
    assert days_of(course) == (3, 4, 9)


def test_a_change_of_pace_moves_what_is_wanted_by_the_difference() -> None:
    course = programme(*(Message(f"M{day}", "m", day=day) for day in (1, 4, 8)))
    wanted = wanted_after(course, 1, "standard", date(2026, 12, 1))
    assert wanted == date(2026, 12, 4)
    assert repaced(course, 1, wanted, "standard", "fewer") == date(2026, 12, 7)
    assert repaced(course, 1, date(2026, 12, 7), "fewer", "more") == date(2026, 12, 3)


def test_on_a_day_that_two_want_the_lower_number_goes_and_the_other_moves_back() -> None:
    both = {
        "recovery": programme(priority=2),
        "treatment": programme(id="treatment", priority=1),
        "monthly": programme(id="monthly", priority=3),
    }
    first, second, third = date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 3)
    assert one_a_day({"recovery": first, "treatment": first}, both) == {
        "treatment": first,
        "recovery": second,
    }
    assert one_a_day({"recovery": first, "treatment": second, "monthly": first}, both) == {
        "treatment": second,
        "recovery": first,
        "monthly": third,
    }


@given(st.lists(st.dates(date(2026, 1, 1), date(2026, 1, 9)), min_size=1, max_size=6))
def test_one_a_day_gives_each_its_own_day_and_none_an_earlier_one(dates: list[date]) -> None:
    known = {f"p{n}": programme(id=f"p{n}", priority=n) for n in range(len(dates))}
    wanted = {f"p{n}": on for n, on in enumerate(dates)}
    kept = one_a_day(wanted, known)
    assert len(set(kept.values())) == len(dates)
    assert all(kept[name] >= wanted[name] for name in wanted)
    assert kept["p0"] == wanted["p0"]
