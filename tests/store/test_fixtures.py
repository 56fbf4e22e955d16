"""The ground under the other tests: real databases, and no way out of this machine."""

from __future__ import annotations

import socket

import pytest
from sqlalchemy import select

from bot.store.database import Database
from bot.store.migrate import require_current
from bot.store.tables import facts


def test_each_test_gets_a_migrated_and_empty_database_of_each_kind(database: Database) -> None:
    require_current(database)
    assert database.read(lambda c: c.execute(select(facts)).all()) == []


def test_no_test_can_reach_another_machine() -> None:
    with pytest.raises(RuntimeError), socket.socket() as outward:
        outward.connect(("192.0.2.1", 80))
    with pytest.raises(RuntimeError):
        socket.getaddrinfo("example.org", 80)
