"""Which words a written one can stand for: short forms, figures for letters, slips, glued words."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.core.reading.spelling import LONGEST_WORD, Spelling

Readings = tuple[str, ...]

_FIGURES = str.maketrans("0134578@$!|", "oleastbasil")
_FIGURES_TOO = str.maketrans("0134578@$!|", "oieastbasii")
_RUN = re.compile(r"(.)\1+")
MANY = 6
"""From this number on a count of pills is a danger in itself."""


@dataclass(frozen=True, slots=True)
class Words:
    """The word lists that a `Lexicon` is built from.

    `known` are all words that phrases use; `short` maps a short form to what it is short for;
    `also` maps a word to others it may stand for; `spelled` are the words whose misspellings
    are worth repairing; `ordinary` are words that look like those and mean themselves; `glued`
    are the words that people run together.
    """

    known: frozenset[str] = frozenset()
    short: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, Readings] = field(default_factory=dict)
    spelled: frozenset[str] = frozenset()
    ordinary: frozenset[str] = frozenset()
    glued: frozenset[str] = frozenset()


class Lexicon:
    """Looks written words up."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._whole = words.known | words.ordinary | words.short.keys() | words.also.keys()
        self._spelling = Spelling(words.spelled)
        self._pieces = words.glued | (self._whole & _SMALL)
        self._by_shape: dict[tuple[int, str], list[str]] = {}
        for word in sorted(words.spelled):
            self._by_shape.setdefault((len(word), word[0]), []).append(word)

    def knows(self, word: str) -> bool:
        """Whether the word needs no repair."""
        return word in self._whole

    def look_up(self, written: str, guess: bool = True) -> tuple[Readings, ...]:
        """The words that one written word stands for, each with its likely readings.

        With `guess` a word that nothing else explains is taken for a misspelt one.
        """
        word = written
        if not self.knows(word):
            word = self._repaired(written)
        if " " in word:
            return tuple(r for part in word.split() for r in self.look_up(part))
        if word in self._words.short:
            return tuple((part, *self._others(part)) for part in self._words.short[word].split())
        if word.isdigit():
            return ((word, *_number(word), *self._others(word)),)
        if self.knows(word):
            return ((word, *self._others(word)),)
        guesses = self._spelling.guesses(word) if guess else ()
        if guesses and guesses[0] in self._words.short:
            return self.look_up(guesses[0])
        return ((word, *guesses),)

    def _others(self, word: str) -> Readings:
        return tuple(self._words.also.get(word, ()))

    def _repaired(self, written: str) -> str:
        """The word with figures, stretched letters, stars and dropped letters mended."""
        for attempt in self._attempts(written):
            if self.knows(attempt):
                return attempt
        return self._split(written) or written

    def _attempts(self, written: str) -> Iterable[str]:
        bare = written.replace("'", "")
        yield bare
        if any(c.isalpha() for c in bare) and not bare.isalpha():
            yield bare.translate(_FIGURES)
            yield bare.translate(_FIGURES_TOO)
        for stretched in (bare, bare.translate(_FIGURES)):
            yield _RUN.sub(r"\1\1", stretched)
            yield _RUN.sub(r"\1", stretched)
        if "*" in bare:
            yield from self._censored(bare)
        if written.endswith("'s"):
            yield written[:-2]
        if bare.endswith("in"):
            yield bare + "g"

    def _censored(self, written: str) -> Iterable[str]:
        for word in self._by_shape.get((len(written), written[0]), ()):
            if all(a in ("*", b) for a, b in zip(written, word, strict=True)):
                yield word

    def _split(self, written: str) -> str:
        """The words that were run together, or "" if that is not what happened."""
        if not 6 <= len(written) <= LONGEST_WORD or not written.isalpha():
            return ""
        best: list[tuple[int, str] | None] = [(0, "")] + [None] * len(written)
        for end in range(1, len(written) + 1):
            for start in range(max(0, end - 12), end):
                piece, before = written[start:end], best[start]
                if before is not None and piece in self._pieces:
                    heavy = before[0] + (len(piece) if piece in self._words.glued else 0)
                    here = best[end]
                    if here is None or heavy > here[0]:
                        best[end] = (heavy, f"{before[1]} {piece}".strip())
        whole = best[-1]
        return whole[1] if whole and 2 * whole[0] > len(written) and " " in whole[1] else ""


_SMALL = frozenset(
    [
        "i",
        "me",
        "my",
        "to",
        "no",
        "not",
        "it",
        "im",
        "the",
        "all",
        "this",
        "these",
        "for",
        "off",
        "us",
        "u",
        "ur",
        "and",
        "you",
        "please",
        "now",
        "more",
        "a",
        "mi",
        "los",
        "las",
        "de",
        "mas",
    ]
)


def _number(word: str) -> Readings:
    value = int(word[:6])
    if len(word) == 4 and 1950 <= value <= 2049:
        return ("#", "#year")
    return ("#", "#many") if value >= MANY else ("#",)
