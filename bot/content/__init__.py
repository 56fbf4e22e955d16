"""Reads `messages/` into a `Library`: what stands between the quotes is what is sent.

Every complaint names file and line and all of them are reported at once, so that whoever edits the
words can mend them in one go.
"""

from __future__ import annotations

from pathlib import Path

from bot.content import answers, series, tables
from bot.content.complaints import Complaints, ContentError
from bot.content.keywords import Keywords
from bot.content.messages import Wordings
from bot.content.phrases import load_patterns
from bot.core.library import Library

__all__ = ["ContentError", "load", "load_patterns"]


def load(directory: Path) -> Library:
    """The content of a directory. Raises `ContentError` with every complaint."""
    complaints, keywords = Complaints(), Keywords()
    service, commands = tables.service(directory, complaints, keywords)
    retired = tables.retired(directory, complaints)
    wordings = Wordings(service, complaints, keywords, retired)
    library = Library(
        service=service,
        programmes=series.programmes(directory, wordings),
        topics=series.topics(directory, wordings),
        system=series.system(directory, wordings),
        resources=tables.resources(directory, complaints),
        claims=tables.claims(directory, complaints),
        commands=commands,
        by_id=wordings.by_id,
    )
    answers.check(library, complaints)
    complaints.raise_if_any()
    return library
