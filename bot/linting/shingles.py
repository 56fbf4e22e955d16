"""Runs of six words of the source articles, as hashes: facts carry over, sentences do not.

The product holds no article, only a hash of every run of six words, so that the linter can tell a
copied run without the page at hand. To make the file anew from plain texts:

    python -m bot.linting.shingles article.txt ... > messages/articles.shingles
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

RUN = 6
_WORD = re.compile(r"[^\W_]+")
_DIGITS = 10


def runs(text: str) -> Iterator[tuple[str, str]]:
    """Each run of six words of a text, and its hash. Case, marks and apostrophes don't count."""
    words = _WORD.findall(re.sub(r"['\u2018\u2019]", "", text.casefold()))
    for start in range(len(words) - RUN + 1):
        run = " ".join(words[start : start + RUN])
        yield run, hashlib.sha256(run.encode()).hexdigest()[:_DIGITS]


def read(file: Path) -> frozenset[str]:
    """The hashes of a file. Raises `OSError` if it can't be read."""
    return frozenset(file.read_text(encoding="ascii").split())


def main(files: list[str]) -> None:
    """Print the hashes of all runs of these files."""
    texts = (Path(file).read_text(encoding="utf-8") for file in files)
    sys.stdout.writelines(f"{found}\n" for found in sorted({h for t in texts for _, h in runs(t)}))


if __name__ == "__main__":
    main(sys.argv[1:])
