"""Rounds in turn (A B A B ...), medians, and the lines of the table."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """One line of the table: what was measured, against what, and what it should be."""

    what: str
    ours: str
    against: str
    ratio: float | None
    goal: str
    met: bool | None
    """None where there is no goal: the line is there to explain another."""
    spread: str = ""
    """Lowest and highest ratio of the rounds."""

    @property
    def verdict(self) -> str:
        """The word for the last column."""
        return {True: "yes", False: "no", None: ""}[self.met]


def in_turn(
    rounds: int, *measures: Callable[[], float], before: Callable[[], object] | None = None
) -> list[list[float]]:
    """Measure each in every round, in changing order; returns the figures of each measure."""
    figures: list[list[float]] = [[] for _ in measures]
    for number in range(rounds):
        order = list(range(len(measures)))
        if number % 2:
            order.reverse()
        for which in order:
            if before is not None:
                before()
            figures[which].append(measures[which]())
    return figures


def compare(
    what: str,
    ours: Sequence[float],
    theirs: Sequence[float],
    *,
    unit: str,
    least: float | None = None,
    most: float | None = None,
) -> Outcome:
    """Medians side by side, and their ratio against a goal (`least` or `most`)."""
    ratio = statistics.median(ours) / statistics.median(theirs)
    each = [a / b for a, b in zip(ours, theirs, strict=True)]
    met, goal = None, ""
    if least is not None:
        met, goal = ratio >= least, f">= {least:g}"
    if most is not None:
        met, goal = ratio <= most, f"<= {most:g}"
    spread = f"{min(each):.2f} to {max(each):.2f}"
    return Outcome(what, shown(ours, unit), shown(theirs, unit), ratio, goal, met, spread)


def shown(figures: Sequence[float], unit: str) -> str:
    """The median with its unit."""
    value = statistics.median(figures)
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"
