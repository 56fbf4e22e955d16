"""A copy of the real words that a test may spoil, and ways to spoil it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.content import ContentError, load
from bot.core.library import Library
from bot.linting import shingles

MESSAGES = Path(__file__).parents[2] / "messages"


@pytest.fixture(scope="session")
def library() -> Library:
    return load(MESSAGES)


@pytest.fixture(scope="session")
def articles() -> frozenset[str]:
    return shingles.read(MESSAGES / "articles.shingles")


@pytest.fixture
def messages(tmp_path: Path) -> Path:
    """A copy of the real words."""
    return Path(shutil.copytree(MESSAGES, tmp_path / "messages"))


@pytest.fixture
def spoil(messages: Path) -> Callable[[str, str, str], int]:
    """Put other words in the place of the first ones like these; returns their line."""

    def replace(name: str, old: str, new: str) -> int:
        text = (messages / name).read_text("utf-8")
        assert old in text, f"{name} does not hold {old!r}"
        (messages / name).write_text(text.replace(old, new, 1), "utf-8")
        return text[: text.index(old)].count("\n") + 1

    return replace


@pytest.fixture
def complaints(messages: Path) -> Callable[[], list[str]]:
    """What the loader says of the copy."""

    def read() -> list[str]:
        with pytest.raises(ContentError) as caught:
            load(messages)
        return caught.value.complaints

    return read
