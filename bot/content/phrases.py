"""The phrases by which texts are read, from `messages/reading/`."""

from __future__ import annotations

from pathlib import Path

from bot.content.complaints import ContentError
from bot.core.reading import Patterns, PatternsError
from bot.core.reading import load_patterns as patterns_of

FOLDER = "reading"


def load_patterns(directory: Path) -> Patterns:
    """The phrases of a directory of words. Raises `ContentError` with every complaint."""
    files = sorted((directory / FOLDER).glob("*.toml")) + sorted((directory / FOLDER).glob("*.tsv"))
    shown = f"{directory.name}/{FOLDER}"
    if not files:
        raise ContentError([f"{shown}:1: there are no phrases to read texts by"])
    try:
        texts = {file.name: file.read_text(encoding="utf-8") for file in files}
        return patterns_of(texts)
    except OSError as error:
        raise ContentError([f"{shown}:1: can't be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise ContentError([f"{shown}:1: a file here is not UTF-8: save it as UTF-8"]) from None
    except PatternsError as error:
        raise ContentError([f"{shown}/{says}" for says in error.complaints]) from None
