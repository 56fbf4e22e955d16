"""`bot messages`: check, sheet, calendar."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.commands.messages import command
from bot.core.library import Library
from tests.content.conftest import MESSAGES

Spoil = Callable[[str, str, str], int]
RECOVERY_DAYS = [
    1, 2, 3, 4, 5, 6, 7,
    8, 9, 11, 12, 14,
    15, 16, 18, 19, 21,
    22, 24, 26, 28,
    29, 31, 33, 35,
    36, 38, 40, 42,
    43, 46, 49,
    51, 53, 56,
    58, 60, 63,
    66, 70,
]  # fmt: skip
TREATMENT_DAYS = [1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 21, 24, 27, 30, 35]
RECOVERY = {f"R{n:02}": day for n, day in enumerate(RECOVERY_DAYS, start=1)}
TREATMENT = {f"T{n:02}": day for n, day in enumerate(TREATMENT_DAYS, start=1)}


def run(*arguments: str, messages: Path = MESSAGES) -> Result:
    return CliRunner().invoke(command, [arguments[0], "--messages", str(messages), *arguments[1:]])


def calendar(*arguments: str) -> dict[str, tuple[int, str, str]]:
    """What the table shows: text -> day, date, local time."""
    result = run("calendar", "--joined", "2026-12-01", "--zip", "44113", *arguments)
    assert result.exit_code == 0, result.output
    form = re.compile(r"│\s+(\d+) │ (\w{3} \d\d \w{3} \d{4}) │ (\d\d:\d\d)(?: reply)?\s*│ (\S+)")
    found = [form.match(line) for line in result.output.splitlines()]
    return {row[4].partition(".")[0]: (int(row[1]), row[2], row[3]) for row in found if row}


def days(*arguments: str) -> dict[str, int]:
    return {name: day for name, (day, _, _) in calendar(*arguments).items()}


def test_the_check_is_quiet_about_the_real_words(library: Library) -> None:
    result = run("check", "--on", "2026-11-21")
    assert result.exit_code == 0
    assert result.output.startswith(f"{len(library.by_id)} texts, ")
    assert " 0 errors, 0 warnings" in result.output
    assert f"{len(library.by_id)} texts await review" in result.output


def test_the_check_names_file_line_rule_and_what_to_write(messages: Path, spoil: Spoil) -> None:
    line = spoil("programmes/recovery.toml", "Kind words to yourself", "You must be kind! Words")
    result = run("check", "--on", "2026-11-21", messages=messages)
    assert result.exit_code == 1
    start = f"messages/programmes/recovery.toml:{line}: error:"
    assert f'{start} no-orders: R03: "must": "you could", "it can help". Offer' in result.output
    assert f"{start} no-exclamation: R03: " in result.output
    assert " 2 errors" in result.output


def test_resources_that_were_long_not_checked_warn_and_do_not_fail(library: Library) -> None:
    result = run("check", "--on", "2027-06-01")
    assert result.exit_code == 0
    assert re.search(r"resources\.toml:\d+: warning: resource-checked: lifeline", result.output)
    assert f" 0 errors, {len(library.resources)} warnings" in result.output


def test_words_that_can_not_be_loaded_are_named_and_fail(messages: Path, spoil: Spoil) -> None:
    line = spoil("topics/mind.toml", 'synonyms = ["depression"', 'synonyms = [5, "depression"')
    spoil("reading/suicide.toml", "says = [", "sais = [")
    result = run("check", messages=messages)
    assert result.exit_code == 1
    assert f'messages/topics/mind.toml:{line}: "synonyms" must hold' in result.output
    assert "messages/reading/suicide.toml" in result.output
    assert isinstance(result.exception, SystemExit)


def test_a_check_without_the_hashes_of_the_articles_fails(messages: Path) -> None:
    (messages / "articles.shingles").unlink()
    result = run("check", messages=messages)
    assert result.exit_code == 1
    assert "messages/articles.shingles:1: can't be read" in result.output


def test_a_signed_text_no_longer_awaits_review(
    messages: Path, spoil: Spoil, library: Library
) -> None:
    of = library.by_id["SAFE.2"].fingerprint
    line = f'review = {{ by = "A. Reader", on = 2026-11-20, of = "{of}" }}'
    spoil("topics/safety.toml", 'text = "Naloxone can', f'{line}\ntext = "Naloxone can')
    result = run("check", "--on", "2026-11-21", messages=messages)
    assert f"{len(library.by_id) - 1} texts await review" in result.output
    spoil("topics/safety.toml", "Naloxone can turn", "Naloxone could turn")
    result = run("check", "--on", "2026-11-21", messages=messages)
    assert f"{len(library.by_id)} texts await review" in result.output
    assert "warning: stale-review: SAFE.2: A. Reader signed" in result.output


def test_the_sheet_is_written_where_it_is_wanted(tmp_path: Path) -> None:
    result = run("sheet", "--out", str(tmp_path / "review.html"), "--on", "2026-11-21")
    assert result.exit_code == 0
    assert (tmp_path / "review.html").read_text("utf-8").startswith("<!doctype html>")


def test_the_recovery_programme_keeps_its_days() -> None:
    assert days("--programme", "recovery", "--slot", "evening") == RECOVERY


def test_the_treatment_programme_keeps_its_days() -> None:
    assert days("--programme", "treatment", "--slot", "evening") == TREATMENT


def test_both_programmes_send_one_text_a_day_and_treatment_keeps_its_days() -> None:
    found = calendar("--programme", "recovery", "--programme", "treatment")
    assert set(found) == {*RECOVERY, *TREATMENT}
    assert {name: day for name, (day, _, _) in found.items() if name in TREATMENT} == TREATMENT
    dates = [date for name, (_, date, _) in found.items() if name not in ("R01", "T01")]
    assert len(set(dates)) == len(dates)


def test_times_are_local_and_later_on_a_sunday() -> None:
    morning = calendar("--programme", "recovery", "--slot", "morning")
    assert morning["R02"] == (2, "Wed 02 Dec 2026", "10:00")
    assert morning["R06"] == (6, "Sun 06 Dec 2026", "12:00")
    evening = calendar("--programme", "recovery", "--slot", "evening")
    assert evening["R02"] == (2, "Wed 02 Dec 2026", "15:15")


def test_a_pause_sends_nothing_while_it_lasts() -> None:
    found = calendar("--programme", "recovery", "--pause", "2026-12-03:7")
    dates = {date[4:10] for _, date, _ in found.values()}
    assert dates.isdisjoint({f"{day:02} Dec" for day in range(4, 10)})
    assert list(found) == list(RECOVERY)


def test_fewer_takes_longer_for_the_same_texts() -> None:
    found = days("--programme", "recovery", "--pace", "fewer")
    assert list(found) == list(RECOVERY)
    assert found["R40"] > 2 * 70 - 10


@pytest.mark.parametrize(
    ("answer", "there", "not_there"),
    [
        ("T04=2", "T14", None),
        ("T04=in care", "T15", "T14"),
    ],
)
def test_an_answer_changes_what_comes(answer: str, there: str, not_there: str | None) -> None:
    found = days("--programme", "treatment", "--answer", answer)
    plain = days("--programme", "treatment")
    assert found[there] < plain[there]
    assert not_there not in found


def test_answers_add_up_they_join_the_monthly_notes_and_change_the_words() -> None:
    both = ("--programme", "recovery", "--answer", "R40=yes", "--answer", "r09=family")
    found = days(*both)
    assert found["N06"] == 70 + 179
    output = run("calendar", "--joined", "2026-12-01", *both).output
    assert "You said family matters most." in output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--programme", "nothing"], "there is no programme nothing"),
        (["--programme", "recovery", "--zip", "00000"], "no time zone is known"),
        (["--programme", "recovery", "--slot", "night"], "there is no slot night"),
        (["--programme", "recovery", "--answer", "R05=1"], "R05 is no check-in"),
        (["--programme", "recovery", "--answer", "R04=9"], "R04 is answered with 1, 2, 3"),
        (["--programme", "treatment", "--answer", "R04=1"], "not sent to this person: R04"),
        (["--programme", "recovery", "--pause", "soon"], "write a pause like"),
        (["--programme", "recovery", "--slot", "03:00"], None),
    ],
)
def test_what_can_not_be_shown_is_said(arguments: list[str], says: str | None) -> None:
    result = run("calendar", "--joined", "2026-12-01", *arguments)
    assert isinstance(result.exception, SystemExit) or result.exception is None
    if says:
        assert result.exit_code != 0
        assert says in " ".join(result.output.replace("│", " ").split())
