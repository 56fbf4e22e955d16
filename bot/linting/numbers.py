"""Rules on numbers: contacts only from the checked table, and no figures that frighten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from bot.linting.model import Context, Place, TextRule, WholeRule, Wording

CHECK_EVERY = timedelta(days=120)

_DIGITS = re.compile(
    r"\+?\(?\d[\d().\-]*(?: \(?\d[\d().\-]*)*\d(?:-?[A-Z]{2,}\w*)*|\d+(?:-[A-Z0-9]{2,})+"
)
_ZIP_EXAMPLE = re.compile(r"\bZIP \d{5}\b")
_HOUR = re.compile(r"\b\d{1,2}(?::\d\d)? ?[AP]M\b")
_SITE = re.compile(
    r"\b(?:https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.\w+|[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,})"
)
_LINK = re.compile(
    r"https?:|www\.|\b(?:bit\.ly|tinyurl|t\.co|goo\.gl|ow\.ly|is\.gd|buff\.ly|rebrand\.ly|cutt\.ly)\b",
    re.IGNORECASE,
)
_NUMBER_WORD = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|\d+)"
_FIGURE = re.compile(
    rf"\d[\d.,]* ?(?:%|percent\b)|\b(?:per cent|percent|percentage)\b"
    rf"|\b{_NUMBER_WORD} (?:out of|in every|in) (?:{_NUMBER_WORD})\b(?! (?:weeks?|days?|min))"
    rf"|\b(?:half|a third|a quarter|two thirds|three quarters|most) of (?:all |the )?"
    rf"(?:people|adults|patients|users|those)\b"
    rf"|\b\d{{1,3}}(?:,\d{{3}})+\b|\b(?:19|20)\d\d\b|\b(?:thousands?|millions?|hundreds?)\b"
    rf"|\b{_NUMBER_WORD}(?:-?fold| times (?:as|more|less|higher|likelier|greater|the))\b",
    re.IGNORECASE,
)
_HELPER = re.compile(
    r"(?:\b[A-Z][\w&'-]+ )+(?:Line|Lifeline|Helpline|Hotline|Anonymous|Recovery|Dharma|Project"
    r"|Network|Alliance|Foundation|Help|Family & Friends)\b"
    r"|\b\w+-Anon\b|\bHELP4U\b|\bSafeSpot\b|\bAlateen\b|\bNever Use Alone\b"
)


def without_contacts(wording: Wording, context: Context) -> str:
    """The text without every contact that may stand in it."""
    text = wording.own
    contacts = [resource.contact for resource in context.library.resources.values()]
    for contact in sorted((*contacts, *wording.service), key=len, reverse=True):
        text = re.sub(rf"(?<![\w-]){re.escape(contact)}(?![\w-])", " ; ", text, flags=re.IGNORECASE)
    return text


def _contacts(wording: Wording, context: Context) -> Iterator[str]:
    text = _HOUR.sub(" ", _ZIP_EXAMPLE.sub(" ", without_contacts(wording, context)))
    for found in _DIGITS.finditer(text):
        if sum(char.isdigit() for char in found[0]) > 2 or re.search("[A-Z]{3}", found[0]):
            yield f'"{found[0].strip()}" looks like a number to call or text'


def _sites(wording: Wording, context: Context) -> Iterator[str]:
    for found in _SITE.finditer(without_contacts(wording, context)):
        yield f'"{found[0]}" looks like a site or an address'


def _links(wording: Wording, _: Context) -> Iterator[str]:
    for found in _LINK.finditer(wording.own):
        yield f'"{found[0]}": a link that can\'t be read before it is opened'


def _figures(wording: Wording, context: Context) -> Iterator[str]:
    for found in _FIGURE.finditer(without_contacts(wording, context)):
        yield f'"{found[0].strip()}" is a figure'


def _resources(wording: Wording, context: Context) -> Iterator[str]:
    known = " ".join(f"{r.contact} {r.what}" for r in context.library.resources.values())
    for found in _HELPER.finditer(wording.own):
        if found[0] not in known:
            yield f'"{found[0]}" is named and not in the table'


def _checked(context: Context) -> Iterator[tuple[Place, str]]:
    for resource in context.library.resources.values():
        age = context.today - resource.checked_on
        if age > CHECK_EVERY:
            yield (
                resource,
                f"{resource.id} ({resource.contact}) was last checked {age.days} days ago",
            )


RULES: tuple[TextRule | WholeRule, ...] = (
    TextRule(
        "known-contact",
        "Use a contact of resources.toml as it stands there, or add it there with its source.",
        _contacts,
    ),
    TextRule(
        "known-site",
        "Use a site of resources.toml as it stands there; mind the space after a full stop.",
        _sites,
    ),
    TextRule("no-links", "Write an official site out, like FindTreatment.gov.", _links),
    TextRule("no-figures", 'Say "many", "common", "more": no figures.', _figures),
    TextRule(
        "known-resource", "Add it to resources.toml with its source, or leave it out.", _resources
    ),
    WholeRule(
        "resource-checked",
        "Call, text or open it, then put today into checked_on.",
        _checked,
        warning=True,
    ),
)
