"""When the database is full, locked, read-only or gone: a clear error, a wait, and nothing lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from bot.sandbox import Sandbox
from bot.store.database import Database, StoreError
from bot.store.migrate import upgrade
from tests.delivery.conftest import Office


def test_a_read_only_file_gives_a_clear_error_and_no_call(
    sqlite_url: str, sandbox: Sandbox, vault: Any
) -> None:
    writable = Database(sqlite_url)
    text_id = Office(writable, sandbox, vault).queue()
    writable.close()
    path = sqlite_url.removeprefix("sqlite:///")
    reading = Database(f"sqlite:///file:{path}?mode=ro&uri=true")
    office = Office(reading, sandbox, vault)
    with pytest.raises(StoreError, match="readonly"):
        office.sender().tick()
    assert (office.text(text_id).state, office.accepted()) == ("queued", 0)
    reading.close()


def report_strangers(office: Office) -> None:
    """Reports of texts that are not ours are kept: they fill a disk."""
    for number in range(5000):
        office.report(None, f"SM{number:032}", "delivered")


def test_a_full_disk_keeps_the_report_with_the_carrier_and_loses_nothing(
    tmp_path: Path, sandbox: Sandbox, vault: Any
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'small.sqlite3'}")
    upgrade(database)
    office = Office(database, sandbox, vault)
    texts = [office.queue() for _ in range(3)]
    office.sender().tick()
    pages = database.read(lambda c: c.execute(text("PRAGMA page_count")).scalar_one())

    @event.listens_for(database.engine, "begin")
    def _limit(connection: Any) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={limit}")

    limit = pages
    with pytest.raises(StoreError, match="full"):
        report_strangers(office)
    assert [office.text(i).state for i in texts] == ["sent"] * 3
    limit = 1_000_000
    for text_id in texts:
        office.report(text_id, office.text(text_id).sid, "delivered")
    assert [office.text(i).state for i in texts] == ["delivered"] * 3
    database.close()


def test_with_no_connection_free_the_worker_waits_for_the_next_tick(
    postgres_url: str, sandbox: Sandbox, vault: Any
) -> None:
    database = Database(postgres_url, pool=1, patience_s=0.3)
    office = Office(database, sandbox, vault)
    text_id = office.queue()
    with database.engine.connect(), pytest.raises(StoreError):
        office.sender().tick()
    assert office.accepted() == 0
    office.sender(connections=2).tick()
    assert (office.text(text_id).state, office.accepted()) == ("sent", 1)
    database.close()


def test_a_database_that_goes_away_in_mid_text_is_waited_for(office: Any, stopping: Any) -> None:
    """It is away for the record, when the carrier has the text already."""
    texts = [office.queue() for _ in range(4)]
    away = office.away_database()
    line = stopping(office.carrier(), after=away.leave_for_a_moment)
    handover = office.handover(line, database=away)
    for _ in texts:
        assert handover.run(office.claim_one()) == "accepted"
    assert office.states() == {"sent": 4}
    assert office.accepted() == 4
