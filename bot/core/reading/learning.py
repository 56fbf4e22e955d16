"""From labelled texts to the two scales: which texts teach what.

Texts that the phrases were written on teach words alone: there the phrases are right far more often
than on texts nobody had seen, and their opinion would be trusted too much.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.core.reading.figures import Line, is_measuring, lines_of
from bot.core.reading.patterns import Patterns
from bot.core.reading.reader import Reader
from bot.core.reading.scale import Scale
from bot.core.reading.training import Lesson, train

SEEN = ("optout.tsv", "optout-dev.tsv", "crisis.tsv", "danger-dev.tsv")
"""The corpora that the phrases were written on."""
MODELS = ("optout.tsv", "crisis.tsv")
"""The first labelled texts, by which the labels of all others were given: they count most."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One scale to learn: from which corpora, and its meanings, the last of which is "nothing"."""

    files: tuple[str, ...]
    meanings: tuple[str, ...]
    opinion: str
    """How the clue is called that tells what the phrases make of a text."""
    others: tuple[str, ...]
    """Labels of the other kind whose texts mean nothing of this kind, unless something says so."""


def learn(name: str, patterns: Patterns, corpora: Mapping[str, str]) -> Scale:
    """The scale of one kind, by its name in `KINDS`, that the developing corpora teach.

    The measuring part is not touched.
    """
    kind, reader = KINDS[name], Reader(patterns, {})
    lessons = [
        _lesson(reader, Line(rule.meaning, rule.test, frozenset({rule.meaning})))
        for rule in patterns.rules
        if rule.meaning in kind.meanings
    ]
    developing = {
        file: lines_of(corpora[file]) for file in sorted(corpora) if not is_measuring(file)
    }
    own = {file: lines for file, lines in developing.items() if file.startswith(kind.files)}
    others = [line for file, lines in developing.items() if file not in own for line in lines]
    written = {line.text.casefold() for lines in own.values() for line in lines}
    lessons += _of_other_kind(kind, reader, others, written)
    for file, lines in own.items():
        for line in lines:
            lessons.append(_lesson(reader, line, with_rules=file not in SEEN))
            if file in MODELS:
                lessons += [_lesson(reader, line)] * 2
    return train(lessons, kind.meanings)


def _of_other_kind(
    kind: Kind, reader: Reader, others: Iterable[Line], own: Container[str]
) -> Iterator[Lesson]:
    """What people write when they mean nothing of this kind: the plain lines of the other corpora.

    Left out are lines with a note, lines that this kind has too (`own`, case-folded), and what a
    phrase speaks up on.
    """
    nothing = kind.meanings[-1]
    for line in others:
        plain = line.label in kind.others and not line.note
        if plain and line.text.casefold() not in own:
            clues = reader.clues(line.text)
            if f"rule {kind.opinion}/{nothing}" in clues:
                yield Lesson(clues, nothing, frozenset({nothing}))


def _lesson(reader: Reader, line: Line, *, with_rules: bool = True) -> Lesson:
    return Lesson(reader.clues(line.text, with_rules=with_rules), line.label, line.accepted)


KINDS = {
    "danger": Kind(
        ("danger", "crisis"),
        ("suicide", "overdose", "other_danger", "none"),
        "danger",
        ("optout", "keep"),
    ),
    "optout": Kind(
        ("optout",),
        ("optout", "unclear", "keep"),
        "opt-out",
        ("suicide", "overdose", "other_danger"),
    ),
}
