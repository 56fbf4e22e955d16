"""Reads `messages/` into a `Library`: what stands between the quotes is what is sent.

Every complaint names file and line and all of them are reported at once, so that whoever edits the
words can mend them in one go.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from pathlib import Path
from typing import Any

from bot.core import sms
from bot.core.library import (
    Answer,
    CheckIn,
    Claim,
    Library,
    Message,
    Programme,
    Resource,
    Review,
    Service,
    Topic,
    Variant,
    fingerprint,
)

SERVICE_FIELDS = ("name", "contact", "operator")
MESSAGE_KEYS = {
    "id", "day", "about", "claims", "flags", "text", "language", "answer", "variant", "review",
    "skip_when", "forward_when", "free_reply", "variables", "free_claims", "free_flags",
}  # fmt: skip


class ContentError(Exception):
    """Something in `messages/` can't be used; `complaints` has a line for each."""

    def __init__(self, complaints: list[str]) -> None:
        super().__init__("\n".join(complaints))
        self.complaints = complaints


@dataclass
class _Source:
    """A TOML file with what is needed to say on which line an entry stands."""

    path: Path
    shown: str
    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def at(self, name: str) -> str:
        return f"{self.shown}:{self.lines.get(name, 1)}"


class _Reading:
    """One pass over the directory: collects complaints instead of stopping at the first."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.complaints: list[str] = []
        self.service: Service | None = None
        self.by_id: dict[str, Message] = {}

    # --- files ---------------------------------------------------------------------------------

    def open(self, name: str) -> _Source:
        path = self.directory / name
        source = _Source(path, f"{self.directory.name}/{name}")
        try:
            words = path.read_text(encoding="utf-8")
            source.data = tomllib.loads(words)
        except FileNotFoundError:
            self.complaints.append(f"{source.shown}:1: the file is missing")
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            self.complaints.append(f"{source.shown}: can't be read as TOML: {error}")
        else:
            for number, line in enumerate(words.splitlines(), start=1):
                if found := re.match(r'\s*(?:id|contact|name)\s*=\s*"([^"]*)"', line):
                    source.lines.setdefault(found[1], number)
        return source

    def open_all(self, folder: str) -> Iterator[_Source]:
        for path in sorted((self.directory / folder).glob("*.toml")):
            yield self.open(f"{folder}/{path.name}")

    def complain(self, where: str, what: str) -> None:
        self.complaints.append(f"{where}: {what}")

    # --- entries -------------------------------------------------------------------------------

    def read_service(self) -> tuple[Service, dict[str, tuple[str, ...]]]:
        source = self.open("service.toml")
        data = source.data
        try:
            service = Service(
                name=data["name"],
                contact=data["contact"],
                operator=data["operator"],
                window_from=time.fromisoformat(data["window_from"]),
                window_to=time.fromisoformat(data["window_to"]),
                sunday_from=time.fromisoformat(data["sunday_from"]),
                slots={n: time.fromisoformat(at) for n, at in data["slots"].items()},
                default_slot=data["default_slot"],
                spread_minutes=int(data["spread_minutes"]),
            )
        except (KeyError, ValueError, TypeError) as error:
            self.complain(f"{source.shown}:1", f"the service's settings are not whole: {error!r}")
            raise ContentError(self.complaints) from None
        commands = {name: tuple(words) for name, words in data.get("commands", {}).items()}
        return service, commands

    def message(self, source: _Source, data: Mapping[str, Any], **given: Any) -> Message:
        """One entry as a message; `given` overrides what the entry says of itself."""
        id_ = given.pop("id", data.get("id", "?"))
        where = given.pop("where", source.at(str(data.get("id", id_))))
        if unknown := set(data) - MESSAGE_KEYS - given.pop("also", set()):
            self.complain(where, f"{id_} has keys that mean nothing here: {sorted(unknown)}")
        variables = tuple(data.get("variables", ()))
        text = self._filled(where, id_, given.pop("text", data.get("text", "")), variables)
        text = given.pop("prefix", "") + text
        message = Message(
            id=id_,
            text=text,
            about=data.get("about", ""),
            claims=tuple(data.get("claims", ())),
            flags=frozenset(data.get("flags", ())),
            language=data.get("language", "en"),
            day=data.get("day"),
            skip_when=data.get("skip_when", {}),
            forward_when=data.get("forward_when", {}),
            review=self._review(where, data.get("review")),
            variables=variables,
            segments=sms.segments(text),
            fingerprint=fingerprint(text),
            source=where,
        )
        message = replace(message, **given)
        self._remember(where, message)
        return message

    def _remember(self, where: str, message: Message) -> None:
        if message.id in self.by_id:
            first = self.by_id[message.id].source
            self.complain(where, f"the id {message.id} is taken already, at {first}")
        self.by_id[message.id] = message

    def _review(self, where: str, data: Mapping[str, Any] | None) -> Review | None:
        if not data:
            return None
        if set(data) != {"by", "on", "of"} or not isinstance(data["on"], date):
            self.complain(where, "a review is {by = name, on = date, of = fingerprint}")
            return None
        return Review(data["by"], data["on"], data["of"])

    def _filled(self, where: str, id_: str, text: str, variables: Iterable[str]) -> str:
        """The words with the service's name and contact in place; run-time variables stay."""
        assert self.service is not None
        if not isinstance(text, str) or not text.strip():
            self.complain(where, f"{id_} has no text")
            return ""
        known = {name: getattr(self.service, name) for name in SERVICE_FIELDS}
        values = known | {name: "{" + name + "}" for name in variables}
        try:
            wanted = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        except ValueError as error:
            self.complain(where, f"{id_}: {error}; write {{{{ or }}}} for a brace")
            return text
        if missing := wanted - set(values):
            self.complain(where, f"{id_} names {sorted(missing)}, which nothing fills in")
            return text
        if empty := [name for name in wanted & set(known) if not str(values[name]).strip()]:
            self.complain(where, f"{id_} names {empty}, which is empty in service.toml")
        return text.format(**values)

    def programme_message(self, source: _Source, data: Mapping[str, Any], first: bool) -> Message:
        assert self.service is not None
        prefix = "" if first else f"{self.service.name}: "
        message = self.message(source, data, prefix=prefix)
        variants = tuple(
            Variant(
                variant.get("when", {}),
                self.message(
                    source,
                    {"claims": data.get("claims", ()), "flags": data.get("flags", ())} | variant,
                    id=variant.get("id", f"{message.id}.v{number}"),
                    where=message.source,
                    prefix=prefix,
                    also={"when"},
                ),
            )
            for number, variant in enumerate(data.get("variant", ()), start=1)
        )
        checkin = self._checkin(source, data, message)
        whole = replace(message, variants=variants, checkin=checkin)
        self.by_id[message.id] = whole
        return whole

    def _checkin(
        self, source: _Source, data: Mapping[str, Any], message: Message
    ) -> CheckIn | None:
        answers = tuple(self._answer(source, answer, message) for answer in data.get("answer", ()))
        free = None
        if "free_reply" in data:
            free = self.message(
                source,
                {"claims": data.get("free_claims", ()), "flags": data.get("free_flags", ())},
                id=f"{message.id}.free",
                text=data["free_reply"],
                where=message.source,
            )
        if ("C" in message.flags) != bool(answers or free):
            self.complain(message.source, f"{message.id}: flag C and answers go together")
        return CheckIn(answers, free) if answers or free else None

    def _answer(self, source: _Source, data: Mapping[str, Any], message: Message) -> Answer:
        also = {"value", "words", "reply", "set", "pace", "join"}
        value = str(data.get("value", "?"))
        reply = self.message(
            source,
            data,
            id=f"{message.id}.{value}",
            text=data.get("reply", ""),
            where=message.source,
            also=also,
        )
        return Answer(
            value=value,
            words=tuple(data.get("words", ())),
            reply=reply,
            set=data.get("set", {}),
            pace=data.get("pace"),
            join=data.get("join"),
        )

    def read_programmes(self) -> dict[str, Programme]:
        found = {}
        for source in self.open_all("programmes"):
            data = source.data
            joined_by_keyword = data.get("keyword") is not None
            messages = tuple(
                self.programme_message(source, entry, first=index == 0 and joined_by_keyword)
                for index, entry in enumerate(data.get("message", ()))
            )
            programme = Programme(
                id=data.get("id", source.path.stem),
                keyword=data.get("keyword"),
                aliases=tuple(data.get("aliases", ())),
                title=data.get("title", source.path.stem),
                priority=int(data.get("priority", 9)),
                messages=messages,
            )
            if not messages:
                self.complain(f"{source.shown}:1", "a programme needs messages")
            days = [message.day for message in messages]
            if any(day is None for day in days) or days != sorted({day for day in days if day}):
                self.complain(f"{source.shown}:1", "every message needs a day, in rising order")
            found[programme.id] = programme
        return found

    def read_topics(self) -> dict[str, Topic]:
        found = {}
        for source in self.open_all("topics"):
            for data in source.data.get("topic", ()):
                id_ = str(data.get("id", "?"))
                messages = tuple(
                    self.message(
                        source,
                        entry,
                        id=entry.get("id", f"{id_.upper()}.{number}"),
                        where=source.at(str(entry.get("id", id_))),
                    )
                    for number, entry in enumerate(data.get("message", ()), start=1)
                )
                if not messages:
                    self.complain(source.at(id_), f"the topic {id_} needs messages")
                found[id_] = Topic(
                    id=id_,
                    keyword=data.get("keyword", id_.upper()),
                    synonyms=tuple(data.get("synonyms", ())),
                    title=data.get("title", id_),
                    group=data.get("group", ""),
                    added=data.get("added", date(2026, 11, 1)),
                    sources=data.get("sources", ""),
                    messages=messages,
                )
        return found

    def read_system(self) -> dict[str, Message]:
        found = {}
        names = ["system.toml"] + [path.name for path in self.directory.glob("system.*.toml")]
        for name in names:
            source = self.open(name)
            for data in source.data.get("message", ()):
                message = self.message(source, data)
                found[message.id.removeprefix("sys.")] = message
        return found

    def read_resources(self) -> dict[str, Resource]:
        entries = self.open("resources.toml").data.get("resource", ())
        return {data["id"]: Resource(**_only(Resource, data)) for data in entries}

    def read_claims(self) -> dict[str, Claim]:
        entries = self.open("claims.toml").data.get("claim", ())
        return {
            data["id"]: Claim(**(_only(Claim, data) | {"sources": tuple(data["sources"])}))
            for data in entries
        }

    def check_keywords(self, library: Library) -> None:
        """A word that means two things would answer somebody with the wrong text."""
        seen: dict[str, str] = {}
        for name, words in library.vocabulary().items():
            for word in words:
                other = seen.setdefault(word.casefold(), name)
                if other != name:
                    self.complain(
                        f"{self.directory.name}:1", f'"{word}" means both {other} and {name}'
                    )


def _only(kind: type, data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in kind.__dataclass_fields__ if name in data}  # type: ignore[attr-defined]


def load(directory: Path) -> Library:
    """The content of a directory. Raises `ContentError` with every complaint."""
    reading = _Reading(directory)
    reading.service, commands = reading.read_service()
    library = Library(
        service=reading.service,
        programmes=reading.read_programmes(),
        topics=reading.read_topics(),
        system=reading.read_system(),
        resources=reading.read_resources(),
        claims=reading.read_claims(),
        commands=commands,
        by_id=reading.by_id,
    )
    reading.check_keywords(library)
    if reading.complaints:
        raise ContentError(sorted(reading.complaints))
    return library
