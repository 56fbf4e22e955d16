"""What a misspelt word was meant to be, by a bounded edit distance to the words that matter."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
LONGEST_WORD = 24
MOST_GUESSES = 6


def _neighbours() -> dict[str, set[str]]:
    """Keys that touch each other on a phone."""
    near: dict[str, set[str]] = defaultdict(set)
    for y, row in enumerate(_ROWS):
        for x, key in enumerate(row):
            for v, u in ((y, x + 1), (y + 1, x), (y + 1, x - 1)):
                if v < len(_ROWS) and 0 <= u < len(_ROWS[v]):
                    near[key].add(_ROWS[v][u])
                    near[_ROWS[v][u]].add(key)
    return near


_NEAR = _neighbours()


class Spelling:
    """The words that matter, found again when a letter or two went wrong.

    Short words allow for one slip, longer ones for nearly two, from eight letters on for two.
    The first letter stands, unless it swapped places with the second or slipped to a key beside.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = tuple(word for word in words if len(word) > 3)

    @cached_property
    def _by_rest(self) -> dict[str, set[str]]:
        """The words by what is left of them; made at the first slip, so that a start is quick."""
        by_rest: dict[str, set[str]] = defaultdict(set)
        for word in self._words:
            for rest in _with_fewer(word):
                by_rest[rest].add(word)
        return by_rest

    def guesses(self, typed: str) -> tuple[str, ...]:
        """The likeliest words first, at most `MOST_GUESSES`."""
        if not 3 <= len(typed) <= LONGEST_WORD:
            return ()
        near = {w for rest in _with_fewer(typed) for w in self._by_rest.get(rest, ())}
        costs = {word: slips(typed, word) for word in near}
        fitting = [w for w, cost in costs.items() if cost <= _allowance(w)]
        fitting.sort(key=lambda w: (costs[w], w))
        return tuple(w for w in fitting if costs[w] <= costs[fitting[0]] + 0.3)[:MOST_GUESSES]


def _allowance(word: str) -> float:
    return 2.0 if len(word) >= 8 else 1.7 if len(word) >= 6 else 1.0


def _with_fewer(word: str) -> Iterator[str]:
    """The word, and what is left of it when a letter goes, or two of a longer word."""
    seen = {word}
    layer = {word}
    yield word
    for _ in range(2 if len(word) > 5 else 1):
        layer = {w[:i] + w[i + 1 :] for w in layer for i in range(len(w))} - seen
        seen |= layer
        yield from layer


def slips(typed: str, meant: str) -> float:
    """How many slips of a thumb lie between two words.

    A letter too many, too few, wrong or swapped with its neighbour is one slip; a key beside
    the right one, a swap or a doubled letter is a little less; a wrong first letter is two.
    """
    rows = [[float(j) for j in range(len(meant) + 1)]]
    for i, a in enumerate(typed, 1):
        row = [float(i)]
        for j, b in enumerate(meant, 1):
            wrong = 0.0 if a == b else (0.8 if b in _NEAR[a] else (2.0 if i == j == 1 else 1.0))
            doubled = 0.7 if i > 1 and a == typed[i - 2] else 1.0
            single = 0.7 if j > 1 and b == meant[j - 2] else 1.0
            best = min(rows[-1][j - 1] + wrong, rows[-1][j] + doubled, row[-1] + single)
            if i > 1 and j > 1 and a == meant[j - 2] and b == typed[i - 2]:
                best = min(best, rows[-2][j - 2] + 0.8)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
