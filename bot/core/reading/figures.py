"""How well texts are read: figures over labelled corpora, beside what simpler readers would do."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bot.core.reading.characters import plain
from bot.core.reading.model import Danger, OptOut
from bot.core.reading.reader import CARRIER_WORDS, Reader

Reads = Callable[[str], tuple[str, str]]
"""A reader to be measured: a text to its danger and its opt-out, by their values."""

OPT_OUT_WORDS = ("stop", "quit", "unsubscribe", "end", "cancel", "remove", "revoke", "opt out")
DANGER_WORDS = {
    "overdose": ("overdose", " od", "wake up", "not breathing", "blue lips", "took too much"),
    "suicide": ("suicid", "kill myself", "end it", "end my life", "want to die", "kms"),
    "other_danger": ("seizure", "hit me", "pregnant", "hurt me"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A labelled text: the right answer, and others that are right too."""

    label: str
    text: str
    accepted: frozenset[str]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A share of lines: how many of how many, and the goal for it in per cent."""

    name: str
    goal: str
    hits: int
    of: int

    @property
    def percent(self) -> float:
        """The share in per cent; 0 of nothing."""
        return 100 * self.hits / self.of if self.of else 0.0


MEASURES: Mapping[str, tuple[str, str, Callable[[Line, str], bool]]] = {
    "opt-out recalled": ("optout", "≥ 97", lambda line, read: read == "optout"),
    "opt-out recalled or asked": ("optout", "≥ 99", lambda line, read: read != "keep"),
    "wrongly unsubscribed": ("keep", "≤ 0.5", lambda line, read: read == "optout"),
    "asked needlessly": ("keep", "≤ 5", lambda line, read: read == "unclear"),
    "unclear handled acceptably": ("unclear", "≥ 90", lambda line, read: read in line.accepted),
    "suicide recalled": ("suicide", "≥ 97", lambda line, read: read in line.accepted),
    "overdose recalled": ("overdose", "≥ 95", lambda line, read: read in line.accepted),
    "other danger recalled": ("other_danger", "≥ 90", lambda line, read: read in line.accepted),
    "any danger answered with numbers": (
        "suicide overdose other_danger",
        "",
        lambda line, read: read != "none",
    ),
    "false alarms": (
        "none",
        "≤ 3",
        lambda line, read: read != "none" and read not in line.accepted,
    ),
}
"""What is measured: on lines of which labels, with which goal in per cent, and what counts."""


def lines_of(corpus: str) -> list[Line]:
    r"""The lines of a corpus: label, text and comment between tabs, "\n" for a line break."""
    lines = []
    for row in corpus.split("\n"):
        if not row.strip() or row.startswith("#"):
            continue
        label, _, rest = row.partition("\t")
        text, _, comment = rest.partition("\t")
        lines.append(Line(label, text.replace("\\n", "\n"), _accepted(label, comment), comment))
    return lines


def _accepted(label: str, comment: str) -> frozenset[str]:
    accepted = {label}
    for part in comment.replace(";", " ").replace(",", " ").split():
        name, _, values = part.partition("=")
        if name in ("accept", "alt"):
            accepted.update(values.split("|"))
    return frozenset(accepted)


def figures(lines: Iterable[Line], reads: Reads) -> list[Figure]:
    """All figures of one reader over labelled lines."""
    opt_outs = {value.value for value in OptOut}
    read = [
        (line, both[1] if line.label in opt_outs else both[0])
        for line in lines
        for both in (reads(line.text),)
    ]
    return [_figure(name, read) for name in MEASURES]


def _figure(name: str, read: Sequence[tuple[Line, str]]) -> Figure:
    labels, goal, counts = MEASURES[name]
    own = [(line, answer) for line, answer in read if line.label in labels.split()]
    return Figure(name, goal, sum(counts(line, answer) for line, answer in own), len(own))


def by_reader(reader: Reader) -> Reads:
    """Our own reader, in the form in which it is measured."""

    def reads(text: str) -> tuple[str, str]:
        reading = reader.read(text)
        return reading.danger.value, reading.optout.value

    return reads


def by_carrier_words(text: str) -> tuple[str, str]:
    """What the carrier's own list does: the whole message is one of eight words."""
    found = text.strip().lower() in CARRIER_WORDS
    return Danger.NONE.value, (OptOut.OPTOUT if found else OptOut.KEEP).value


def by_substrings(text: str) -> tuple[str, str]:
    """What a plain search for words anywhere in the text does."""
    clean = plain(text)
    danger = next((d for d, ws in DANGER_WORDS.items() if any(w in clean for w in ws)), "none")
    optout = OptOut.OPTOUT if any(word in clean for word in OPT_OUT_WORDS) else OptOut.KEEP
    return danger, optout.value


