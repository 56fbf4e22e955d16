"""What docs/content.md tells a clinician to do works."""

import re
import shlex
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.commands.messages import command
from bot.content import load
from bot.linting import RULES, check
from tests.content.conftest import MESSAGES

PAGE = (MESSAGES.parent / "docs" / "content.md").read_text("utf-8")
COMMANDS = sorted(set(re.findall(r"^bot (messages .*)$", PAGE, re.MULTILINE)))


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_page_works(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = shlex.split(line)[1:]
    result = CliRunner().invoke(command, arguments, env={"MESSAGES_DIR": str(MESSAGES)})
    assert result.exit_code == 0, result.output


def test_all_three_commands_are_on_the_page() -> None:
    assert {line.split()[1] for line in COMMANDS} == {"check", "sheet", "calendar"}


def test_the_topic_of_the_page_can_be_added_as_it_stands(
    messages: Path, articles: frozenset[str]
) -> None:
    topic = next(block for block in _blocks("toml") if "[[topic]]" in block)
    with (messages / "topics" / "mind.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n{topic}")
    library = load(messages)
    report = check(library, articles, date(2026, 11, 21))
    assert library.topics["sleep"].messages
    assert [str(finding) for finding in report.errors] == []


def test_the_exception_of_the_page_names_a_rule() -> None:
    named = re.search(r"^allow = \{ ([\w-]+) = ", PAGE, re.MULTILINE)
    assert named
    assert named[1] in {rule.name for rule in RULES}


def test_every_file_of_the_words_is_on_the_page() -> None:
    for path in MESSAGES.iterdir():
        assert path.name in PAGE or f"{path.name}/" in PAGE


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
