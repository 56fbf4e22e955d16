"""The small readings inside the conversation: answers, lengths of time, hours, medicines."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content import load
from bot.core.conversation import checkins, wording
from bot.core.conversation.care import _stops
from bot.core.conversation.settings import _days, _hour
from bot.core.library import CheckIn

LIBRARY = load(Path(__file__).parents[2] / "messages")
TUESDAY = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)


def checkin(id: str) -> CheckIn:
    found = LIBRARY.by_id[id].checkin
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("id", "said", "value"),
    [
        ("R04", "3", "3"),
        ("R04", "3)", "3"),
        ("R04", "three", "3"),
        ("R04", "HARD", "3"),
        ("R04", "3 rough day", "3"),
        ("R04", "its a 2", "2"),
        ("R04", "it was pretty rough", "3"),
        ("R04", "not good", "3"),
        ("R04", "not bad", "2"),
        ("R04", "so-so", "2"),
        ("R04", "not hard at all", None),
        ("R04", "3 days without", None),
        ("R04", "1 or 2", None),
        ("R04", "good and bad", None),
        ("R04", "my dealer called and i said no and it was a hard thing to do", None),
        ("R09", "b", "B"),
        ("R09", "c) money", "C"),
        ("R09", "C.", "C"),
        ("R09", "my family", "B"),
        ("R09", "a lot going on", None),
        ("R16", "Sí", "Y"),
        ("R16", "yes a bad week", "Y"),
        ("R16", "y", "Y"),
        ("R16", "nope", "N"),
        ("R16", "n", "N"),
        ("R32", "what is it?", "3"),
        ("R32", "yes", "1"),
        ("T11", "time", "2"),
        ("T11", "don't know where", "4"),
    ],
)
def test_an_answer_is_read_from_digits_letters_and_words(
    id: str, said: str, value: str | None
) -> None:
    answer = checkins.match(checkin(id), said)
    assert (answer.value if answer else None) == value


CHECKINS = [m.id for p in LIBRARY.programmes.values() for m in p.messages if m.checkin]


@pytest.mark.parametrize("id", CHECKINS)
def test_every_way_to_say_an_answer_is_that_answer(id: str) -> None:
    for answer in checkin(id).answers:
        for said in (answer.value, answer.value.lower(), f"{answer.value}.", *answer.words):
            found = checkins.match(checkin(id), said)
            assert found is answer, said


@given(st.sampled_from(CHECKINS), st.text())
def test_any_text_gives_one_answer_or_none(id: str, said: str) -> None:
    found = checkins.match(checkin(id), said)
    assert found is None or found in checkin(id).answers


@pytest.mark.parametrize(
    ("rest", "days"),
    [
        ("", 7),
        ("2 weeks", 14),
        ("for 2 weeks", 14),
        ("two weeks", 14),
        ("a week", 7),
        ("10 days", 10),
        ("3d", 3),
        ("1 month", 30),
        ("until monday", 6),
        ("until tuesday", 7),
        ("until tues", 7),
        ("til tomorrow", 1),
        ("until dec 15", 14),
        ("until december 15th", 14),
        ("until feb 30", 7),
        ("until nov 30", 364),
        ("please", 7),
        ("5", 5),
    ],
)
def test_a_pause_is_as_long_as_the_words_say(rest: str, days: int) -> None:
    assert _days(rest, TUESDAY) == days


@given(st.text())
def test_any_words_after_pause_make_some_length(rest: str) -> None:
    assert isinstance(_days(rest, TUESDAY), int)


@pytest.mark.parametrize(
    ("words", "hour"),
    [
        ("6pm", time(18)),
        ("6 pm", time(18)),
        ("2", time(14)),
        ("11", time(11)),
        ("2:30", time(14, 30)),
        ("2 30 pm", time(14, 30)),
        ("14:30", time(14, 30)),
        ("at 10 a.m.", time(10)),
        ("12pm", time(12)),
        ("12am", time(0)),
        ("99", None),
        ("later", None),
    ],
)
def test_an_hour_is_read_as_people_write_it(words: str, hour: time | None) -> None:
    assert _hour(words) == hour


@given(st.text())
def test_any_words_are_an_hour_or_none(words: str) -> None:
    found = _hour(words)
    assert found is None or isinstance(found, time)


@pytest.mark.parametrize(
    ("said", "stops"),
    [
        ("i want to stop my methadone", True),
        ("thinking of coming off suboxone", True),
        ("suboxone cold turkey", True),
        ("i quit pills and started methadone", False),
        ("methadone helped me stop using", False),
        ("is methadone safe", False),
        ("i want to stop", False),
    ],
)
def test_stopping_a_medicine_is_told_from_a_medicine_that_helps_to_stop(
    said: str, stops: bool
) -> None:
    assert _stops(said.split()) is stops


def test_days_and_hours_are_said_as_people_say_them() -> None:
    at = datetime(2026, 12, 2, 4, 30, tzinfo=UTC)
    assert wording.day(at, "America/New_York") == "Tue, Dec 1"
    assert wording.due(at, "America/New_York", "morning") == "Tue, Dec 1, morning"
    assert wording.due(at, "", "14:30") == "Wed, Dec 2, 2:30 PM"
    assert wording.zone_name("America/Chicago America/New_York") == "Central time"
    assert wording.zone_name("America/Adak") == "Adak time"
