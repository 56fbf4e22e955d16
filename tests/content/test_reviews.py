"""A signature counts for the words that were read, and for no others."""

from dataclasses import replace
from datetime import date

import pytest

from bot.core.library import Library, Message, Review, fingerprint
from bot.linting import awaiting, unreviewed_safety
from tests.content.edits import Edit, system

SIGNED_ON = date(2026, 11, 20)


def signed(library: Library, name: str, text: str) -> Edit:
    return system(name, review=Review("A. Reader", SIGNED_ON, fingerprint(text)))


def test_a_text_awaits_review_until_its_words_are_signed(library: Library) -> None:
    text = library.system["crisis"].text
    edited = signed(library, "crisis", text)(library)
    assert "sys.crisis" in {message.id for message in awaiting(library)}
    assert "sys.crisis" not in {message.id for message in awaiting(edited)}
    assert "sys.crisis" not in {message.id for message in unreviewed_safety(edited)}


def test_a_text_that_changed_by_a_letter_awaits_review_again(library: Library) -> None:
    text = library.system["crisis"].text
    edited = signed(library, "crisis", text.replace("matter", "matters"))(library)
    assert "sys.crisis" in {message.id for message in unreviewed_safety(edited)}


@pytest.mark.parametrize(
    "id",
    ["sys.crisis", "sys.crisis.es", "sys.overdose", "sys.danger", "sys.danger.medical.es",
     "sys.under18", "sys.under18.es", "sys.medicine_stop", "sys.stop_crisis", "sys.pregnant",
     "SAFE.1", "SLIP.3", "R04.3", "R05", "T06", "R24", "sys.stop"],
)  # fmt: skip
def test_safety_rests_on_these(id: str, library: Library) -> None:
    assert id in {message.id for message in unreviewed_safety(library)}


def test_safety_does_not_rest_on_a_text_without_a_line_of_help(library: Library) -> None:
    on_safety = {message.id for message in unreviewed_safety(library)}
    assert on_safety.isdisjoint({"R02", "sys.menu_1", "sys.time_ask", "BRAIN.1", "T14.v1"})


def test_all_texts_signed_leave_nothing_to_wait_for(library: Library) -> None:
    def sign(message: Message) -> Message:
        return replace(message, review=Review("A. Reader", SIGNED_ON, message.fingerprint))

    only_system = replace(
        library,
        programmes={},
        topics={},
        system={name: sign(message) for name, message in library.system.items()},
    )
    assert awaiting(only_system) == ()