def report(reader: Reader, corpora: Mapping[str, str]) -> str:
    """The figures as a page of Markdown. `corpora` are texts by file name: those whose name
    ends in "-measure" are the measuring part."""
    developed = _lines(corpora, [name for name in corpora if not is_measuring(name)])
    measured = measured_lines(corpora)
    ours = cache(by_reader(reader))
    columns = [
        figures(measured, ours),
        figures(_lines(corpora, filter(is_measuring, corpora)), ours),
        figures(developed, ours),
        figures(measured, by_carrier_words),
        figures(measured, by_substrings),
    ]
    rows = [_row(*cells) for cells in zip(*columns, strict=True)]
    by_length = [
        _row_by_length(name, [figures(part, ours) for part in _by_length(measured)])
        for name in MEASURES
    ]
    return _PAGE.format(
        measured=len(measured),
        developed=len(developed),
        rows="\n".join(rows),
        by_length="\n".join(by_length),
    )


def _by_length(lines: Iterable[Line]) -> list[list[Line]]:
    """Lines of up to five words, of up to fifteen, and longer ones."""
    parts: list[list[Line]] = [[], [], []]
    for line in lines:
        words = len(line.text.split())
        parts[(words > 5) + (words > 15)].append(line)
    return parts


def _row_by_length(name: str, parts: Sequence[Sequence[Figure]]) -> str:
    own = [next(figure for figure in part if figure.name == name) for part in parts]
    return f"| {name} | " + " | ".join(f"{f.percent:.2f} of {f.of}" for f in own) + " |"


def measured_lines(corpora: Mapping[str, str]) -> list[Line]:
    """The lines of the measuring part, without those that the developing part has too."""
    developed = _lines(corpora, [name for name in corpora if not is_measuring(name)])
    known = {line.text.casefold() for line in developed}
    lines = _lines(corpora, [name for name in corpora if is_measuring(name)])
    return [line for line in lines if line.text.casefold() not in known]


def is_measuring(name: str) -> bool:
    """Whether a corpus of this name measures, and teaches nothing."""
    return name.removesuffix(".tsv").endswith("-measure")


def _lines(corpora: Mapping[str, str], names: Iterable[str]) -> list[Line]:
    return [line for name in sorted(names) for line in lines_of(corpora[name])]


def _row(measured: Figure, *others: Figure) -> str:
    shares = " | ".join(f"{figure.percent:.2f}" for figure in (measured, *others))
    return f"| {measured.name} | {measured.goal} | {measured.of} | {shares} |"


def published(page: str) -> dict[str, float]:
    """The figures of the measuring part, in per cent, that a page made by `report` states."""
    rows = [[cell.strip() for cell in row.split("|")] for row in page.split("\n")]
    return {row[1]: float(row[4]) for row in rows if len(row) > 6 and row[1] in MEASURES}


_PAGE = """# How well texts are read

Made by `bot read --report` from `tests/corpora/`: do not edit it by hand. All figures are per cent.
The reading was developed on {developed} labelled lines and is measured on {measured} others, whose
misses nobody looks at one by one. Two writers wrote those, who saw nothing of the reader or of the
developing lines, and two other readers labelled them again without seeing the labels; a line
counts only if both gave it the same, and if the developing part does not have it too. CI fails when
the measuring part falls below this page.

| figure | goal | lines | measuring part | all of it | developing | Twilio's | substrings |
|---|---|---|---|---|---|---|---|
{rows}

"All of it" has the lines too that the developing part has, letter for letter: they are what people
send most, and no test of what is new. The last two columns read the lines of the measuring part:
Twilio's own list takes a message that is one of its eight words and knows no danger; plain
substrings look for a word list anywhere in the text. "Recalled" counts a danger only when its kind
is right; a text with two right answers takes either.

The measuring part by the length of the text:

| figure | up to 5 words | 6 to 15 | longer |
|---|---|---|---|
{by_length}

How it works, in the order of a text's way through `bot/core/reading/`:

1. `characters`, `tokens`, `lexicon`, `spelling`: letters made plain (full-width, decorated,
   look-alike, zero-width), short forms written out ("wanna", "kms", "dont"), figures for letters,
   words run together or spaced out, and slips of the thumb mended towards the words of the phrases.
2. `notation`, `matcher`: the phrases of `messages/reading/*.toml`, all looked for in one pass.
3. `judgement`: guards ("dont", "used to", "signs of", "my dealer") take the meaning away from
   phrases they stand before, around, or in one clause with. What still stands counts; danger
   comes first.
4. `clues`, `scale`: the words, their classes and what stands beside what are weighed by a table
   that labelled texts have taught (`messages/reading/*.tsv`), the phrases among them.
5. `weighing`: what weighs most is the reading; a close call between "end the texts" and "go on" is
   asked about, one between a danger and none is answered, and a phrase that somebody wrote down is
   overruled only by a clear margin. The exact opt-out words are never weighed.
6. `keywords`, `age`, `tapback`: what else a conversation needs.

After a change of phrases or corpora: `bot read --learn` (some minutes), then
`bot read --report > docs/reading.md`. Learning uses the developing part alone and draws nothing
at random. No clinician has read the labels yet; all of them were written for this project, and
texts of real people will differ.
"""
