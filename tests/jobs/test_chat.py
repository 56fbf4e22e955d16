"""`bot chat`, and the files it saves."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.commands.chat import command
from bot.core.library import Library
from bot.core.reading import Reader
from bot.crypto import Vault
from bot.dialogues import Dialogue, DialogueError, Turn, duration, play, read, write
from bot.handset import Handset
from bot.store.database import Database
from tests.jobs.conftest import MESSAGES


def chat(*arguments: str, typed: str) -> str:
    result = CliRunner().invoke(command, ["--messages", str(MESSAGES), *arguments], input=typed)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_chat_shows_what_comes_and_when() -> None:
    said = chat(typed="RECOVERY\n/next\n/state\n")
    assert "R01 · reply · 2 segments" in said
    assert "R02 · pushed · 1 segment" in said
    assert "Wed Dec 2" in said
    assert "'consent': 'given'" in said


def test_a_chat_shows_the_hours_of_the_person_also_when_they_move() -> None:
    said = chat(typed="RECOVERY\nZIP 99501\nMENU\n")
    assert "Tue Dec 1, 10:01" in said
    assert "Tue Dec 1, 06:03" in said


def test_a_saved_chat_is_a_dialogue_that_passes(
    tmp_path: Path, database: Database, vault: Vault, library: Library, reader: Reader
) -> None:
    file = tmp_path / "saved.toml"
    typed = 'RECOVERY\n/next\nhow "are" you\\ 🙃\n/wait 2 days\nSTOP\n/next\n/quit\n'
    chat("--save", str(file), "--title", "Hello", typed=typed)
    dialogue = read(file)
    assert dialogue.title == "Hello"
    assert [turn.expect for turn in dialogue.turns][:2] == [("R01",), ("R02",)]
    play(dialogue, Handset(database, vault, library, reader))


def test_what_cannot_be_done_is_said_and_the_chat_goes_on() -> None:
    said = chat(typed="/wait a bit\nMENU\n")
    assert "is no length of time" in said
    assert "sys.menu_1" in said


def test_a_number_of_no_person_is_refused() -> None:
    result = CliRunner().invoke(command, ["--number", "72345", "--messages", str(MESSAGES)])
    assert result.exit_code == 1
    assert "US or Canada" in result.output


@pytest.mark.parametrize(
    "wrong",
    [
        "title = 'x'",
        "turn = [{send = 'x'}]\ntitle = 'x'",
        "title = ",
        "title = 'x'\nturn = [{expect = [], x = 1}]",
    ],
)
def test_a_file_that_is_no_dialogue_is_said(tmp_path: Path, wrong: str) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(wrong)
    with pytest.raises(DialogueError, match=r"wrong\.toml is no dialogue"):
        read(file)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    turns = (Turn(("R01",), 'a "b" \\ é\n'), Turn((), wait="2 days"), Turn((), "", media=2))
    dialogue = Dialogue('A "title"', turns, "+12165550177", handles_stop=True, sign_up="recovery")
    file = tmp_path / "again.toml"
    file.write_text(write(dialogue), encoding="utf-8")
    assert read(file) == dialogue


def test_a_dialogue_that_goes_another_way_says_where(
    database: Database, vault: Vault, library: Library, reader: Reader
) -> None:
    handset = Handset(database, vault, library, reader)
    with pytest.raises(DialogueError, match=r"turn 1 .* expected .*R02.* got .*R01"):
        play(Dialogue("x", (Turn(("R02",), "RECOVERY"),)), handset)
    wrong = Turn(("sys.help",), "HELP", state={"consent": "withdrawn"})
    with pytest.raises(DialogueError, match=r"consent is 'given', not 'withdrawn'"):
        play(Dialogue("x", (wrong,)), handset)


@pytest.mark.parametrize("words", ["soon", "2", "2 moons", "next", ""])
def test_a_wait_is_a_number_and_a_unit(words: str) -> None:
    with pytest.raises(DialogueError):
        duration(words)
