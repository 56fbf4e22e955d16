"""The policy on readings made by hand: what decides, what is said, what changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.changes import EFFECTS
from bot.content import load
from bot.core.conversation import POLICY, Heard, respond
from bot.core.library import Library
from bot.core.model import (
    Change,
    Consent,
    Decision,
    EndProgrammes,
    Enrolment,
    EnrolmentState,
    Erase,
    Hold,
    KeepBody,
    OptOut,
    Question,
    RaiseFlag,
    Release,
    Subscriber,
)
from bot.core.reading import Danger, Reading, Reason
from bot.core.reading import OptOut as Meaning

LIBRARY = load(Path(__file__).parents[2] / "messages")
NOW = datetime(2026, 12, 2, 15, 0, tzinfo=UTC)
RECOVERY = Enrolment(
    1, "recovery", EnrolmentState.ACTIVE, ("R01",), NOW + timedelta(days=1), NOW - timedelta(days=1)
)
JOINED = Subscriber(
    1, Consent.GIVEN, "America/New_York", enrolments={"recovery": RECOVERY}, language="en"
)
STRANGER = Subscriber(2, zones="America/New_York")
GONE = Subscriber(3, Consent.WITHDRAWN, "America/New_York")


def decide(
    reading: Reading,
    who: Subscriber = JOINED,
    *,
    handles_stop: bool = False,
    empty: bool = False,
    library: Library = LIBRARY,
) -> Decision:
    return respond(who, Heard(reading, empty=empty), library, NOW, handles_stop)


def ids(decision: Decision) -> list[str]:
    return [reply.message.id for reply in decision.replies]


def kinds(decision: Decision) -> set[type]:
    return {type(change) for change in decision.changes}


readings = st.builds(
    Reading,
    danger=st.sampled_from(Danger),
    danger_reason=st.sampled_from([None, Reason("other/violence", "w"), Reason("x/seizure", "w")]),
    optout=st.sampled_from(Meaning),
    exact_optout=st.booleans(),
    keyword=st.sampled_from([None, *LIBRARY.vocabulary()]),
    keyword_candidates=st.sampled_from([(), ("mood",), ("pills", "treatment"), ("help", "hello")]),
    rest=st.sampled_from(["", "2 weeks", "noon", "44113", "treatment", "x"]),
    age=st.sampled_from([None, 14]),
    language=st.sampled_from(["en", "es"]),
    tapback=st.booleans(),
    normalized=st.sampled_from(["", "3", "no", "yes", "44113", "2", "noon", "i feel fine today"]),
)
CHOICES = {"start": "recovery treatment", "did_you_mean": "pills treatment"}
QUESTIONS = (
    "R04", "R37", "T11", "ask_stop", "delete_ask", "start", "feedback", "feedback_line",
    "did_you_mean", "time_ask", "zip_ask", "a message that has gone",
)  # fmt: skip


@st.composite
def somebody(draw: st.DrawFn) -> Subscriber:
    """People of every standing, with any question open."""
    asked = draw(st.sampled_from([None, *QUESTIONS]))
    hours_ago = draw(st.sampled_from([0, 1, 30, 49]))
    question = asked and Question(
        asked,
        NOW - timedelta(hours=hours_ago),
        draw(st.integers(0, 2)),
        CHOICES.get(asked, ""),
    )
    return replace(
        draw(st.sampled_from([JOINED, STRANGER, GONE])),
        question=question or None,
        tags=draw(st.sampled_from([{}, {"minor": "yes"}, {"matters": "family"}])),
        paused_until=draw(st.sampled_from([None, NOW + timedelta(days=3)])),
        held_until=draw(st.sampled_from([None, NOW + timedelta(hours=5)])),
        fallback_at=draw(st.sampled_from([None, NOW - timedelta(minutes=5)])),
    )


people = somebody()


@given(readings, people, st.booleans(), st.booleans())
def test_danger_is_always_answered_with_a_number_flagged_and_held(
    reading: Reading, who: Subscriber, handles_stop: bool, empty: bool
) -> None:
    reading = replace(reading, tapback=False)
    decision = decide(reading, who, handles_stop=handles_stop, empty=empty)
    if reading.danger is Danger.NONE:
        assert not any(isinstance(c, RaiseFlag) and c.kind != "feedback" for c in decision.changes)
        return
    (reply,) = decision.replies
    assert "911" in reply.text
    assert {RaiseFlag, Hold, KeepBody} <= kinds(decision)


@given(readings, people, st.booleans())
def test_whoever_says_no_is_off_the_list_and_hears_it_at_most_once(
    reading: Reading, who: Subscriber, handles_stop: bool
) -> None:
    reading = replace(reading, tapback=False)
    decision = decide(reading, who, handles_stop=handles_stop)
    says_no = reading.exact_optout or (
        reading.optout is Meaning.OPTOUT and reading.keyword != "delete"
    )
    if not says_no:
        return
    if who.consent is Consent.WITHDRAWN:
        assert OptOut not in kinds(decision)
        assert decision.replies == () or reading.danger is not Danger.NONE
    else:
        assert OptOut in kinds(decision)
        assert len(decision.replies) <= 1
        if decision.replies == ():
            assert handles_stop
            assert reading.exact_optout


@given(readings, people)
def test_after_an_opt_out_only_danger_help_start_and_delete_are_answered(
    reading: Reading, who: Subscriber
) -> None:
    who = replace(who, consent=Consent.WITHDRAWN, enrolments={})
    decision = decide(reading, who)
    if decision.replies:
        wanted = {reading.keyword, *reading.keyword_candidates}
        assert reading.danger is not Danger.NONE or wanted & {"help", "start", "delete"}
    assert len(decision.replies) <= 2


@given(readings, people, st.booleans(), st.booleans())
def test_every_reply_can_travel_whatever_was_read(
    reading: Reading, who: Subscriber, handles_stop: bool, empty: bool
) -> None:
    decision = decide(reading, who, handles_stop=handles_stop, empty=empty)
    for reply in decision.replies:
        assert reply.text
        assert "{" not in reply.text
    assert all(type(change) in EFFECTS for change in decision.changes)


def test_every_change_that_can_be_asked_for_has_an_effect() -> None:
    assert set(get_args(Change)) == set(EFFECTS)


def test_the_order_is_the_policy() -> None:
    said = [name for name, _ in POLICY]
    order = (
        "an exact opt-out", "overdose", "suicide", "other danger", "an opt-out in plain",
        "an unclear stop", "HELP", "START", "an age under 18", "JOIN", "DELETE", "an answer to a q",
        "an answer to a check-in", "programme keywords", "commands", "topics", "a typo",
        "the fallback",
    )  # fmt: skip
    places = [next(i for i, name in enumerate(said) if name.startswith(part)) for part in order]
    assert places == sorted(places)


def test_opt_out_and_danger_in_one_text_are_both_acted_on_the_opt_out_first() -> None:
    reading = Reading(danger=Danger.SUICIDE, optout=Meaning.OPTOUT, normalized="x")
    decision = decide(reading)
    assert ids(decision) == ["sys.stop_crisis"]
    assert isinstance(decision.changes[0], OptOut)


def test_where_the_carrier_confirms_the_danger_reply_does_not_confirm_again() -> None:
    reading = Reading(danger=Danger.SUICIDE, exact_optout=True, normalized="end")
    decision = decide(reading, handles_stop=True)
    assert ids(decision) == ["sys.crisis"]
    assert OptOut in kinds(decision)


@pytest.mark.parametrize(
    ("rule", "reply"),
    [
        ("other/violence", "sys.danger.violence"),
        ("other/es-violence", "sys.danger.violence"),
        ("other/pregnant", "sys.danger.medical"),
        ("other/child", "sys.danger"),
    ],
)
def test_other_danger_is_answered_by_its_kind(rule: str, reply: str) -> None:
    reading = Reading(danger=Danger.OTHER, danger_reason=Reason(rule, "words"))
    assert ids(decide(reading)) == [reply]


def test_an_age_beside_danger_ends_the_programmes_too() -> None:
    decision = decide(Reading(danger=Danger.SUICIDE, age=14))
    assert EndProgrammes in kinds(decision)
    assert ids(decision) == ["sys.crisis"]


def test_an_unclear_stop_that_answers_the_open_check_in_is_the_answer() -> None:
    asked = replace(JOINED, question=Question("R16", NOW - timedelta(hours=1)))
    no = Reading(optout=Meaning.UNCLEAR, normalized="no")
    assert ids(decide(no, asked)) == ["R16.N"]
    assert ids(decide(no)) == ["sys.ask_stop"]


def test_the_answer_to_the_question_gives_back_the_hold_that_danger_had_made() -> None:
    until = NOW + timedelta(hours=9)
    asked = replace(
        JOINED,
        held_until=NOW + timedelta(hours=23),
        question=Question("ask_stop", NOW - timedelta(hours=1), about=until.isoformat()),
    )
    keep = decide(Reading(optout=Meaning.UNCLEAR, normalized="no"), asked)
    assert Hold(until) in keep.changes
    passed = replace(asked, question=replace(asked.question or Question("", NOW), about=""))
    assert Release() in decide(Reading(normalized="no"), passed).changes


def test_delete_erases_only_while_its_question_is_open() -> None:
    delete = Reading(keyword="delete", normalized="delete")
    asked = replace(JOINED, question=Question("delete_ask", NOW - timedelta(hours=1)))
    late = replace(JOINED, question=Question("delete_ask", NOW - timedelta(hours=25)))
    assert Erase not in kinds(decide(delete))
    assert Erase in kinds(decide(delete, asked))
    assert Erase not in kinds(decide(delete, late))


def test_a_keyword_after_the_question_of_delete_keeps_everything() -> None:
    asked = replace(JOINED, question=Question("delete_ask", NOW - timedelta(hours=1)))
    decision = decide(Reading(keyword="menu", normalized="menu"), asked)
    assert ids(decision) == ["sys.menu_1", "sys.menu_2"]
    assert Release() in decision.changes


def test_short_words_do_not_change_the_language_and_sentences_do() -> None:
    spanish = replace(JOINED, language="es")
    stop = Reading(exact_optout=True, optout=Meaning.OPTOUT, normalized="stop")
    assert ids(decide(stop, spanish)) == ["sys.stop.es"]
    english = Reading(keyword="help", normalized="how does this work please tell me")
    assert ids(decide(english, spanish)) == ["sys.help"]


@pytest.mark.parametrize(
    ("keyword", "rest", "belongs"),
    [
        ("recovery", "is hard", False),
        ("recovery", "and treatment please", True),
        ("treatment", "plan", True),
        ("time", "with my kids", False),
        ("time", "2pm", True),
        ("start", "using again", False),
        ("start", "again please", True),
        ("pause", "until monday", True),
        ("pause", "button on my remote", False),
        ("more", "mood", True),
        ("more", "sleep than usual", False),
    ],
)
def test_a_sentence_that_begins_like_a_command_is_none(
    keyword: str, rest: str, belongs: bool
) -> None:
    said = Reading(keyword=keyword, rest=rest, normalized=f"{keyword} {rest}")
    assert (ids(decide(said, STRANGER)) != ["sys.fallback"]) is belongs


def test_a_command_is_clear_where_the_reading_of_it_as_a_no_is_not() -> None:
    fewer = Reading(keyword="fewer", optout=Meaning.UNCLEAR, normalized="fewer texts please")
    assert ids(decide(fewer)) == ["sys.fewer"]
