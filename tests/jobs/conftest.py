"""The real words, the real reader and a real vault for tests of what the program does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.content import load, load_patterns
from bot.core.library import Library
from bot.core.reading import Reader
from bot.crypto import Vault, new_key
from bot.inbound import Answered, Inbox, Incoming
from bot.store.database import Database

MESSAGES = Path(__file__).parents[2] / "messages"
OURS = "+12165550100"
TUESDAY = datetime(2026, 12, 1, 17, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def library() -> Library:
    return load(MESSAGES)


@pytest.fixture(scope="session")
def reader(library: Library) -> Reader:
    return Reader(load_patterns(MESSAGES), library.vocabulary())


@pytest.fixture(scope="session")
def vault() -> Vault:
    return Vault([new_key()], new_key())


class Phone:
    """Somebody who texts, a minute apart unless told otherwise."""

    def __init__(self, inbox: Inbox, number: str = "+12165550123") -> None:
        self.inbox = inbox
        self.number = number
        self.now = TUESDAY
        self.sent = 0

    def text(
        self, body: str, *, after: timedelta = timedelta(minutes=1), media: int = 0
    ) -> Answered:
        self.now += after
        self.sent += 1
        return self.inbox.receive(self.incoming(body, media=media), self.now)

    def incoming(self, body: str, media: int = 0) -> Incoming:
        sid = f"SM{self.number[-4:]}{self.sent:028}"
        return Incoming(sid, self.number, OURS, body, media)


@pytest.fixture
def inbox_(database: Database, vault: Vault, library: Library, reader: Reader) -> Inbox:
    return Inbox(database, vault, library, reader, handles_stop=False)


@pytest.fixture
def phone(inbox_: Inbox) -> Phone:
    return Phone(inbox_)
