"""Facts carry over from the articles, sentences do not."""

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.core.library import Library
from bot.linting import RULES, check, shingles
from tests.content.edits import on_demand

ARTICLE = "It was a bright cold day in April, and the clocks were striking thirteen."
RULE = tuple(rule for rule in RULES if rule.name == "six-word-run")
TODAY = date(2026, 11, 21)


def hashes(text: str) -> frozenset[str]:
    return frozenset(found for _, found in shingles.runs(text))


@pytest.mark.parametrize(
    ("text", "copied"),
    [
        ("They say the clocks were striking thirteen, and that is late.", False),
        ("They say and the clocks were striking thirteen.", True),
        ("A BRIGHT, cold day - in April! It can help.", True),
        ("A cold, bright day in April it was.", False),
    ],
)
def test_six_words_in_a_row_are_a_copy_whatever_the_marks_between(
    text: str, copied: bool, library: Library
) -> None:
    findings = check(on_demand(text)(library), hashes(ARTICLE), TODAY, RULE).findings
    assert bool(findings) == copied
    assert all("stands in an article" in finding.says for finding in findings)


def test_the_name_of_the_service_is_no_part_of_a_run(library: Library) -> None:
    programme = library.programmes["recovery"]
    message = replace(programme.messages[1], text="Harbor: were striking thirteen")
    changed = replace(programme, messages=(programme.messages[0], message))
    edited = replace(library, programmes={"recovery": changed})
    runs = hashes("Harbor were striking thirteen or so")
    assert check(edited, runs, TODAY, RULE).findings == ()


def test_apostrophes_of_either_kind_count_for_nothing() -> None:
    curly, straight = "you don\u2019t have to do it alone", "you don't have to do it alone"
    assert hashes(curly) == hashes(straight)


def test_the_file_holds_hashes_only(articles: frozenset[str]) -> None:
    assert len(articles) > 4000
    assert all(len(found) == 10 and int(found, 16) >= 0 for found in articles)


def test_the_script_makes_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE, "utf-8")
    made = subprocess.run(
        [sys.executable, "-m", "bot.linting.shingles", str(tmp_path / "a.txt")],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    (tmp_path / "made").write_text(made, "ascii")
    assert shingles.read(tmp_path / "made") == hashes(ARTICLE)
    assert made.splitlines() == sorted(made.splitlines())
