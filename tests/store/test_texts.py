"""The conversation's view of texts: found by an index however many there are."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, event, insert

from bot.store import texts as store
from bot.store.database import Database
from bot.store.tables import texts
from bot.store.texts import Worded

NOW = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)


def push(subscriber_id: int, on: date, state: str = "sent", **more: object) -> dict[str, object]:
    return {
        "subscriber_id": subscriber_id,
        "kind": "push",
        "state": state,
        "priority": 1,
        "message_id": f"R{on.day:02}",
        "language": "en",
        "fingerprint": "f",
        "segments": 1,
        "due_at": NOW,
        "closes_at": NOW + timedelta(hours=6),
        "programme": "recovery",
        "path_id": 7,
        "push_on": on,
        "created_at": NOW,
        "changed_at": NOW,
        "attempted_at": None if state == "queued" else NOW,
    } | more


def add(database: Database, *rows: dict[str, object]) -> None:
    database.write(lambda c: c.execute(insert(texts), list(rows)))


DAYS = [date(2026, 12, day) for day in (1, 2, 3, 4)]


def test_the_last_push_is_the_latest_that_went_out(database: Database) -> None:
    add(
        database,
        push(1, DAYS[0]),
        push(1, DAYS[1], "delivered"),
        push(1, DAYS[2], "expired"),
        push(1, DAYS[3], "queued"),
        push(2, DAYS[3]),
    )
    found = database.read(lambda c: store.last_push(c, 1, DAYS))
    assert found is not None
    assert (found.message_id, found.on, found.at) == ("R02", DAYS[1], NOW)
    assert database.read(lambda c: store.last_push(c, 3, DAYS)) is None


def test_cancelling_takes_back_what_waits_and_tells_where_programmes_stood(
    database: Database,
) -> None:
    add(
        database,
        push(1, DAYS[0], "sending"),
        push(1, DAYS[1], "queued"),
        push(2, DAYS[1], "queued"),
    )
    taken = database.write(lambda c: store.cancel_queued(c, 1, NOW))
    assert [(push.programme, push.path_id) for push in taken] == [("recovery", 7)]
    assert database.read(lambda c: store.queued_push_at(c, 1)) is None
    assert database.read(lambda c: store.queued_push_at(c, 2)) == NOW


def test_replies_come_again_in_their_order_and_their_words(database: Database) -> None:
    words = [Worded(f"sys.{n}", "en", f"print{n}", f"Words {n}", 1) for n in (2, 1)]
    given = database.write(lambda c: store.record_replies(c, 1, "SM1", words, NOW))
    assert [reply.body for reply in given] == ["Words 2", "Words 1"]
    assert database.read(lambda c: store.replies_to(c, "SM1")) == given
    assert database.read(lambda c: store.replies_to(c, "SM2")) == []


@pytest.mark.parametrize(
    ("work", "index"),
    [
        (lambda c: store.last_push(c, 1, DAYS), "uq_texts_push_on_subscriber_id"),
        (lambda c: store.queued_push_at(c, 1), "ix_texts_open"),
        (lambda c: store.cancel_queued(c, 1, NOW), "ix_texts_open"),
        (lambda c: store.replies_to(c, "SM1"), "ix_texts_inbox_sid"),
    ],
)
def test_each_question_is_answered_by_its_index(sqlite_url: str, work: object, index: str) -> None:
    """SQLite uses a partial index only for the very words of its condition.

    PostgreSQL plans by statistics, of which an empty table has none.
    """
    database = Database(sqlite_url)
    plans: list[str] = []

    def explain(connection: Connection) -> None:
        said: list[tuple[str, object]] = []
        event.listen(
            connection, "before_cursor_execute", lambda c, cur, sql, p, x, m: said.append((sql, p))
        )
        assert callable(work)
        work(connection)
        for sql, values in said[:1]:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
            plans.extend(str(row[-1]) for row in rows)

    database.write(explain)
    database.close()
    assert any(index in plan for plan in plans), plans
