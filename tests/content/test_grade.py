"""How hard a text is to read."""

import pytest

from bot.core.library import Library
from bot.linting.grade import grade, plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # 0.39 * words / sentences + 11.8 * syllables / words - 15.59, counted by hand
        ("The cat sat on the mat.", 0.39 * 6 / 1 + 11.8 * 6 / 6 - 15.59),
        ("It can help. You could ask.", 0.39 * 6 / 2 + 11.8 * 6 / 6 - 15.59),
        ("Treatment can help many.", 0.39 * 4 / 1 + 11.8 * (2 + 1 + 1 + 2) / 4 - 15.59),
        ("", 0.0),
        ("1-800-662-4357", 0.0),
    ],
)
def test_the_grade_is_that_of_the_formula(text: str, expected: float) -> None:
    assert grade(text) == pytest.approx(expected)


def test_hard_words_and_long_sentences_raise_the_grade() -> None:
    easy = "You could ask for help. It is free."
    long = "You could ask for help as it is free and you can call at any hour of any day or night."
    hard = "Comprehensive rehabilitation necessitates organisational participation."
    assert grade(easy) < grade(long) < grade(hard)


def test_numbers_medicines_and_names_are_set_aside(library: Library) -> None:
    text = "Buprenorphine helps: 1-800-662-4357 or FindTreatment.gov, in the U.S. too. Naloxone."
    words = plain(text, library)
    for name in ("Buprenorphine", "4357", "FindTreatment", "U.S.", "Naloxone"):
        assert name not in words


def test_a_contact_does_not_end_a_sentence_in_the_middle(library: Library) -> None:
    text = "You could look at FindTreatment.gov in the U.S. for a place."
    assert grade(plain(text, library)) == grade("You could look at in the for a place.")
