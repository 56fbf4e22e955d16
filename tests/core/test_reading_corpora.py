"""The figures over the corpora do not fall below those that docs/reading.md publishes."""

from pathlib import Path

import pytest

from bot.core.reading import Reader, load_patterns
from bot.core.reading.figures import (
    MEASURES,
    by_carrier_words,
    by_reader,
    by_substrings,
    figures,
    lines_of,
    measured_lines,
    published,
    report,
)

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reading.md").read_text("utf-8")
SMALLER_IS_BETTER = {"wrongly unsubscribed", "asked needlessly", "false alarms"}


def corpora() -> dict[str, str]:
    return {p.name: p.read_text("utf-8") for p in sorted((ROOT / "tests/corpora").glob("*.tsv"))}


@pytest.fixture(scope="module")
def reader() -> Reader:
    sources = {p.name: p.read_text("utf-8") for p in (ROOT / "messages/reading").glob("*.t*")}
    return Reader(load_patterns(sources), {})


def test_every_figure_is_published() -> None:
    assert published(PAGE).keys() == MEASURES.keys()


def test_the_measuring_part_does_not_fall_below_the_published_figures(reader: Reader) -> None:
    measured = measured_lines(corpora())
    stated = published(PAGE)
    for figure in figures(measured, by_reader(reader)):
        fell = round(figure.percent, 2) - stated[figure.name]
        worse = fell if figure.name in SMALLER_IS_BETTER else -fell
        assert worse < 0.001, (
            f"{figure.name}: {figure.percent:.2f}, published {stated[figure.name]}"
        )


def test_the_corpora_are_as_large_as_promised() -> None:
    lines = {name: lines_of(corpus) for name, corpus in corpora().items()}
    assert sum(len(own) for name, own in lines.items() if name.startswith("optout")) >= 1500
    assert sum(len(own) for name, own in lines.items() if not name.startswith("optout")) >= 1200


def test_what_was_developed_on_is_not_measured_on() -> None:
    lines = measured_lines({"a.tsv": "keep\thi\n", "a-measure.tsv": "keep\tHi\nkeep\tho\n"})
    assert [line.text for line in lines] == ["ho"]


def test_a_line_may_have_several_right_answers() -> None:
    lines = lines_of(
        "unclear\tquit?\taccept=unclear|optout; a keyword\noverdose\ta\\nb\talt=suicide"
    )
    assert lines[0].accepted == {"unclear", "optout"}
    assert lines[1].accepted == {"overdose", "suicide"}
    assert lines[1].text == "a\nb"


def test_simpler_readers_are_measured_on_the_same_lines() -> None:
    assert by_carrier_words(" stop ") == ("none", "optout")
    assert by_carrier_words("stop it") == ("none", "keep")
    assert by_substrings("i want to stop using") == ("none", "optout")


def test_the_report_states_what_it_measured(reader: Reader) -> None:
    page = report(reader, {"a-measure.tsv": "optout\tSTOP\nkeep\thi\n", "b.tsv": "none\tok\n"})
    assert published(page)["opt-out recalled"] == 100.0
    assert published(page)["wrongly unsubscribed"] == 0.0
