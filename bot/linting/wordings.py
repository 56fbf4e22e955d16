"""The library as the linter sees it: every text with how it comes and how long it can get."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping

from bot.core.library import CheckIn, Library, Message, Topic
from bot.linting.model import Kind, Wording

LONGEST = {
    "when": "Wed, Sep 30, 12:30 PM",
    "until": "Wed, Sep 30",
    "time": "12:30 PM",
    "from": "10:30 AM",
    "to": "12:30 PM",
    "zone": "Puerto Rico time",
}
"""The longest that replies put into their variables; those drawn from the content are computed."""
UNKNOWN = "x" * 40
LATEST = 3
"""How many topics NEW names at once."""


def wordings(library: Library) -> tuple[Wording, ...]:
    """Every text of the library, once."""
    values = longest_values(library)
    return tuple(_wording(library, values, *found) for found in _texts(library))


def longest_values(library: Library) -> Mapping[str, str]:
    """The longest value of each variable."""
    topics = list(library.topics.values())
    titles = [programme.title for programme in library.programmes.values() if programme.keyword]
    keywords = sorted((topic.keyword for topic in topics), key=len)
    lines = sorted((_line(topic) for topic in topics), key=len)
    return LONGEST | {
        "programme": " and ".join(titles),
        "items": "\n".join(lines[-LATEST:]),
        "sources": max((topic.sources for topic in topics), key=len, default=""),
        "first": keywords[-1] if keywords else "",
        "second": keywords[-2] if len(keywords) > 1 else "",
    }


def _line(topic: Topic) -> str:
    return f"{topic.keyword}: {topic.title}"


def _texts(library: Library) -> Iterator[tuple[Message, Kind, str]]:
    for programme in library.programmes.values():
        for index, message in enumerate(programme.messages):
            welcome = index == 0 and programme.keyword is not None
            kind = Kind.WELCOME if welcome else Kind.PUSH
            yield message, kind, programme.id
            yield from ((variant.message, kind, programme.id) for variant in message.variants)
            yield from ((reply, Kind.ANSWER, programme.id) for reply in _replies(message))
    for topic in library.topics.values():
        yield from ((message, Kind.TOPIC, topic.id) for message in topic.messages)
    for message in library.system.values():
        yield message, Kind.SYSTEM, "system"


def _replies(message: Message) -> Iterator[Message]:
    checkin = message.checkin or CheckIn()
    yield from (answer.reply for answer in checkin.answers if answer.reply is not None)
    if checkin.free is not None:
        yield checkin.free


def _wording(
    library: Library, values: Mapping[str, str], message: Message, kind: Kind, group: str
) -> Wording:
    service = library.service
    return Wording(
        message=message,
        kind=kind,
        group=group,
        longest=_filled(message, values, UNKNOWN),
        own=_filled(message, {}, "").removeprefix(f"{service.name}: "),
        service=tuple(sorted((service.operator, service.contact, service.name), key=len))[::-1],
    )


def _filled(message: Message, values: Mapping[str, str], other: str) -> str:
    """The text with its variables filled; a text without any stays as it is."""
    if not message.variables:
        return message.text
    parts = string.Formatter().parse(message.text)
    return "".join(
        literal + (values.get(name, other) if name else "") for literal, name, _, _ in parts
    )
