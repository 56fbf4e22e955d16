"""The privacy page: every promise on it names a test, and every test that it names is there."""

import re
from pathlib import Path

HOME = Path(__file__).parents[2]
PAGE = (HOME / "docs/privacy.md").read_text()
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_test_that_the_page_names_is_there() -> None:
    named = NAMED.findall(PAGE)
    assert len(named) > 30
    missing = [
        f"{file}::{name}" for file, name in named if f"def {name}(" not in (HOME / file).read_text()
    ]
    assert missing == []


def test_every_row_of_its_tables_names_a_test() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and "held by" not in line]
    assert [row for row in rows if not NAMED.search(row) and "| the same |" not in row] == []
