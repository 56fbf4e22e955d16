"""Every dialogue file, played on both databases; and no reply that none of them reaches."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from bot.content import load, load_patterns
from bot.content.series import REQUIRED
from bot.core.library import Library
from bot.core.reading import Reader
from bot.crypto import Vault, new_key
from bot.dialogues import play, read
from bot.handset import Handset
from bot.store.database import Database

HERE = Path(__file__).parent
MESSAGES = HERE.parent / "messages"
FROM_THE_PAGE = {"sys.join_confirm"}
"""Sent by the sign-up page, not in answer to a text."""
FILES = sorted((HERE / "dialogues").glob("*.toml"))

INDEX_KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
"""Always the same, so that everybody's minute in a slot is: a dialogue is played to the minute."""


@pytest.fixture(scope="module")
def library() -> Library:
    return load(MESSAGES)


@pytest.fixture(scope="module")
def reader(library: Library) -> Reader:
    return Reader(load_patterns(MESSAGES), library.vocabulary())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_dialogue(path: Path, database: Database, library: Library, reader: Reader) -> None:
    dialogue = read(path)
    handset = Handset(
        database,
        Vault([new_key()], INDEX_KEY),
        library,
        reader,
        number=dialogue.number,
        at=dialogue.at,
        handles_stop=dialogue.handles_stop,
    )
    play(dialogue, handset)


def test_no_reply_is_reached_by_no_dialogue(library: Library) -> None:
    reached = {came for path in FILES for turn in read(path).turns for came in turn.expect}
    replies = {message.id for message in library.system.values()}
    replies |= {m.id for topic in library.topics.values() for m in topic.messages}
    for programme in library.programmes.values():
        for message in programme.messages:
            if message.checkin is not None:
                replies |= {a.reply.id for a in message.checkin.answers if a.reply is not None}
                replies |= {message.checkin.free.id} if message.checkin.free else set()
    assert sorted(replies - reached - FROM_THE_PAGE) == []


def test_the_loader_asks_for_every_system_reply_that_is_said() -> None:
    """An operator who deletes one must hear of it at start, not from somebody in need."""
    reached = {came for path in FILES for turn in read(path).turns for came in turn.expect}
    said = {came.removeprefix("sys.") for came in reached if came.startswith("sys.")}
    assert {name for name in said if not name.endswith(".es")} - REQUIRED == set()
