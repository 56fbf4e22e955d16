"""Dialogues as data: what somebody texts, how long they wait, and what must come.

The files in `tests/dialogues` are dialogues, and `bot chat --save` writes them.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.handset import SOMEBODY, START, Handset, Said

UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}


@dataclass(frozen=True, slots=True)
class Turn:
    """One step: something is texted, or time goes by; then what must have come."""

    expect: tuple[str, ...]
    send: str | None = None
    media: int = 0
    wait: str = ""
    state: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A file of `tests/dialogues`."""

    title: str
    turns: tuple[Turn, ...]
    number: str = SOMEBODY
    at: datetime = START
    handles_stop: bool = False
    sign_up: str = ""


class DialogueError(Exception):
    """A dialogue that can't be read, or that went another way; the message says which turn."""


def read(path: Path) -> Dialogue:
    """Read a dialogue file. Raises `DialogueError`."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        turns = tuple(
            Turn(**(turn | {"expect": tuple(turn["expect"])})) for turn in data.pop("turn")
        )
        return Dialogue(turns=turns, **data)
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise DialogueError(f"{path.name} is no dialogue: {error}") from None


def write(dialogue: Dialogue) -> str:
    """A dialogue as the text of a file."""
    lines = [f"title = {_quoted(dialogue.title)}"]
    if dialogue.number != SOMEBODY:
        lines.append(f"number = {_quoted(dialogue.number)}")
    if dialogue.at != START:
        lines.append(f"at = {dialogue.at.isoformat()}")
    if dialogue.handles_stop:
        lines.append("handles_stop = true")
    if dialogue.sign_up:
        lines.append(f"sign_up = {_quoted(dialogue.sign_up)}")
    for turn in dialogue.turns:
        lines += ["", "[[turn]]"]
        lines.append(
            f"wait = {_quoted(turn.wait)}" if turn.wait else f"send = {_quoted(turn.send)}"
        )
        if turn.media:
            lines.append(f"media = {turn.media}")
        lines.append(f"expect = [{', '.join(_quoted(came) for came in turn.expect)}]")
    return "\n".join(lines) + "\n"


def _quoted(value: str | None) -> str:
    return json.dumps(value or "", ensure_ascii=False)


def play(dialogue: Dialogue, handset: Handset) -> None:
    """Play a dialogue to its end. Raises `DialogueError` at the first turn that goes otherwise."""
    if dialogue.sign_up:
        handset.sign_up(dialogue.sign_up)
    for number, turn in enumerate(dialogue.turns, start=1):
        came = take_turn(turn, handset)
        where = f"turn {number} ({turn.wait or turn.send!r})"
        if tuple(said.message_id for said in came) != turn.expect:
            got = [said.message_id for said in came]
            raise DialogueError(f"{where}: expected {list(turn.expect)}, got {got}")
        state = handset.state()
        for name, wanted in turn.state.items():
            if name not in state or state[name] != wanted:
                raise DialogueError(f"{where}: {name} is {state.get(name)!r}, not {wanted!r}")


def take_turn(turn: Turn, handset: Handset) -> Sequence[Said]:
    """Do one step and hear what comes."""
    if turn.wait == "next push":
        return handset.next_push()
    if turn.wait:
        return handset.wait(duration(turn.wait))
    return handset.text(turn.send or "", turn.media)


def duration(words: str) -> timedelta:
    """ "48 hours", "7 days". Raises `DialogueError`."""
    found = re.fullmatch(r"(\d+) (\w+?)s?", words)
    if found is None or found[2] not in UNITS:
        raise DialogueError(f'"{words}" is no length of time: write "48 hours" or "next push"')
    return timedelta(seconds=int(found[1]) * UNITS[found[2]])
