"""How a text travels: GSM-7 or UCS-2, how many units it takes, into how many segments it is cut.

A segment holds 140 octets. A text that fits in one uses all of them (160 septets or 70 UTF-16
units); a longer one pays a header of six octets in each part (153 or 67). Source: 3GPP TS 23.038
and 23.040, and the way Twilio counts, which keeps what a reader sees as one character in one part.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import lru_cache

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
_GSM_7 = _BASIC | _EXTENSION

_JOINER = 0x200D
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAG_TAGS = range(0xE0020, 0xE0080)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_JAMO_VOWELS_AND_FINALS = range(0x1160, 0x1200)


class Encoding(StrEnum):
    """The alphabet that a whole text travels in: one foreign character moves all of it to UCS-2."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


_CAPACITY = {Encoding.GSM_7: (160, 153), Encoding.UCS_2: (70, 67)}


def encoding(text: str) -> Encoding:
    """GSM-7 if every character is in it, else UCS-2."""
    return Encoding.GSM_7 if _GSM_7.issuperset(text) else Encoding.UCS_2


def foreign(text: str) -> tuple[str, ...]:
    """The characters that would move the text to UCS-2, each once, in order of appearance."""
    return tuple(dict.fromkeys(char for char in text if char not in _GSM_7))


def units(text: str) -> int:
    """The length that counts: septets in GSM-7 (extension characters two), else UTF-16 units."""
    return _length(text, encoding(text))


@lru_cache(maxsize=1024)
def segments(text: str) -> int:
    """Into how many parts the text is cut; an empty text, which no carrier takes, has none."""
    if not text:
        return 0
    used = encoding(text)
    whole, part = _CAPACITY[used]
    if _length(text, used) <= whole:
        return 1
    atoms: Iterable[str] = text if used is Encoding.GSM_7 else _characters(text)
    return _parts((_length(atom, used) for atom in atoms), part)


def _length(text: str, used: Encoding) -> int:
    if used is Encoding.GSM_7:
        return len(text) + sum(char in _EXTENSION for char in text)
    return len(text) + sum(char > "\uffff" for char in text)


def _parts(lengths: Iterable[int], capacity: int) -> int:
    """How many parts hold pieces of these lengths in order, when no piece is cut that fits in one.

    A piece that is longer than a part (a letter under a tower of accents) begins a part of its own
    and runs on from there.
    """
    parts, free = 1, capacity
    for length in lengths:
        if length > free:
            parts += 1 if free < capacity else 0
            parts += (length - 1) // capacity
            free = capacity - ((length - 1) % capacity + 1)
        else:
            free -= length
    return parts


def _characters(text: str) -> Iterator[str]:
    """The text cut into what a reader sees as characters: accents, flags, families stay whole.

    A close reading of Unicode's extended grapheme clusters for what people send; a line break of
    two characters stays two, as Twilio counts it.
    """
    start = 0
    for at in range(1, len(text)):
        if not _continues(text, start, at):
            yield text[start:at]
            start = at
    if text:
        yield text[start:]


def _continues(text: str, start: int, at: int) -> bool:
    """Whether the character at `at` belongs to the visible character that began at `start`."""
    code, before = ord(text[at]), ord(text[at - 1])
    if before in (0x0A, 0x0D):
        return False
    if code == _JOINER or code in _SKIN_TONES or code in _FLAG_TAGS:
        return True
    if unicodedata.category(text[at]) in ("Mn", "Me", "Mc"):
        return True
    if code in _FLAG_LETTERS and before in _FLAG_LETTERS:
        return at - start == 1
    if code in _JAMO_VOWELS_AND_FINALS:
        return 0x1100 <= before < 0x1200 or 0xAC00 <= before < 0xD7A4
    return before == _JOINER and code > 0x203B
