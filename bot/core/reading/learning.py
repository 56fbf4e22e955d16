"""From labelled texts to the two scales: what they weigh, and how doubt is settled.

Texts that the phrases were written on teach words alone: there the phrases are right far more often
than on texts nobody had seen, and their opinion would be trusted too much.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.core.reading.figures import Line, lines_of
from bot.core.reading.patterns import Patterns
from bot.core.reading.reader import Reader
from bot.core.reading.scale import Scale, settle
from bot.core.reading.training import Lesson, train

SEEN = ("optout.tsv", "optout-dev.tsv", "crisis.tsv", "danger-dev.tsv")
"""The corpora that the phrases were written on."""
MODELS = ("optout.tsv", "crisis.tsv")
"""The first labelled texts, by which the labels of all others were given: they count most."""
MEASURING = "-measure"
FOLDS = 3
STEPS = range(-200, 225, 25)
"""Hundredths by which a meaning may be made easier or harder to reach."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One scale to learn: from which corpora, its meanings, and what a reading is worth."""

    name: str
    files: tuple[str, ...]
    meanings: tuple[str, ...]
    opinion: str
    """How the clue is called that tells what the phrases make of a text."""
    others: tuple[str, ...]
    """Labels of the other kind whose texts mean nothing of this kind, unless something says so."""
    worth: Callable[[Sequence[tuple[Line, str]]], float]


def learn(patterns: Patterns, corpora: Mapping[str, str]) -> dict[str, Scale]:
    """The scales that the developing corpora teach, by kind. The measuring part is not touched."""
    reader = Reader(patterns, {})
    return {kind.name: _learn(kind, reader, patterns, corpora) for kind in KINDS}


def _learn(kind: Kind, reader: Reader, patterns: Patterns, corpora: Mapping[str, str]) -> Scale:
    seen = [
        _lesson(reader, Line(rule.meaning, rule.test, frozenset({rule.meaning})), with_rules=True)
        for rule in patterns.rules
        if rule.meaning in kind.meanings
    ]
    seen += _of_other_kind(kind, reader, corpora)
    fresh: list[tuple[Line, Lesson]] = []
    for name in sorted(corpora):
        if MEASURING in name or not name.startswith(kind.files):
            continue
        for line in lines_of(corpora[name]):
            if name in SEEN:
                seen.append(_lesson(reader, line, with_rules=False))
            if name in MODELS:
                seen += [_lesson(reader, line, with_rules=True)] * 2
            elif name not in SEEN:
                fresh.append((line, _lesson(reader, line, with_rules=True)))
    scale = train([*seen, *(lesson for _, lesson in fresh)], kind.meanings)
    easier = _easier(kind, seen, fresh)
    start = [at + by for at, by in zip(scale.start, easier, strict=True)]
    return Scale(scale.meanings, start, dict(scale.rows()))


def _of_other_kind(kind: Kind, reader: Reader, corpora: Mapping[str, str]) -> Iterator[Lesson]:
    """What people write when they mean nothing of this kind: the plain lines of the other corpora.

    Left out are lines with a note, lines that this kind has too, and what a phrase speaks up on.
    """
    developing = {name: text for name, text in sorted(corpora.items()) if MEASURING not in name}
    own = {
        line.text.casefold()
        for name, text in developing.items()
        if name.startswith(kind.files)
        for line in lines_of(text)
    }
    nothing = kind.meanings[-1]
    for name, text in developing.items():
        if name.startswith(kind.files):
            continue
        for line in lines_of(text):
            plain = line.label in kind.others and not line.note
            if plain and line.text.casefold() not in own:
                clues = reader.clues(line.text)
                if f"rule {kind.opinion}/{nothing}" in clues:
                    yield Lesson(clues, nothing, frozenset({nothing}))


def _lesson(reader: Reader, line: Line, *, with_rules: bool) -> Lesson:
    return Lesson(reader.clues(line.text, with_rules=with_rules), line.label, line.accepted)


def _easier(
    kind: Kind, seen: Sequence[Lesson], fresh: Sequence[tuple[Line, Lesson]]
) -> tuple[int, ...]:
    """By how much to move each meaning, judged on texts that were left out of the learning."""
    sums: list[tuple[Line, list[int]]] = []
    for fold in range(FOLDS):
        kept = [lesson for at, (_, lesson) in enumerate(fresh) if at % FOLDS != fold]
        scale = train([*seen, *kept], kind.meanings)
        sums += [(line, scale.sums(lesson.clues)) for line, lesson in fresh[fold::FOLDS]]
    best, best_worth = (0,) * len(kind.meanings), float("-inf")
    for moves in _moves(len(kind.meanings)):
        read = [(line, kind.meanings[_settled(kind, row, moves)]) for line, row in sums]
        if (worth := kind.worth(read)) > best_worth:
            best, best_worth = moves, worth
    return best


def _moves(meanings: int) -> Iterable[tuple[int, ...]]:
    """Ways to move the meanings; the last one, "nothing is meant", stays where it is."""
    if meanings == 3:
        return ((first, second, 0) for first in STEPS for second in STEPS)
    return ((by,) * (meanings - 1) + (0,) for by in STEPS)


def _settled(kind: Kind, sums: Sequence[int], moves: Sequence[int]) -> int:
    return settle(kind.meanings, [at + by for at, by in zip(sums, moves, strict=True)])


def _share(
    read: Sequence[tuple[Line, str]], label: str, counts: Callable[[Line, str], bool]
) -> float:
    own = [(line, meaning) for line, meaning in read if line.label == label]
    return sum(counts(line, meaning) for line, meaning in own) / max(1, len(own))


def _opt_out_worth(read: Sequence[tuple[Line, str]]) -> float:
    """Recall counts; throwing out somebody who wanted help costs most, a needless question less."""
    recall = _share(read, "optout", lambda _, meaning: meaning == "optout")
    heard = _share(read, "optout", lambda _, meaning: meaning != "keep")
    unclear = _share(read, "unclear", lambda line, meaning: meaning in line.accepted)
    wrong = _share(read, "keep", lambda line, meaning: meaning == "optout")
    asked = _share(read, "keep", lambda line, meaning: meaning == "unclear")
    return recall + 0.7 * heard + 0.3 * unclear - 6 * wrong - 0.7 * asked


def _danger_worth(read: Sequence[tuple[Line, str]]) -> float:
    """A danger that is missed weighs more than a needless kind answer."""

    def heard(label: str) -> float:
        return _share(read, label, lambda line, meaning: meaning in line.accepted)

    alarm = _share(read, "none", lambda line, meaning: meaning not in line.accepted)
    return heard("suicide") + heard("overdose") + 0.7 * heard("other_danger") - 4 * alarm


KINDS = (
    Kind(
        "danger",
        ("danger", "crisis"),
        ("suicide", "overdose", "other_danger", "none"),
        "danger",
        ("optout", "keep"),
        _danger_worth,
    ),
    Kind(
        "optout",
        ("optout",),
        ("optout", "unclear", "keep"),
        "opt-out",
        ("suicide", "overdose", "other_danger"),
        _opt_out_worth,
    ),
)
