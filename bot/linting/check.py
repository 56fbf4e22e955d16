"""All rules over all texts, and the figures beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.core import sms
from bot.core.library import Library, Message
from bot.linting import evidence, form, lines, numbers, spanish, vocabulary
from bot.linting.grade import grade, plain
from bot.linting.model import Context, Finding, Kind, Place, TextRule, WholeRule, Wording
from bot.linting.wordings import wordings

RULES: tuple[TextRule | WholeRule, ...] = (
    *form.RULES,
    *vocabulary.RULES,
    *spanish.RULES,
    *numbers.RULES,
    *lines.RULES,
    *evidence.RULES,
)
EXCEPTIONS = "exceptions"
"""The rule about exceptions: they name a rule, give a reason, and are still needed."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What the texts come to."""

    texts: int
    pushed: int
    pushed_in_one_segment: int
    mean_grade: float
    highest_grade: float
    awaiting_review: int
    exceptions: int


@dataclass(frozen=True, slots=True)
class Report:
    """What is to mend, in order of file and line, and the figures."""

    findings: tuple[Finding, ...]
    figures: Figures

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that must be mended before the content may be used."""
        return tuple(finding for finding in self.findings if not finding.warning)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Findings that call for a look."""
        return tuple(finding for finding in self.findings if finding.warning)


def check(
    library: Library,
    shingles: frozenset[str],
    today: date,
    rules: tuple[TextRule | WholeRule, ...] = RULES,
) -> Report:
    """Hold all texts against the rules. `shingles` as `bot.linting.shingles.read` gives them."""
    context = Context(library, wordings(library), shingles, today)
    found = [
        (rule, place, says)
        for rule in rules
        for place, says in (
            _each(rule, context) if isinstance(rule, TextRule) else rule.check(context)
        )
    ]
    kept = [_finding(*one) for one in found if not _allowed(*one[:2])]
    findings = sorted({*kept, *_exceptions(context, found)})
    return Report(tuple(findings), _figures(context))


def _each(rule: TextRule, context: Context) -> Iterator[tuple[Place, str]]:
    for wording in context.wordings:
        language = wording.message.language
        if wording.kind in rule.kinds and language in (rule.languages or (language,)):
            yield from ((wording.message, says) for says in rule.check(wording, context))


def _allowed(rule: TextRule | WholeRule, place: Place) -> bool:
    return isinstance(place, Message) and rule.name in place.allow


def _finding(rule: TextRule | WholeRule, place: Place, says: str) -> Finding:
    if isinstance(place, Message):
        return _located(place.source, rule, f"{place.id}: {says}")
    return _located(place.at if place else "", rule, says)


def _located(source: str, rule: TextRule | WholeRule, says: str) -> Finding:
    file, _, line = (source or "messages:1").rpartition(":")
    return Finding(file, int(line), rule.name, says, rule.instead, rule.warning)


def _exceptions(
    context: Context, found: list[tuple[TextRule | WholeRule, Place, str]]
) -> Iterator[Finding]:
    """An exception that excuses nothing hides the next mistake."""
    needed = {(rule.name, place.id) for rule, place, _ in found if isinstance(place, Message)}
    instead = 'Write allow = { rule-name = "the reason" }, and take it out when it is over.'
    for wording in context.wordings:
        message = wording.message
        file, _, line = message.source.rpartition(":")
        for rule, reason in message.allow.items():
            if (rule, message.id) not in needed:
                says = f"{message.id}: it is excused from {rule}, which it does not break"
                yield Finding(file, int(line), EXCEPTIONS, says, instead)
            elif len(reason.split()) < 3:
                says = f"{message.id}: it is excused from {rule} without a reason"
                yield Finding(file, int(line), EXCEPTIONS, says, instead)


def grade_of(wording: Wording, library: Library) -> float | None:
    """The reading grade of an English text; None for other languages."""
    return grade(plain(wording.longest, library)) if wording.english else None


def _figures(context: Context) -> Figures:
    pushed = [wording for wording in context.wordings if wording.kind is Kind.PUSH]
    grades = [grade_of(wording, context.library) for wording in context.wordings]
    known = [found for found in grades if found is not None] or [0.0]
    messages = [wording.message for wording in context.wordings]
    return Figures(
        texts=len(messages),
        pushed=len(pushed),
        pushed_in_one_segment=sum(sms.segments(wording.longest) == 1 for wording in pushed),
        mean_grade=sum(known) / len(known),
        highest_grade=max(known),
        awaiting_review=sum(not message.reviewed for message in messages),
        exceptions=sum(len(message.allow) for message in messages),
    )
