"""Planning touches what is due: no statement of a run reads a large table whole."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import event

from bot import planning
from bot.core.library import Library
from bot.core.reading import Reader
from bot.crypto import Vault
from bot.inbound import Inbox
from bot.store.database import Database
from tests.jobs.conftest import TUESDAY, Phone

WHOLE = re.compile(r"^SCAN (texts|subscribers|enrolments|inbox)$")
LOOKED_AT = ("SELECT", "INSERT", "UPDATE", "DELETE")


def test_a_run_reads_no_large_table_whole(
    sqlite_url: str, vault: Vault, library: Library, reader: Reader
) -> None:
    database = Database(sqlite_url)
    phone = Phone(Inbox(database, vault, library, reader, handles_stop=False))
    phone.text("recovery")
    read_whole: list[str] = []
    looked_at: list[str] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def look(
        connection: Any, _cursor: Any, sql: str, values: Any, _context: Any, many: bool
    ) -> None:
        if many or not sql.startswith(LOOKED_AT):
            return
        looked_at.append(sql)
        steps = connection.connection.dbapi_connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)
        read_whole.extend(f"{step[3]}: {sql}" for step in steps if WHOLE.match(step[3]))

    done = planning.plan(database, library, TUESDAY + timedelta(days=2))
    database.close()
    assert done.texts + done.moved == 1
    assert any("INSERT INTO texts" in sql for sql in looked_at)
    assert read_whole == []
