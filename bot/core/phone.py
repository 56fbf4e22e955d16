"""Phone numbers: who sent a text, what somebody typed into a form, and where a number lives.

The country is read from the area code alone, and an area code that is new counts as the US or
Canada: nobody who texts for help goes unanswered because a table is a month old. The form on the
web is stricter, because anybody can type anybody's number there. The only user of `phonenumbers`
in the rules; it is imported when first needed, as few texts need it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.core.zones import split_area_codes

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_PERSON_SHAPE = re.compile(r"\+1[2-9]\d\d[2-9]\d{6}", re.ASCII)
_FOREIGN_SHAPE = re.compile(r"\+[2-9]\d{7,14}", re.ASCII)
_SHORT_CODE = re.compile(r"\+?\d{3,8}", re.ASCII)
_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 &._+-]{1,20}", re.ASCII)

_CARIBBEAN = "242 246 264 268 284 345 441 473 649 658 664 721 758 767 784 809 829 849 868 869 876"
_OTHER_COUNTRIES = frozenset(_CARIBBEAN.split())
"""Area codes under +1 that belong neither to the US and its territories nor to Canada."""
_NOBODY_THERE = frozenset({"800", "833", "844", "855", "866", "877", "888", "900"})
"""Toll-free and premium area codes."""
_WITHHELD = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})
"""What carriers send for withheld numbers: ANONYMOUS, RESTRICTED, BLOCKED and the like, spelt."""
_SAME_CLOCK = {
    "America/Boise": "America/Denver",
    "America/Juneau": "America/Anchorage",
    "America/North_Dakota/Center": "America/Chicago",
}


class SenderKind(StrEnum):
    """Who can be behind the `From` of an inbound text."""

    PERSON = "person"
    """A number of the US, its territories or Canada."""
    MACHINE = "machine"
    """A short code, a name, a toll-free or premium number: nobody to answer."""
    FOREIGN = "foreign"
    """A number of another country."""
    UNUSABLE = "unusable"
    """Nothing that could be answered: withheld, another channel, broken."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a text came from; the number (E.164) is there for persons and foreign numbers alone."""

    kind: SenderKind
    number: str = field(default="", repr=False)


class Problem(StrEnum):
    """Why a typed number can't be taken."""

    EMPTY = "empty"
    NOT_A_NUMBER = "not_a_number"
    FOREIGN = "foreign"
    NO_TEXTS = "no_texts"
    """Toll-free, premium and the like: nobody reads texts there."""
    UNASSIGNED = "unassigned"
    """Well formed, but not known to be in use."""


_REFUSALS = {
    SenderKind.FOREIGN: Problem.FOREIGN,
    SenderKind.MACHINE: Problem.NO_TEXTS,
    SenderKind.UNUSABLE: Problem.NOT_A_NUMBER,
}


class NumberError(ValueError):
    """A typed number that can't be taken; `problem` says why, and nothing repeats the number."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"the number can't be taken: {problem.value}")
        self.problem = problem


def parse_sender(value: str) -> Sender:
    """Read the `From` of an inbound text, as a carrier writes it."""
    value = value.strip()
    if value in _WITHHELD:
        return Sender(SenderKind.UNUSABLE)
    if _PERSON_SHAPE.fullmatch(value):
        return _north_american(value)
    if _FOREIGN_SHAPE.fullmatch(value):
        return Sender(SenderKind.FOREIGN, value)
    if _SHORT_CODE.fullmatch(value) or _NAME.fullmatch(value):
        return Sender(SenderKind.MACHINE)
    return Sender(SenderKind.UNUSABLE)


def _north_american(number: str) -> Sender:
    area, exchange = number[2:5], number[5:8]
    if area.endswith("11") or exchange.endswith("11"):
        return Sender(SenderKind.UNUSABLE)
    if area in _OTHER_COUNTRIES:
        return Sender(SenderKind.FOREIGN, number)
    if area in _NOBODY_THERE:
        return Sender(SenderKind.MACHINE)
    return Sender(SenderKind.PERSON, number)


def parse_typed(text: str) -> str:
    """The E.164 form of a number as people type it, if it can take texts and is US or Canadian.

    Raises `NumberError`. Whether a number is a mobile can't be told from its digits there: land
    lines pass, and the carrier says so at the first text.
    """
    import phonenumbers

    if not text.strip():
        raise NumberError(Problem.EMPTY)
    if len(text) > 40:
        raise NumberError(Problem.NOT_A_NUMBER)
    try:
        parsed = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        raise NumberError(Problem.NOT_A_NUMBER) from None
    if parsed.country_code != 1:
        raise NumberError(Problem.FOREIGN)
    possible = phonenumbers.is_possible_number_with_reason(parsed)
    if parsed.extension or possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise NumberError(Problem.NOT_A_NUMBER)
    return _textable(parsed)


def _textable(parsed: PhoneNumber) -> str:
    import phonenumbers

    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    refusal = _REFUSALS.get(parse_sender(number).kind)
    if refusal:
        raise NumberError(refusal)
    kinds = phonenumbers.PhoneNumberType
    kind = phonenumbers.number_type(parsed)
    if kind == kinds.UNKNOWN:
        raise NumberError(Problem.UNASSIGNED)
    if kind not in (kinds.FIXED_LINE_OR_MOBILE, kinds.MOBILE):
        raise NumberError(Problem.NO_TEXTS)
    return number


def zones_of_number(number: str) -> tuple[str, ...]:
    """The time zones of the area code of a US or Canadian number in E.164, none if unknown.

    People keep their number when they move, so this is where it was given out: a ZIP knows better.
    The whole area code counts, not the exchange: exchanges tell where land lines were.
    """
    if not _PERSON_SHAPE.fullmatch(number) or number[2:5] in _OTHER_COUNTRIES:
        return ()
    split = split_area_codes().get(number[2:5])
    return split if split else _single_zone(number)


def _single_zone(number: str) -> tuple[str, ...]:
    from phonenumbers import PhoneNumber
    from phonenumbers.timezone import time_zones_for_geographical_number

    parsed = PhoneNumber(country_code=1, national_number=int(number[2:]))
    found = {_SAME_CLOCK.get(name, name) for name in time_zones_for_geographical_number(parsed)}
    return tuple(sorted(found)) if len(found) == 1 and "Etc/Unknown" not in found else ()


def mask(number: str) -> str:
    """The last four digits, for people who must tell numbers apart: "...0123"."""
    return f"...{number[-4:]}" if len(number) > 7 else "..."
