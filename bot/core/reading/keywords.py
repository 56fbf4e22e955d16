"""Keywords: the whole message, a near miss of one, or a command with something behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core.reading.characters import plain
from bot.core.reading.matcher import Token
from bot.core.reading.spelling import slips

_POLITE = frozenset(
    [
        "please",
        "thanks",
        "thank",
        "you",
        "pls",
        "plz",
        "thx",
        "ty",
        "por",
        "favor",
        "gracias",
        "ok",
        "okay",
    ]
)
_LEAD = frozenset(["text", "send", "reply", "word", "keyword", "the"])
_ARGUMENT = {
    "pause": 5, "time": 4, "sources": 3, "find": 4, "more": 3, "feedback": 80, "start": 3,
    "zip": 3, "again": 2, "resume": 3, "fewer": 2, "recovery": 2, "treatment": 2,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Keyword:
    """A canonical keyword, or its likely candidates, and what followed it."""

    name: str | None = None
    candidates: tuple[str, ...] = ()
    rest: str = ""


class Keywords:
    """The vocabulary: words, or short phrases, and the canonical keyword each stands for."""

    def __init__(self, vocabulary: Mapping[str, Sequence[str]]) -> None:
        self._names: dict[str, str] = {}
        for name, words in vocabulary.items():
            for word in (name, *words):
                self._names.setdefault(" ".join(plain(word).replace("'", "").split()), name)
        self._single = [word for word in self._names if " " not in word and len(word) > 3]

    def read(self, tokens: Sequence[Token], ordinary: frozenset[str]) -> Keyword:
        """What the message asks for. `ordinary` are words that are nobody's misspelling."""
        written = [token.surface.replace("'", "") for token in tokens if token.surface]
        words = _without_manners(written)
        # As it was written first: "who are you" ends in a word that is manners elsewhere.
        for said in (written, words):
            whole = " ".join(said)
            if name := self._names.get(whole) or self._names.get(whole.replace(" ", "")):
                return Keyword(name)
        if not words:
            return Keyword()
        if len(words) == 1:
            return Keyword(candidates=self._near(words[0], ordinary))
        first = self._names.get(words[0])
        if first in _ARGUMENT and len(words) - 1 <= _ARGUMENT[first]:
            return Keyword(first, rest=" ".join(words[1:]))
        return Keyword()

    def _near(self, typed: str, ordinary: frozenset[str]) -> tuple[str, ...]:
        if typed in ordinary or len(typed) < 3 or len(typed) > 20:
            return ()
        costs = {word: slips(typed, word) for word in self._single}
        near = {w: c for w, c in costs.items() if c <= (2 if len(w) >= 8 else 1)}
        best = min(near.values(), default=0.0)
        return tuple(dict.fromkeys(self._names[w] for w, c in near.items() if c < best + 0.25))


def _without_manners(words: Sequence[str]) -> list[str]:
    out = list(words)
    while out and out[-1] in _POLITE:
        out.pop()
    while len(out) > 1 and (out[0] in _POLITE or out[0] in _LEAD):
        out.pop(0)
    return out
