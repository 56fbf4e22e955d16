"""`bot read` reads one text a line and prints one JSON object a line."""

import json
from pathlib import Path

from click.testing import CliRunner

from bot.commands.read import command

ROOT = Path(__file__).parents[2]
PLACES = ["--messages", str(ROOT / "messages"), "--corpora", str(ROOT / "tests/corpora")]


def test_each_line_gets_one_object() -> None:
    result = CliRunner().invoke(command, PLACES, input="STOP i want to die\nmenu\n")
    stop, menu = [json.loads(line) for line in result.output.splitlines()]
    assert (stop["danger"], stop["optout"]) == ("suicide", "optout")
    assert stop["reason"]["danger"]["rule"].startswith("suicide/")
    assert menu["keyword"] == "menu"
    assert menu["reason"] == {"danger": None, "optout": None}


def test_a_json_string_may_hold_line_breaks() -> None:
    result = CliRunner().invoke(command, [*PLACES, "--json"], input='"stop\\ntexting me"\n')
    assert json.loads(result.output)["optout"] == "optout"


def test_a_line_that_is_not_a_json_string_is_named() -> None:
    result = CliRunner().invoke(command, [*PLACES, "--json"], input='"ok"\n7\n')
    assert result.exit_code == 1
    assert "line 2 is not a JSON string" in result.output
