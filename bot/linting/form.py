"""Rules on form: alphabet, length, what a locked phone shows, how hard a text is to read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core import sms
from bot.core.library import Message
from bot.linting.grade import grade, plain
from bot.linting.model import Context, Kind, Place, TextRule, WholeRule, Wording

SHOWN = 40
"""How many characters a locked phone shows, the service's name among them."""
HIGHEST_GRADE = 6.0
LONGEST_SENTENCE = 22
"""Words; for languages in which no grade is computed."""
SHARE = 2 / 3
OPENING = 3

_DRUGS = re.compile(
    r"addict|alcohol|benzo|bup(?:e|renorphine)?\b|crav|detox|dope|dose|drug|fentanyl|hep\b|hepatitis"
    r"|heroin|hiv\b|inject|medicin|medication|meds\b|methadone|naloxone|naltrexone|narcan|opiate"
    r"|opioid|overdos|pills?\b|rehab|relaps|sedative|slip\b|sober|suboxone|substance|suicid"
    r"|treatment|urges?\b|using\b|withdrawal",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"\b(?:heroin|fentanyl|crack|cocaine|meth|dope|smack|oxy\w*|perc\w*|vicodin|norco|xanax|blues"
    r"|street (?:pills?|drugs?|powder))\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def _alphabet(wording: Wording, _: Context) -> Iterator[str]:
    if found := sms.foreign(wording.longest):
        shown = " ".join(f"{char} (U+{ord(char):04X})" for char in found)
        yield f"{shown} would halve the length of a segment"


def _length(wording: Wording, _: Context) -> Iterator[str]:
    count = sms.segments(wording.longest)
    if count > 2:
        yield f"{sms.units(wording.longest)} characters make {count} segments at the longest"


def _locked_screen(wording: Wording, _: Context) -> Iterator[str]:
    found = _DRUGS.search(wording.message.text)
    if found and found.start() < SHOWN:
        yield f'"{found[0]}" shows on a locked phone: it begins at character {found.start() + 1}'


def _street_names(wording: Wording, _: Context) -> Iterator[str]:
    for found in _STREET.finditer(wording.own):
        yield f'a text that nobody asked for names "{found[0]}"'


def _reading_grade(wording: Wording, context: Context) -> Iterator[str]:
    found = grade(plain(wording.longest, context.library))
    if found > HIGHEST_GRADE:
        yield f"it reads at grade {found:.1f}"


def _sentence_length(wording: Wording, _: Context) -> Iterator[str]:
    for sentence in re.split(r"[.!?:]+(?:\s|$)", wording.longest):
        if len(words := _WORD.findall(sentence)) > LONGEST_SENTENCE:
            yield f'a sentence of {len(words)} words: "{" ".join(words[:4])} ..."'


def _one_segment(context: Context) -> Iterator[tuple[Place, str]]:
    pushed = [wording for wording in context.wordings if wording.kind is Kind.PUSH]
    short = [wording for wording in pushed if sms.segments(wording.longest) == 1]
    if len(short) < SHARE * len(pushed):
        yield None, f"only {len(short)} of {len(pushed)} pushed texts fit in one segment"


def _openings(context: Context) -> Iterator[tuple[Place, str]]:
    """Texts that are the same word for word pass: they are one text with two ids."""
    seen: dict[tuple[str, ...], Message] = {}
    for wording in context.wordings:
        message = wording.message
        opening = (message.language, *_WORD.findall(wording.own.casefold())[:OPENING])
        other = seen.setdefault(opening, message)
        if other.text != message.text:
            yield message, f'it opens like {other.id}: "{" ".join(opening[1:])} ..."'


RULES: tuple[TextRule | WholeRule, ...] = (
    TextRule(
        "gsm-7",
        "Write straight quotes, a hyphen or a colon, plain letters, no emoji.",
        _alphabet,
    ),
    TextRule(
        "two-segments",
        "Cut it to 306 characters, the name and the longest values counted.",
        _length,
    ),
    TextRule(
        "locked-screen",
        "Open with something that could be from anyone, and put this after character 40.",
        _locked_screen,
        kinds=(Kind.PUSH,),
    ),
    TextRule(
        "street-names",
        'Write "opioids"; name a drug only in the answer to a person\'s own keyword.',
        _street_names,
        kinds=(Kind.PUSH, Kind.WELCOME),
    ),
    TextRule(
        "reading-grade",
        "Write shorter sentences and shorter words: grade 6 or below.",
        _reading_grade,
        languages=("en",),
    ),
    TextRule(
        "sentence-length",
        f"Make two sentences of it: {LONGEST_SENTENCE} words at most.",
        _sentence_length,
        languages=("es",),
    ),
    WholeRule(
        "one-segment-share",
        "Shorten pushed texts to 160 characters until two thirds fit in one segment.",
        _one_segment,
    ),
    WholeRule("same-opening", "Begin one of the two with other words.", _openings),
)
