"""The clues in a text that are weighed: its words, their classes, and what stands beside what.

Phrases find what somebody thought of. Clues catch the rest: a word in a class counts as that class
("my brother" and "my roommate" are one), so that a sentence nobody wrote down still looks like the
ones that were labelled.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from bot.core.reading.matcher import STRONG, Token

MOST_TOKENS = 120
"""Tokens of a text that give clues: what comes later is read by phrases alone."""

CLASSES = [
    "SELF",
    "HE",
    "FRIEND",
    "PARTNER",
    "FAMILY",
    "OPIOID",
    "SEDATIVE",
    "STIMULANT",
    "MEDICINE",
    "USING",
    "HABIT",
    "TEXT",
    "SEND",
    "STOP",
    "REMOVE",
    "NUMBER",
    "LIST",
    "THESE",
    "SPAN",
    "AGO",
    "WANT",
    "DIE",
    "KILL",
    "HARM",
    "LIFE",
    "BREATHE",
    "WAKE",
    "MEANS",
    "WEAPON",
    "NOT",
    "PLEASE",
    "NOW",
    "SWEAR",
    "BE",
    "PASTDAY",
    "COUNT",
    "LOL",
    "BADFEEL",
    "VIOLENT",
    "MUNDANE",
]
"""Classes of `classes.toml` that clues know; of those that share a word the first one counts."""
SPANISH = "_ES"
"""Ends the name of a class with the Spanish words of the class that is called as what is before."""


def classes_by_word(classes: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """The class of each word that has one."""
    found: dict[str, str] = {}
    for name in [*CLASSES, *(name + SPANISH for name in CLASSES)]:
        for word in classes.get(name, ()):
            found.setdefault(word, name.removesuffix(SPANISH))
    return found


def clues(tokens: Sequence[Token], classes: Mapping[str, str], rules: Iterable[str]) -> list[str]:
    """Each clue of a text once. `rules`: what the phrases found and decided, clues themselves."""
    words = [_word(token, classes) for token in tokens[:MOST_TOKENS] if token.readings[0]]
    kinds = [classes.get(word, word) for word in words]
    found = {f"rule {rule}" for rule in rules}
    found.update(_single(words, kinds))
    found.update(_beside(tokens[:MOST_TOKENS], words, kinds))
    found.update(_letters(tokens[:MOST_TOKENS]))
    if len(words) <= 4:
        found.add("whole " + " ".join(words))
    found.add(f"length {min(6, len(words) // 4)}")
    return sorted(found)


def _word(token: Token, classes: Mapping[str, str]) -> str:
    """The reading that a class knows, else the word as it was written."""
    return next((word for word in token.readings if word in classes), token.readings[0])


def _single(words: Sequence[str], kinds: Sequence[str]) -> Iterator[str]:
    for word, kind in zip(words, kinds, strict=True):
        yield word
        if kind != word:
            yield kind


def _letters(tokens: Sequence[Token]) -> Iterator[str]:
    """Rows of four letters as written: what misspelt, bent and unknown words have in common."""
    for token in tokens:
        written = f"^{token.surface}$"
        if len(written) > 5:
            for start in range(len(written) - 3):
                yield "*" + written[start : start + 4]


def _beside(tokens: Sequence[Token], words: Sequence[str], kinds: Sequence[str]) -> Iterator[str]:
    """Rows of two to four, and two with a gap, by class; rows of two and three also by word."""
    row = ["<", *words, ">"]
    for first, second in pairwise(row):
        yield f"{first} {second}"
    for three in zip(row, row[1:], row[2:], strict=False):
        yield " ".join(three)
    row = ["<", *kinds, ">"]
    for size in (2, 3, 4):
        for start in range(len(row) - size + 1):
            yield " ".join(row[start : start + size])
    for first, second in zip(row, row[2:], strict=False):
        yield f"{first} .. {second}"
    for first, second in zip(row, row[3:], strict=False):
        yield f"{first} ... {second}"
    for token, kind in zip(tokens, kinds, strict=False):
        if token.boundary >= STRONG:
            yield f"^ {kind}"
