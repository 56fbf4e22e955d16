"""Entries that can travel: messages, their answers, their variants, and who signed them."""

from __future__ import annotations

import string
from dataclasses import dataclass, field, replace

from bot.content.complaints import Complaints
from bot.content.entries import Entry
from bot.content.keywords import Keywords
from bot.core import sms
from bot.core.library import (
    Answer,
    CheckIn,
    Message,
    Review,
    Service,
    Variant,
    fingerprint,
)

FLAGS = ("C", "988", "911", "RES", "NAL", "STOP")
PACES = ("more", "standard", "fewer")
_WORDS = ("id", "about", "claims", "flags", "text", "review", "allow")
SYSTEM_KEYS = (*_WORDS, "language", "variables")
TOPIC_KEYS = _WORDS
PROGRAMME_KEYS = (
    *_WORDS, "day", "answer", "variant", "skip_when", "forward_when",
    "free_reply", "free_claims", "free_flags", "free_review", "free_allow",
)  # fmt: skip
ANSWER_KEYS = ("value", "words", "reply", "claims", "flags", "set", "pace", "join", "review",
               "allow")  # fmt: skip
VARIANT_KEYS = ("id", "when", "text", "claims", "flags", "review", "allow")


@dataclass
class Wordings:
    """Reads entries into messages: fills in the service's names, remembers every id."""

    service: Service
    complaints: Complaints
    keywords: Keywords
    retired: frozenset[str] = frozenset()
    by_id: dict[str, Message] = field(default_factory=dict)

    def message(self, entry: Entry, keys: tuple[str, ...]) -> Message:
        """A message that stands by itself: a system reply, a part of a topic."""
        entry.only(*keys)
        return self._worded(entry, entry.text("id"), about=entry.text("about"))

    def pushed(self, entry: Entry, welcome: bool) -> Message:
        """A message of a programme; all but the welcome carry the name of the service."""
        entry.only(*PROGRAMME_KEYS)
        prefix = "" if welcome else f"{self.service.name}: "
        message = self._worded(entry, entry.text("id"), about=entry.text("about"), prefix=prefix)
        whole = replace(
            message,
            day=entry.number("day"),
            skip_when=entry.tags("skip_when"),
            forward_when=entry.tags("forward_when"),
            variants=tuple(
                self._variant(variant, message, prefix, number)
                for number, variant in enumerate(entry.entries("variant"), start=1)
            ),
            checkin=self._checkin(entry, message),
        )
        self.by_id[whole.id] = whole
        return whole

    def _variant(self, entry: Entry, message: Message, prefix: str, number: int) -> Variant:
        entry.only(*VARIANT_KEYS)
        when = entry.tags("when")
        if not when:
            entry.complain('a variant needs "when": which people get these words', "when")
        worded = self._worded(
            entry, entry.text("id", f"{message.id}.v{number}"), about=message.about, prefix=prefix
        )
        inherited = {
            name: getattr(message, name) for name in ("claims", "flags") if name not in entry.data
        }
        return Variant(when, self._remember(replace(worded, **inherited)))

    def _checkin(self, entry: Entry, message: Message) -> CheckIn | None:
        answers = tuple(self._answer(answer, message) for answer in entry.entries("answer"))
        free = self._free(entry, message) if "free_reply" in entry.data else None
        if ("C" in message.flags) != bool(answers or free):
            entry.complain("a check-in has flag C and answers, or neither")
        self._check_ambiguous(entry, message, answers)
        return CheckIn(answers, free) if answers or free else None

    def _answer(self, entry: Entry, message: Message) -> Answer:
        entry.only(*ANSWER_KEYS)
        value = entry.text("value")
        reply = self._worded(
            entry, f"{message.id}.{value}", key="reply", about=f"{message.about}: {value}"
        )
        return Answer(
            value=value,
            words=entry.words("words"),
            reply=reply,
            set=entry.tags("set"),
            pace=entry.one_of("pace", PACES),
            join=entry.optional_text("join"),
        )

    def _free(self, entry: Entry, message: Message) -> Message:
        return self._worded(
            entry,
            f"{message.id}.free",
            key="free_reply",
            about=f"{message.about}: any words",
            before="free_",
        )

    def _check_ambiguous(self, entry: Entry, message: Message, answers: tuple[Answer, ...]) -> None:
        """A word that is two answers would be heard as the wrong one."""
        seen: dict[str, str] = {}
        for answer in answers:
            for word in {answer.value.casefold(), *(word.casefold() for word in answer.words)}:
                if word in seen:
                    entry.complain(
                        f'"{word}" is both answer {seen[word]} and {answer.value}',
                        "answer",
                    )
                seen[word] = answer.value

    def _worded(
        self,
        entry: Entry,
        id: str,
        *,
        about: str,
        key: str = "text",
        prefix: str = "",
        before: str = "",
    ) -> Message:
        variables = entry.words("variables")
        text = prefix + self._filled(entry, key, variables)
        message = Message(
            id=id,
            text=text,
            about=about,
            claims=entry.words(f"{before}claims"),
            flags=_flags(entry, f"{before}flags"),
            language=entry.text("language", "en"),
            review=_review(entry, f"{before}review"),
            allow=entry.tags(f"{before}allow"),
            variables=variables,
            segments=sms.segments(text),
            fingerprint=fingerprint(text),
            source=entry.at(key),
        )
        self._check_id(entry, id)
        return self._remember(message)

    def _remember(self, message: Message) -> Message:
        self.by_id[message.id] = message
        return message

    def _check_id(self, entry: Entry, id: str) -> None:
        if not id:
            return
        if id in self.by_id:
            entry.complain(f"the id {id} is taken already, at {self.by_id[id].source}", "id")
        if id in self.retired:
            entry.complain(f"the id {id} is retired (retired.toml): give this text a new one", "id")

    def _filled(self, entry: Entry, key: str, variables: tuple[str, ...]) -> str:
        """The words with the service's name and contact in place; run-time variables stay."""
        text = entry.text(key)
        known = _service_names(self.service)
        values = known | {name: "{" + name + "}" for name in variables}
        try:
            parts = list(string.Formatter().parse(text))
        except ValueError as error:
            entry.complain(f"a brace stands for a name, like {{name}}: {error}", key)
            return text
        for literal, name, form, conversion in parts:
            if form or conversion or (name is not None and name not in values):
                entry.complain(f"nothing fills in {{{name}}}; known: {', '.join(values)}", key)
                return text
            if "{" in literal or "}" in literal:
                entry.complain("a text can't hold a brace", key)
        used = {name for _, name, _, _ in parts}
        for name in set(variables) - used:
            entry.complain(f"the variable {name} does not stand in the text", "variables")
        return "".join(literal + values.get(name or "", "") for literal, name, _, _ in parts)


def _service_names(service: Service) -> dict[str, str]:
    return {"name": service.name, "contact": service.contact, "operator": service.operator}


def _flags(entry: Entry, key: str) -> frozenset[str]:
    flags = frozenset(entry.words(key))
    for flag in sorted(flags - set(FLAGS)):
        entry.complain(f"there is no flag {flag}; known: {', '.join(FLAGS)}", key)
    return flags


def _review(entry: Entry, key: str) -> Review | None:
    if not entry.data.get(key):
        return None
    review = entry.table(key)
    review.only("by", "on", "of")
    return Review(by=review.text("by"), on=review.day("on"), of=review.text("of"))
