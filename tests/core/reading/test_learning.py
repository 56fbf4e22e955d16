"""Labelled texts teach weights: the same texts the same weights, and the measuring part none."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.commands.read import command
from bot.core.reading import Danger, OptOut, Reader, load_patterns
from bot.core.reading.learning import learn
from bot.core.reading.patterns import Patterns
from bot.core.reading.training import LEAST_TEXTS, Lesson, train

ROOT = Path(__file__).parents[3]
CORPORA = {
    "optout-dev.tsv": "".join(
        f"optout\tbanish the {thing} forthwith\nkeep\tadore the {thing} forever\n"
        f"unclear\tponder the {thing} somewhat\taccept=unclear|optout\n"
        for thing in ("pings", "notes", "blasts", "quotes")
    ),
    "danger-dev.tsv": "".join(
        f"overdose\t{who} looks plum coloured and limp\nnone\t{who} looks rosy and lively\n"
        for who in ("he", "she", "marco", "auntie")
    ),
}


@pytest.fixture(scope="module")
def patterns() -> Patterns:
    files = (ROOT / "messages/reading").glob("*.toml")
    return load_patterns({file.name: file.read_text("utf-8") for file in files})


def test_words_that_no_phrase_knows_are_weighed_as_they_were_taught(patterns: Patterns) -> None:
    opt_out, danger = (learn(kind, patterns, CORPORA) for kind in ("optout", "danger"))
    reader = Reader(patterns, {})
    sums = opt_out.sums(reader.clues("banish the rhymes forthwith"))
    assert max(sums, key=lambda meaning: sums[meaning]) == "optout"
    sums = opt_out.sums(reader.clues("adore the rhymes forever"))
    assert max(sums, key=lambda meaning: sums[meaning]) == "keep"
    sums = danger.sums(reader.clues("grandpa looks plum coloured and limp"))
    assert sums["overdose"] > sums["none"]


def test_the_same_texts_teach_the_same_weights(patterns: Patterns) -> None:
    first, again = (learn("optout", patterns, CORPORA) for _ in range(2))
    assert (first.start, first.rows()) == (again.start, again.rows())


def test_the_measuring_part_teaches_nothing(patterns: Patterns) -> None:
    measured = {"optout-measure.tsv": "keep\tbanish the pings forthwith\n" * 9}
    taught = learn("optout", patterns, CORPORA)
    assert learn("optout", patterns, CORPORA | measured).rows() == taught.rows()


def test_another_right_answer_is_not_taught_to_be_wrong() -> None:
    lesson = Lesson(("shrug",), "unclear", frozenset({"unclear", "optout"}))
    others = Lesson(("wave",), "keep", frozenset({"keep"}))
    sums = train([lesson, others] * 9, ("optout", "unclear", "keep")).sums(("shrug",))
    strict = Lesson(("shrug",), "unclear", frozenset({"unclear"}))
    taught = train([strict, others] * 9, ("optout", "unclear", "keep")).sums(("shrug",))
    assert sums["optout"] > taught["optout"]


def test_a_clue_of_too_few_texts_has_no_weight() -> None:
    rare = [Lesson(("rare", "often"), "a", frozenset("a"))] * (LEAST_TEXTS - 1)
    usual = [Lesson(("often",), "a", frozenset("a")), Lesson(("other",), "b", frozenset("b"))] * 9
    clues = dict(train([*rare, *usual], ("a", "b")).rows())
    assert "often" in clues
    assert "rare" not in clues


def test_the_command_writes_tables_that_are_read_again(tmp_path: Path) -> None:
    messages, corpora = tmp_path / "messages", tmp_path / "corpora"
    shutil.copytree(ROOT / "messages/reading", messages / "reading")
    corpora.mkdir()
    for name, lines in CORPORA.items():
        (corpora / name).write_text(lines, encoding="utf-8")
    places = ["--messages", str(messages), "--corpora", str(corpora)]
    result = CliRunner().invoke(command, [*places, "--learn"])
    assert result.exit_code == 0, result.output
    assert "optout: " in result.output
    files = {file.name: file.read_text("utf-8") for file in (messages / "reading").iterdir()}
    assert set(files) > {"danger.tsv", "optout.tsv"}
    reading = Reader(load_patterns(files), {}).read("stop texting me, i want to die")
    assert (reading.danger, reading.optout) == (Danger.SUICIDE, OptOut.OPTOUT)
