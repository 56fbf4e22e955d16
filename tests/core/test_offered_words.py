"""Every word that the service teaches people to text is taken for what it is, and for no danger."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.content import load, load_patterns
from bot.core.conversation import Heard, respond
from bot.core.library import Message
from bot.core.model import Consent, Decision, Hold, OptOut, Question, RaiseFlag, Subscriber
from bot.core.reading import Danger, Reader, Reading, Reason
from bot.core.reading import OptOut as Meaning

MESSAGES = Path(__file__).parents[2] / "messages"
LIBRARY = load(MESSAGES)
READER = Reader(load_patterns(MESSAGES), LIBRARY.vocabulary())
NOW = datetime(2026, 12, 2, 15, 0, tzinfo=UTC)
SOMEBODY = Subscriber(1, Consent.GIVEN, "America/New_York", language="en")
OVERDOSE = {"od", "overdose"}
"""Topic words that are answered as danger first: nobody with an overdose may get an article."""
WORDS = [
    (name, word) for name, words in LIBRARY.vocabulary().items() for word in words
    if word not in OVERDOSE
]  # fmt: skip
ANSWERS = [
    (message, word)
    for programme in LIBRARY.programmes.values()
    for message in programme.messages
    if message.checkin is not None
    for answer in message.checkin.answers
    for word in (answer.value, *answer.words)
]


def answer(reading: Reading, who: Subscriber = SOMEBODY) -> Decision:
    return respond(who, Heard(reading), LIBRARY, NOW, False)


def asked(message: Message) -> Subscriber:
    return replace(SOMEBODY, question=Question(message.id, NOW - timedelta(hours=1)))


def alarms(decision: Decision) -> list[object]:
    return [c for c in decision.changes if isinstance(c, (RaiseFlag, OptOut))]


@pytest.mark.parametrize(("name", "word"), WORDS)
def test_a_keyword_is_no_danger_and_no_opt_out(name: str, word: str) -> None:
    decision = answer(READER.read(word))
    assert alarms(decision) == []
    held = any(isinstance(change, Hold) for change in decision.changes)
    assert not held or name == "delete", decision.rule


@pytest.mark.parametrize(("message", "word"), ANSWERS, ids=lambda a: getattr(a, "id", a))
def test_an_answer_to_a_check_in_is_that_answer(message: Message, word: str) -> None:
    decision = answer(READER.read(word), asked(message))
    assert decision.rule.startswith(f"check-in: {message.id} ")
    assert alarms(decision) == []


@pytest.mark.parametrize("word", sorted(OVERDOSE))
def test_a_phrase_for_danger_counts_whatever_topic_it_names(word: str) -> None:
    assert answer(READER.read(word)).rule == "danger: overdose"


@pytest.mark.parametrize(
    "reading",
    [
        Reading(danger=Danger.SUICIDE, danger_reason=Reason("weighed/suicide", "w")),
        Reading(danger=Danger.SUICIDE, danger_reason=Reason("suicide/wish", "w"), keyword="mood"),
        Reading(
            danger=Danger.SUICIDE, danger_reason=Reason("weighed/suicide", "w"),
            keyword="pause", rest="2 weeks",
        ),
    ],
)  # fmt: skip
def test_what_is_weighed_counts_in_everything_but_an_offered_word(reading: Reading) -> None:
    assert any(isinstance(change, RaiseFlag) for change in answer(reading).changes)


def test_an_offered_word_that_was_only_weighed_as_an_opt_out_is_what_it_is() -> None:
    weighed = Reading(
        keyword="menu", optout=Meaning.OPTOUT, optout_reason=Reason("weighed/optout", "list")
    )
    assert answer(weighed).rule != "opt-out: sentence"
    assert alarms(answer(replace(weighed, keyword=None))) != []
