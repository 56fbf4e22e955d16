"""The page: its groups, its texts, and what stands beside each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.core import sms
from bot.core.library import Answer, Claim, Library, Message, Tags, Topic, Variant
from bot.linting import (
    Kind,
    Report,
    Wording,
    grade_of,
    on_safety,
    unreviewed_safety,
    wordings,
)
from bot.linting.form import SHOWN

FLAGS = {
    "988": "crisis line",
    "911": "emergency",
    "NAL": "naloxone or the tolerance warning",
    "RES": "a way to care or support",
    "STOP": "how to end the texts",
    "C": "a question",
}
GROUPS = {
    "safety": "Safety",
    "mind": "Mood, worry, urges",
    "medicine": "Medicine",
    "care": "Getting care",
    "basics": "How it comes about",
    "people": "Family and groups",
}
"""Groups of topics, in the order of the page; others follow."""


@dataclass(frozen=True, slots=True)
class Card:
    """One text and what a reviewer needs beside it."""

    wording: Wording
    label: str
    """How it comes: "Day 4", "Answer 3 to R04", "Reply"."""
    nested: bool
    claims: tuple[Claim, ...]
    units: int
    segments: int
    grade: float | None
    notes: tuple[str, ...]
    """When it is sent, and what it changes."""
    findings: tuple[str, ...]
    on_safety: bool
    review_key: str

    @property
    def message(self) -> Message:
        return self.wording.message

    @property
    def locked(self) -> str:
        """What a locked phone shows of a pushed text."""
        return self.message.text[:SHOWN] if self.wording.kind is Kind.PUSH else ""

    @property
    def state(self) -> str:
        """signed, stale (signed for other words) or open."""
        if self.message.reviewed:
            return "signed"
        return "stale" if self.message.review else "open"


@dataclass(frozen=True, slots=True)
class Section:
    """A group of texts that are read together."""

    id: str
    title: str
    note: str
    cards: tuple[Card, ...]

    @property
    def open(self) -> int:
        """How many of its texts nobody has signed."""
        return sum(card.state != "signed" for card in self.cards)


def render(library: Library, report: Report, today: date) -> str:
    """The page as HTML."""
    environment = Environment(
        loader=PackageLoader("bot.sheet"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("sheet.html").render(
        service=library.service,
        sections=tuple(_sections(library, report)),
        figures=report.figures,
        errors=len(report.errors),
        open_safety=len(unreviewed_safety(library)),
        flags=FLAGS,
        today=today,
    )


def _sections(library: Library, report: Report) -> Iterator[Section]:
    cards = list(_cards(library, report))

    def of(group: str) -> tuple[Card, ...]:
        return tuple(card for card in cards if card.wording.group == group)

    replies = of("system")
    danger = tuple(c for c in replies if c.wording.english and c.on_safety)
    yield Section(
        "safety",
        "Replies on which safety rests",
        "Sent at once, to anybody who writes, at any hour. Read these first.",
        danger,
    )
    for programme in sorted(library.programmes.values(), key=lambda found: found.priority):
        note = "Comes unasked, on its day; what people can answer stands beneath each question."
        yield Section(programme.id, programme.title.capitalize(), note, of(programme.id))
    for topic in sorted(library.topics.values(), key=_place):
        title = f"{topic.keyword}: {topic.title}"
        yield Section(f"topic-{topic.id}", title, _about(topic), of(topic.id))
    others = tuple(card for card in replies if card.wording.english and not card.on_safety)
    yield Section("replies", "Other replies", "Answers to commands and settings.", others)
    spanish = tuple(card for card in replies if not card.wording.english)
    yield Section("spanish", "Replies in Spanish", "Twins of the replies above.", spanish)


def _place(topic: Topic) -> tuple[int, str, date]:
    order = list(GROUPS)
    known = topic.group in order
    return (order.index(topic.group) if known else len(order), topic.group, topic.added)


def _about(topic: Topic) -> str:
    words = ", ".join(topic.synonyms)
    group = GROUPS.get(topic.group, topic.group)
    return f"{group}. Also understood: {words}. Sources named: {topic.sources}."


def _cards(library: Library, report: Report) -> Iterator[Card]:
    answers = {
        answer.reply.id: answer
        for message in library.by_id.values()
        for answer in (message.checkin.answers if message.checkin else ())
        if answer.reply
    }
    variants = {v.message.id: v for m in library.by_id.values() for v in m.variants}
    for wording in wordings(library):
        message = wording.message
        notes = (*_answered(answers.get(message.id)), *_chosen(message, variants.get(message.id)))
        yield Card(
            wording=wording,
            label=_label(wording),
            nested=wording.kind is Kind.ANSWER or bool(_parent(wording)),
            claims=tuple(library.claims[c] for c in message.claims if c in library.claims),
            units=sms.units(wording.longest),
            segments=sms.segments(wording.longest),
            grade=grade_of(wording, library),
            notes=notes,
            findings=tuple(
                f"{f.rule}: {f.says}"
                for f in report.findings
                if f.says.startswith(f"{message.id}:")
            ),
            on_safety=on_safety(message),
            review_key="free_review" if message.id.endswith(".free") else "review",
        )


def _answered(answer: Answer | None) -> Iterator[str]:
    """What is heard as this answer, and what it changes."""
    if answer is None:
        return
    yield f"Heard as this answer: {', '.join((answer.value, *answer.words))}."
    if answer.set:
        yield f"Remembered: {_tags(answer.set)}."
    if answer.pace:
        yield f"Changes the pace at once: {answer.pace}."
    if answer.join:
        yield f"Joins the programme {answer.join}."


def _chosen(message: Message, variant: Variant | None) -> Iterator[str]:
    """Who gets it, and who does not."""
    if variant:
        yield f"For people with {_tags(variant.when)}."
    if message.skip_when:
        yield f"Left out for people with {_tags(message.skip_when)}."
    if message.forward_when:
        yield f"Comes next for people with {_tags(message.forward_when)}."


def _tags(tags: Tags) -> str:
    return ", ".join(f"{name}: {value}" for name, value in tags.items())


def _parent(wording: Wording) -> str:
    """The id of the message of which this is an answer or a variant."""
    programme = wording.kind in (Kind.PUSH, Kind.WELCOME, Kind.ANSWER)
    return wording.message.id.partition(".")[0] if programme and "." in wording.message.id else ""


def _label(wording: Wording) -> str:
    message, parent = wording.message, _parent(wording)
    if wording.kind is Kind.ANSWER:
        said = message.id.removeprefix(f"{parent}.")
        return f"When {parent} is answered {'in any words' if said == 'free' else said}"
    if parent:
        return f"In place of {parent} for some"
    if wording.kind is Kind.WELCOME:
        return "At joining"
    return f"Day {message.day}" if wording.kind is Kind.PUSH else ""
