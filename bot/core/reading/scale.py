"""Weighs the clues of a text: for each meaning a sum, made of what labelled texts have taught.

The weights are a table that a person can read, one clue a line. Weighing is adding up: the same
text always gives the same sums, and the clues that weighed most are the reason.
"""

from collections.abc import Iterable, Mapping, Sequence

UNIT = 100
"""Weights stand in the table as whole hundredths."""


class ScaleError(ValueError):
    """A table of weights that can't be used; the message says where and why."""


class Scale:
    """One table: meanings, where each begins, and the weight of every clue for each."""

    def __init__(
        self,
        meanings: Sequence[str],
        start: Sequence[int],
        weights: Mapping[str, tuple[int, ...]],
    ) -> None:
        self.meanings = tuple(meanings)
        self.start = tuple(start)
        self._weights = weights

    def rows(self) -> list[tuple[str, tuple[int, ...]]]:
        """Every clue with its weights, in the order of the alphabet."""
        return sorted(self._weights.items())

    def sums(self, clues: Iterable[str]) -> dict[str, int]:
        """The weight of each meaning."""
        sums = list(self.start)
        known = self._weights.get
        for clue in clues:
            if (weights := known(clue)) is not None:
                for at, weight in enumerate(weights):
                    sums[at] += weight
        return dict(zip(self.meanings, sums, strict=True))

    def knows(self, clues: Sequence[str]) -> bool:
        """Whether the text has a word that was ever weighed: of noise nothing is made."""
        return any(clue in self._weights for clue in clues if " " not in clue and clue[0] != "*")

    def spoke_for(self, meaning: str, clues: Iterable[str]) -> tuple[str, ...]:
        """The three clues that weighed most for a meaning."""
        at = self.meanings.index(meaning)
        spoke = [(self._weights[clue][at], clue) for clue in clues if clue in self._weights]
        best = sorted((one for one in spoke if one[0] > 0), reverse=True)[:3]
        return tuple(clue for _, clue in best)


def read_scale(name: str, table: str) -> Scale:
    """A scale from its table: a line of meanings, a line of beginnings, then a line a clue.

    Raises `ScaleError`.
    """
    lines = [line for line in table.split("\n") if line and not line.startswith("#")]
    if [line.partition("\t")[0] for line in lines[:2]] != ["meaning", "start"]:
        raise ScaleError(f"{name}: begins with a line of meanings and a line of starts")
    meanings, start = lines[0].split("\t")[1:], lines[1].split("\t")[1:]
    width = len(meanings) + 1
    if any(line.count("\t") != len(meanings) for line in lines):
        raise ScaleError(f"{name}: {_complaint(lines[1:], width)}")
    fields = "\t".join(lines[2:]).split("\t")  # the whole table at once: a start waits for it
    columns = [fields[at::width] for at in range(width)]
    try:
        beginnings = [int(weight) for weight in start]
        weights = dict(
            zip(columns[0], zip(*[map(int, c) for c in columns[1:]], strict=True), strict=True)
        )
    except ValueError:
        raise ScaleError(f"{name}: {_complaint(lines[1:], width)}") from None
    return Scale(meanings, beginnings, weights)


def _complaint(lines: Sequence[str], width: int) -> str:
    """What is wrong with a table that can't be read."""
    for line in lines:
        clue, *weights = line.split("\t")
        if len(weights) != width - 1:
            return f"{clue!r} has {len(weights)} weights, not {width - 1}"
        for weight in weights:
            if not weight.lstrip("-").isdigit():
                return f"the weight {weight!r} of {clue!r} is not a whole number"
    return "can't be read"


def write_scale(scale: Scale, heading: str) -> str:
    """The table of a scale, clues in the order of the alphabet."""
    lines = [f"# {line}" for line in heading.splitlines()]
    lines.append("\t".join(("meaning", *scale.meanings)))
    lines.append("\t".join(("start", *map(str, scale.start))))
    lines += ["\t".join((clue, *map(str, row))) for clue, row in scale.rows()]
    return "\n".join(lines) + "\n"
