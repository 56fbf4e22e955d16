"""How hard a text is to read: its Flesch-Kincaid grade, the US school year that can follow it.

Syllables are counted by `syllapy` (a word list, with rules for what it does not hold; no download,
unlike textstat's). Numbers, contacts, medicine names and groups' names are set aside first: they
can't be put more plainly, and a phone number is not a long word.

Source of the formula: Kincaid et al., Derivation of new readability formulas, 1975.
"""

from __future__ import annotations

import re

import syllapy

from bot.core.library import Library

MEDICINES = ("buprenorphine", "bup", "methadone", "naltrexone", "naloxone", "narcan")
_SENTENCE_END = re.compile(r"[.!?]+(?=\s|$|[\"')])|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_INITIALS = re.compile(r"\b(?:[A-Z]\.){2,}")
_MEDICINE = re.compile(rf"\b(?:{'|'.join(MEDICINES)})\b", re.IGNORECASE)


def plain(text: str, library: Library) -> str:
    """The text without what can't be put more plainly."""
    service = library.service
    names = [service.name, service.contact, service.operator]
    names += [resource.contact for resource in library.resources.values()]
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "")
    text = _INITIALS.sub("", text)
    return _MEDICINE.sub("", text)


def grade(text: str) -> float:
    """The Flesch-Kincaid grade; 0 for a text without words."""
    sentences = [words for part in _SENTENCE_END.split(text) if (words := _WORD.findall(part))]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return 0.0
    syllables = sum(max(1, int(syllapy.count(word))) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59
