"""Learns the weights of clues from labelled texts: logistic regression, one against the rest.

The method is FTRL-proximal (McMahan et al., "Ad click prediction", 2013):
it goes through the texts a few times, and clues that teach little get no weight at all, so that
the table stays short enough to read. Nothing is drawn at random: the same texts, the same table.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.reading.scale import UNIT, Scale

ROUNDS = 8
SETTLED = 4
"""From this round on weights count, each with its mean: the last text seen weighs no more."""
LEAST_TEXTS = 3
"""A clue that fewer texts have is left out."""
LEAST_WEIGHT = 20
"""Hundredths; a clue that weighs less for every meaning is left out of the table."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A labelled text: its clues, and the meanings that are right for it."""

    clues: tuple[str, ...]
    label: str
    accepted: frozenset[str]


@dataclass(frozen=True, slots=True)
class Strictness:
    """How fast weights grow, and how much a clue must teach to have one."""

    rate: float = 0.3
    beta: float = 1.0
    least: float = 0.7
    shrink: float = 1.0


class _Learner:
    """The weights of one meaning while they are learned."""

    def __init__(self, size: int, strictness: Strictness) -> None:
        self._z = [0.0] * size
        self._n = [0.0] * size
        self._w = [0.0] * size
        self._s = strictness

    def learn(self, clues: Sequence[int], right: bool) -> None:
        w, z, n, s = self._w, self._z, self._n, self._s
        total = sum([w[i] for i in clues])
        p = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))
        g = p - right
        g2 = g * g
        for i in clues:
            before = n[i]
            n[i] = after = before + g2
            z[i] += g - (math.sqrt(after) - math.sqrt(before)) / s.rate * w[i]
            excess = abs(z[i]) - s.least
            w[i] = (
                0.0
                if excess <= 0
                else -math.copysign(excess, z[i])
                / ((s.beta + math.sqrt(after)) / s.rate + s.shrink)
            )

    @property
    def weights(self) -> list[float]:
        return list(self._w)


def train(
    lessons: Sequence[Lesson],
    meanings: Sequence[str],
    strictness: Strictness | None = None,
) -> Scale:
    """A scale for these meanings."""
    numbers = _numbered(lessons)
    texts = [
        (lesson, [0, *(numbers[clue] for clue in lesson.clues if clue in numbers)])
        for lesson in _shuffled(lessons)
    ]
    learned = []
    for meaning in meanings:
        learner = _Learner(len(numbers) + 1, strictness or Strictness())
        rounds = []
        for number in range(ROUNDS):
            for lesson, clues in texts:
                if meaning == lesson.label or meaning not in lesson.accepted:
                    learner.learn(clues, meaning == lesson.label)
            if number >= SETTLED:
                rounds.append(learner.weights)
        learned.append([sum(of_clue) / len(of_clue) for of_clue in zip(*rounds, strict=True)])
    start = [round(weights[0] * UNIT) for weights in learned]
    rows = {
        clue: tuple(round(weights[at] * UNIT) for weights in learned)
        for clue, at in numbers.items()
    }
    kept = {clue: row for clue, row in rows.items() if max(map(abs, row)) >= LEAST_WEIGHT}
    return Scale(meanings, start, kept)


def _numbered(lessons: Sequence[Lesson]) -> dict[str, int]:
    """A number for each clue that enough texts have; 0 is the beginning of every sum."""
    texts: dict[str, int] = {}
    for lesson in lessons:
        for clue in lesson.clues:
            texts[clue] = texts.get(clue, 0) + 1
    kept = sorted(clue for clue, count in texts.items() if count >= LEAST_TEXTS)
    return {clue: at for at, clue in enumerate(kept, start=1)}


def _shuffled(lessons: Sequence[Lesson]) -> list[Lesson]:
    """The lessons in an order that has nothing to do with their labels, always the same."""
    step = next(
        step
        for step in range(int(len(lessons) * 0.618) + 1, 2 * len(lessons) + 3)
        if math.gcd(step, max(1, len(lessons))) == 1
    )
    return [lessons[at * step % len(lessons)] for at in range(len(lessons))]
