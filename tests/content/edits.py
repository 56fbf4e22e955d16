"""The real library with something changed, and what one rule says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.core.library import Claim, Library, Message, fingerprint
from bot.linting import RULES, Finding, check

TODAY = date(2026, 11, 21)
Edit = Callable[[Library], Library]


def pushed(text: str = "", **changes: Any) -> Edit:
    """R02 with other words, the name in front."""
    return _in_programme("recovery", 1, f"Harbor: {text}" if text else "", changes)


def welcome(text: str = "", **changes: Any) -> Edit:
    """R01 with other words."""
    return _in_programme("recovery", 0, text, changes)


def on_demand(text: str = "", **changes: Any) -> Edit:
    """BRAIN.1 with other words."""

    def edit(library: Library) -> Library:
        topic = library.topics["brain"]
        first = _changed(topic.messages[0], text, changes)
        changed = replace(topic, messages=(first, *topic.messages[1:]))
        return replace(library, topics={**library.topics, "brain": changed})

    return edit


def system(name: str, text: str = "", **changes: Any) -> Edit:
    """A system reply with other words."""

    def edit(library: Library) -> Library:
        message = _changed(library.system[name], text, changes)
        return replace(library, system={**library.system, name: message})

    return edit


def spanish(text: str = "", **changes: Any) -> Edit:
    """The Spanish confirmation of an opt-out with other words."""
    return system("stop.es", text, **changes)


def _in_programme(name: str, index: int, text: str, changes: dict[str, Any]) -> Edit:
    def edit(library: Library) -> Library:
        programme = library.programmes[name]
        messages = list(programme.messages)
        messages[index] = _changed(messages[index], text, changes)
        programmes = {**library.programmes, name: replace(programme, messages=tuple(messages))}
        return replace(library, programmes=programmes)

    return edit


def _changed(message: Message, text: str, changes: dict[str, Any]) -> Message:
    words = text or message.text
    return replace(message, text=words, fingerprint=fingerprint(words), **changes)


def resource_of(age_days: int) -> Edit:
    def edit(library: Library) -> Library:
        lifeline = library.resources["lifeline"]
        checked = replace(lifeline, checked_on=TODAY - timedelta(days=age_days))
        return replace(library, resources={**library.resources, "lifeline": checked})

    return edit


def titled(title: str) -> Edit:
    """The topic BRAIN under another title."""

    def edit(library: Library) -> Library:
        topic = replace(library.topics["brain"], title=title)
        return replace(library, topics={**library.topics, "brain": topic})

    return edit


def claim_of(**changes: Any) -> Edit:
    """A claim of R02 with other fields."""

    def edit(library: Library) -> Library:
        claim: Claim = replace(library.claims["gap/11"], **changes)
        return replace(library, claims={**library.claims, "gap/11": claim})

    return edit


def long_pushes(library: Library) -> Library:
    """Every text of the recovery programme made two segments long."""
    programme = library.programmes["recovery"]
    messages = tuple(
        _changed(message, message.text.ljust(161, "."), {}) for message in programme.messages
    )
    changed = replace(programme, messages=messages)
    return replace(library, programmes={**library.programmes, "recovery": changed})


def forgetful(library: Library) -> Library:
    """The treatment programme without a reminder of STOP in its middle."""
    programme = library.programmes["treatment"]
    messages = tuple(
        replace(message, flags=message.flags - {"STOP"}, day=(message.day or 0) * 2)
        for message in programme.messages
    )
    first = replace(messages[0], flags=messages[0].flags | {"STOP"}, day=1)
    changed = replace(programme, messages=(first, *messages[1:]))
    return replace(library, programmes={**library.programmes, "treatment": changed})


def broken_by(rule: str, library: Library, shingles: frozenset[str] = frozenset()) -> list[Finding]:
    chosen = tuple(known for known in RULES if known.name == rule)
    assert chosen, f"there is no rule {rule}"
    findings = check(library, shingles, TODAY, chosen).findings
    return [finding for finding in findings if finding.rule == rule]


def examples(table: dict[str, list[Any]]) -> list[Any]:
    return [
        pytest.param(rule, example, id=f"{rule}-{number}")
        for rule, found in table.items()
        for number, example in enumerate(found)
    ]
