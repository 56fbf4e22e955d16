"""The words as they are: clean under every rule, and what has been promised of them."""

from datetime import date

from bot.core.library import Library
from bot.linting import Report, check, wordings

CHECKED = date(2026, 11, 21)


def report(library: Library, articles: frozenset[str]) -> Report:
    return check(library, articles, CHECKED)


def test_no_rule_is_broken(library: Library, articles: frozenset[str]) -> None:
    assert [str(finding) for finding in report(library, articles).findings] == []


def test_two_thirds_of_the_pushed_texts_are_one_segment(
    library: Library, articles: frozenset[str]
) -> None:
    figures = report(library, articles).figures
    assert figures.pushed_in_one_segment >= 2 / 3 * figures.pushed
    assert figures.pushed == 39 + 14 + 6 + 6, "texts without welcomes, and the variants"


def test_the_texts_read_at_grade_six_or_below(library: Library, articles: frozenset[str]) -> None:
    figures = report(library, articles).figures
    assert figures.mean_grade < 3
    assert figures.highest_grade <= 6


def test_every_text_of_the_library_is_looked_at_once(library: Library) -> None:
    looked_at = [wording.message.id for wording in wordings(library)]
    assert sorted(looked_at) == sorted(library.by_id)


def test_no_reviewer_is_invented(library: Library) -> None:
    assert [message.id for message in library.by_id.values() if message.review] == []
