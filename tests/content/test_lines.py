"""Where things stand in a TOML text."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.lines import lines_of

MESSAGES = Path(__file__).parents[2] / "messages"
FILES = sorted(MESSAGES.rglob("*.toml"))


def value_at(data: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        data = data[step]
    return data


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(MESSAGES)))
def test_each_key_of_the_real_words_stands_where_it_is_said_to(file: Path) -> None:
    text = file.read_text("utf-8")
    data, lines = tomllib.loads(text), text.splitlines()
    found = lines_of(text)
    assert found
    for path, line in found.items():
        value_at(data, path)
        name = next(str(step) for step in reversed(path) if isinstance(step, str))
        assert name in lines[line - 1]


def test_nested_entries_have_lines_of_their_own() -> None:
    text = (
        "# a comment with [[message]] in it\n"
        '[[message]]\nid = "A"\ntext = """two\nlines = 1 # "not a key"\n"""\n'
        '[[message.answer]]\nvalue = "1"\nwords = [\n  "one", # [bracket\n  "two]",\n]\n'
        '[[message.answer]]\nvalue = "2"\n'
        '[[message]]\nid = "B"\nset = { a = "b" }\n[[message.answer]]\nvalue = "3"\n'
    )
    assert tomllib.loads(text)
    found = lines_of(text)
    assert found["message", 0, "text"] == 4
    assert found["message", 0, "answer", 0, "words"] == 9
    assert found["message", 0, "answer", 1, "value"] == 14
    assert found["message", 1] == 15
    assert found["message", 1, "answer", 0, "value"] == 19


WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Z"]), max_size=20)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[tuple[str | int, ...], int]]:
    """A TOML text of many tables, and the line of each key."""
    lines: list[str] = []
    expected: dict[tuple[str | int, ...], int] = {}
    for index in range(draw(st.integers(1, 5))):
        lines += [""] * draw(st.integers(0, 2)) + ["[[entry]]"]
        expected["entry", index] = len(lines)
        for key in draw(st.lists(st.sampled_from("abcdef"), unique=True, max_size=4)):
            expected["entry", index, key] = len(lines) + 1
            kind = draw(st.sampled_from(["plain", "list", "long"]))
            lines += written(key, kind, draw(WORDS))
    return "\n".join(lines), expected


def written(key: str, kind: str, words: str) -> list[str]:
    quoted = '"' + words.replace("\\", "").replace('"', '\\"').replace("\n", " ") + '"'
    if kind == "list":
        return [f"{key} = [", f"  {quoted}, # ]", f"  {quoted}", "]"]
    if kind == "long":
        return [f'{key} = """', words.replace("\\", "").replace('"', "'"), '"""  # more']
    return [f"{key} = {quoted} # {words.replace(chr(10), ' ')}"]


@given(documents())
def test_lines_are_right_whatever_stands_between_the_quotes(
    document: tuple[str, dict[tuple[str | int, ...], int]],
) -> None:
    text, expected = document
    tomllib.loads(text)
    found = lines_of(text)
    assert {path: found[path] for path in expected} == expected
