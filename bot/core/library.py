"""What can be said: programmes, topics and system replies, as immutable values.

`bot.content` reads `messages/` into a `Library`; nothing here touches a file. Every text that can
travel is a `Message` with an id that is never reused. Placeholders of the service itself (`{name}`,
`{contact}`, `{operator}`) are filled in when the library is loaded, so `Message.text` is what is
sent, but for the few replies that name something of the person (`variables`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import TypeAlias

Tags: TypeAlias = Mapping[str, str]


def fingerprint(text: str) -> str:
    """The first 16 hex digits of the SHA-256 of the words: reviews and records are pinned to it."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Review:
    """Somebody's signature under exact words: `of` is the fingerprint that was read."""

    by: str
    on: date
    of: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a check-in: how people say it, what they hear, and what it changes."""

    value: str
    """The short form the question offers: "1", "A", "Y"."""
    words: tuple[str, ...]
    """Other ways to say it, lower case."""
    reply: Message | None
    set: Tags = field(default_factory=dict)
    """Tags kept on the subscriber, read by `variants`, `skip_when` and `forward_when`."""
    pace: str | None = None
    """A pace to change to at once: "more", "standard" or "fewer"."""
    join: str | None = None
    """A programme to join: the monthly notes after R40."""


@dataclass(frozen=True, slots=True)
class CheckIn:
    """A question that stays open for 48 hours; `free` takes any words as the answer."""

    answers: tuple[Answer, ...] = ()
    free: Message | None = None
    """The reply to an answer in free words (R37), or None where only `answers` count."""


@dataclass(frozen=True, slots=True)
class Variant:
    """Other words of the same message for people with all of the tags in `when`."""

    when: Tags
    message: Message


@dataclass(frozen=True, slots=True)
class Message:
    """An entry of the content: stable id, words, the claims they rest on, what they must carry."""

    id: str
    text: str
    about: str = ""
    claims: tuple[str, ...] = ()
    flags: frozenset[str] = frozenset()
    """Of C, 988, 911, RES, NAL, STOP: the lines that the words must carry (EDITORIAL section 7)."""
    language: str = "en"
    day: int | None = None
    """In a programme: the day on which it is due, 1 being the day of joining."""
    checkin: CheckIn | None = None
    variants: tuple[Variant, ...] = ()
    skip_when: Tags = field(default_factory=dict)
    forward_when: Tags = field(default_factory=dict)
    review: Review | None = None
    allow: Tags = field(default_factory=dict)
    """Rules of the linter that these words may break, each with the reason."""
    variables: tuple[str, ...] = ()
    """Names that a reply must fill before the text can travel: `text.format(**values)`."""
    segments: int = 1
    fingerprint: str = ""
    source: str = ""
    """`file:line` of the entry, for complaints."""

    @property
    def reviewed(self) -> bool:
        """Whether the words that stand here are the words that somebody signed."""
        return self.review is not None and self.review.of == self.fingerprint

    def worded_for(self, tags: Tags) -> Message:
        """The variant for a person with these tags, or the message itself."""
        for variant in self.variants:
            if all(tags.get(name) == value for name, value in variant.when.items()):
                return variant.message
        return self


@dataclass(frozen=True, slots=True)
class Programme:
    """A series of messages that is pushed, in order, on given days."""

    id: str
    keyword: str | None
    """The word that joins it; None for the monthly notes, which are joined by an answer."""
    aliases: tuple[str, ...]
    title: str
    """How replies name it: "the recovery texts"."""
    priority: int
    """Who goes first on a day on which two are due: the lower number."""
    messages: tuple[Message, ...]

    def message(self, id: str) -> Message | None:
        """The message with this id, or None if it has left the programme."""
        return next((message for message in self.messages if message.id == id), None)


@dataclass(frozen=True, slots=True)
class Topic:
    """A keyword that is answered at once, and continued by MORE."""

    id: str
    keyword: str
    synonyms: tuple[str, ...]
    title: str
    group: str
    added: date
    sources: str
    """Who the facts come from, for SOURCES: "CDC and NIDA"."""
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Resource:
    """A number or site that a text may name, with the day it was last checked."""

    id: str
    contact: str
    """As it must stand in a text: "988", "1-800-662-4357", "FindTreatment.gov"."""
    what: str
    checked_on: date
    source: str
    """Where the contact was looked up."""
    at: str = ""
    """`file:line` of the entry, for complaints."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of the ledger: what an article says, and what may be said instead."""

    id: str
    article: str
    lines: str
    claim: str
    status: str
    """OK, OUTDATED, MISSTATED or HARMFUL; GAP: a fact the articles leave out; SYS: an offer."""
    corrected: str
    """The wording that may be used; empty where a claim may be used as it is, or not at all."""
    sources: tuple[str, ...]
    checked_on: date


@dataclass(frozen=True, slots=True)
class Service:
    """Who runs this, and when it may text: `messages/service.toml`."""

    name: str
    contact: str
    operator: str
    window_from: time
    window_to: time
    sunday_from: time
    slots: Mapping[str, time]
    """Wall time at which each slot ("morning", "noon", "evening") begins."""
    default_slot: str
    spread_minutes: int
    """Over how many minutes of a slot people are spread."""


@dataclass(frozen=True, slots=True)
class Library:
    """Everything that can be said."""

    service: Service
    programmes: Mapping[str, Programme]
    topics: Mapping[str, Topic]
    system: Mapping[str, Message]
    """System replies by id without the `sys.` prefix: "help", "stop", "crisis.es"."""
    resources: Mapping[str, Resource]
    claims: Mapping[str, Claim]
    commands: Mapping[str, Sequence[str]]
    """Canonical command -> every word that means it: "menu" -> ("menu", "topics")."""
    by_id: Mapping[str, Message] = field(default_factory=dict)
    """Every message, answer reply and variant by id."""

    def reply(self, id: str, language: str = "en") -> Message:
        """A system reply in a language, falling back to English where there is no translation."""
        return self.system.get(f"{id}.{language}") or self.system[id]

    def vocabulary(self) -> dict[str, tuple[str, ...]]:
        """Canonical keyword -> the words that mean it, for the reader of texts."""
        words = {name: tuple(spellings) for name, spellings in self.commands.items()}
        for programme in self.programmes.values():
            if programme.keyword:
                words[programme.id] = (programme.keyword.lower(), *programme.aliases)
        for topic in self.topics.values():
            words[topic.id] = (topic.keyword.lower(), *topic.synonyms)
        return words
