"""`bot read`: how texts are read, one a line, and how well."""

import json
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import click

from bot.content import ContentError, load
from bot.core.reading import Reader, Reading, Reason, load_patterns
from bot.core.reading.figures import report
from bot.core.reading.scale import Scale, write_scale

HEADING = """Made by `bot read --learn` from the developing corpora: do not edit by hand.
A clue a line, and its weight for each meaning in hundredths."""


@click.command("read")
@click.option("--json", "as_json", is_flag=True, help="Each line is a JSON string.")
@click.option("--report", "as_report", is_flag=True, help="Print the figures over the corpora.")
@click.option("--learn", "as_learning", is_flag=True, help="Learn the weights anew (some minutes).")
@click.option(
    "--messages",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path("messages"),
    show_default=True,
    help="Where the words are.",
)
@click.option(
    "--corpora",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("tests/corpora"),
    show_default=True,
    help="Where the labelled texts are.",
)
def command(
    as_json: bool, as_report: bool, as_learning: bool, messages: Path, corpora: Path
) -> None:
    """Say how texts are read: one text a line in, one JSON object a line out."""
    phrases = _texts(messages / "reading", "*.toml")
    if as_learning:
        _learn(phrases, messages / "reading", corpora)
        return
    patterns = load_patterns(phrases | _texts(messages / "reading", "*.tsv"))
    if as_report:
        click.echo(report(Reader(patterns, {}), _texts(corpora, "*.tsv")), nl=False)
        return
    try:
        reader = Reader(patterns, load(messages).vocabulary())
    except ContentError as error:
        raise click.ClickException(str(error)) from error
    for text in _lines(sys.stdin, as_json):
        click.echo(json.dumps(described(reader.read(text)), ensure_ascii=False))


def _learn(phrases: dict[str, str], into: Path, corpora: Path) -> None:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    from bot.core.reading.learning import KINDS

    learning = partial(_learned, phrases=phrases, corpora=_texts(corpora, "*.tsv"))
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:  # minutes of a core each
        for kind, scale in zip(KINDS, pool.map(learning, KINDS), strict=True):
            (into / f"{kind}.tsv").write_text(write_scale(scale, HEADING), encoding="utf-8")
            click.echo(f"{kind}: {len(scale.rows())} clues")


def _learned(kind: str, phrases: dict[str, str], corpora: dict[str, str]) -> Scale:
    from bot.core.reading.learning import learn

    return learn(kind, load_patterns(phrases), corpora)


def described(reading: Reading) -> dict[str, object]:
    """A reading as the command prints it: `reason` says which rule and which words."""
    return {
        "danger": reading.danger.value,
        "optout": reading.optout.value,
        "keyword": reading.keyword,
        "reason": {
            "danger": _reason(reading.danger_reason),
            "optout": _reason(reading.optout_reason),
        },
    }


def _reason(reason: Reason | None) -> dict[str, str] | None:
    return None if reason is None else {"rule": reason.rule, "words": reason.words}


def _texts(directory: Path, pattern: str) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in sorted(directory.glob(pattern))}


def _lines(lines: Iterable[str], as_json: bool) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        text = line.rstrip("\n")
        if not as_json:
            yield text
            continue
        try:
            value = json.loads(text)
        except ValueError as error:
            raise click.ClickException(f"line {number} is not JSON: {error}") from error
        if not isinstance(value, str):
            raise click.ClickException(f"line {number} is not a JSON string")
        yield value
