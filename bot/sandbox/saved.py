"""Keeps the look-alike's memory in a file, for one that is stopped and started again."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bot.sandbox.model import Event, Message
from bot.sandbox.state import State, Tally

_INSTANTS = ("created_at", "updated_at", "sent_at")


def save(state: State, path: Path) -> None:
    """Write messages, block list, deactivations and ledger; the file is replaced as a whole."""
    with state.lock:
        content = {
            "messages": [asdict(message) for message in state.messages.values()],
            "tallies": [asdict(tally) for tally in state.tallies()],
            "blocked": sorted(state.blocked),
            "deactivated": {day.isoformat(): n for day, n in state.deactivated.items()},
        }
    beside = path.with_name(f"{path.name}.new")
    beside.write_text(json.dumps(content, default=datetime.isoformat))
    beside.replace(path)


def load(state: State, path: Path) -> None:
    """Take over what an earlier look-alike saved; a file that is not there changes nothing."""
    if not path.exists():
        return
    content = json.loads(path.read_text())
    state.restore(
        [_message(values) for values in content["messages"]],
        [Tally(**values) for values in content["tallies"]],
    )
    state.blocked.update(content["blocked"])
    for day, numbers in content["deactivated"].items():
        state.deactivated[date.fromisoformat(day)] = numbers


def _message(values: dict[str, Any]) -> Message:
    events = [
        Event(datetime.fromisoformat(event["at"]), event["kind"], event["detail"])
        for event in values.pop("events")
    ]
    for name in _INSTANTS:
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    return Message(**{**values, "events": events, "born": 0.0})
