"""What the linter looks at and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from bot.core.library import Library, Message, Resource


class Kind(StrEnum):
    """How a text comes to somebody: only a push comes unasked."""

    WELCOME = "welcome"
    PUSH = "push"
    ANSWER = "answer"
    TOPIC = "topic"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Wording:
    """One text under the linter's eye."""

    message: Message
    kind: Kind
    group: str
    """The id of its programme or topic; "system" for a system reply."""
    longest: str
    """The text with plausible values in its variables, the longest ones."""
    own: str
    """The text without the service's name in front, and with its variables left out."""
    service: tuple[str, ...] = ()
    """What the operator put in from service.toml: its name, contact, operator."""

    @property
    def english(self) -> bool:
        """Whether rules on English words apply."""
        return self.message.language == "en"


@dataclass(frozen=True, slots=True)
class Context:
    """All that rules may look at beside a text."""

    library: Library
    wordings: tuple[Wording, ...]
    shingles: frozenset[str]
    """Hashes of all runs of six words of the source articles."""
    today: date


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something to mend: where, which rule, and what is wrong."""

    file: str
    line: int
    rule: str
    says: str
    instead: str
    warning: bool = False

    def __str__(self) -> str:
        level = "warning" if self.warning else "error"
        return f"{self.file}:{self.line}: {level}: {self.rule}: {self.says}. {self.instead}"


Place: TypeAlias = Message | Resource | None
"""The entry that a finding is about, or None for the content as a whole."""
TextCheck: TypeAlias = Callable[[Wording, Context], Iterator[str]]
WholeCheck: TypeAlias = Callable[[Context], Iterator[tuple[Place, str]]]


@dataclass(frozen=True, slots=True)
class TextRule:
    """A rule that each text keeps by itself; `check` yields what is wrong with it."""

    name: str
    instead: str
    """What to write instead."""
    check: TextCheck
    languages: tuple[str, ...] = ()
    """Of the texts that it applies to; empty for all."""
    kinds: tuple[Kind, ...] = tuple(Kind)
    warning: bool = False


@dataclass(frozen=True, slots=True)
class WholeRule:
    """A rule about the texts together, or about the tables beside them."""

    name: str
    instead: str
    check: WholeCheck
    warning: bool = False
