"""The same webhook with the program's statements in bare sqlite3, under the program's server.

`python -m bench.bare`: waitress on `PORT`. Writers take turns behind a lock, one commit each.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from flask import Flask, Response, request

from bench import parts
from bot.core import sms
from bot.core.library import fingerprint
from bot.core.model import Reply
from bot.server import Server
from bot.store.tables import EPOCH, MICROSECOND

INSTANTS = {
    "question_at", "paused_until", "held_until", "fallback_at", "pending_until", "created_at",
    "seen_at", "joined_at", "base_at", "at",
}  # fmt: skip

app = Flask(__name__)
writing = threading.Lock()
local = threading.local()


def _connection() -> sqlite3.Connection:
    if not hasattr(local, "connection"):
        path = os.environ["DATABASE_URL"].removeprefix("sqlite:///")
        local.connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        local.connection.execute("PRAGMA synchronous=FULL")
        local.connection.row_factory = _row
    return local.connection  # type: ignore[no-any-return]


def _row(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> SimpleNamespace:
    row = SimpleNamespace()
    for (name, *_), value in zip(cursor.description, values, strict=True):
        if value is not None and name in INSTANTS:
            value = EPOCH + value * MICROSECOND
        elif name == "tags":
            value = {} if value == "{}" else json.loads(value)
        setattr(row, name, value)
    return row


def _stored(value: Any) -> Any:
    return (value - EPOCH) // MICROSECOND if isinstance(value, datetime) else value


def _marks(values: Any) -> str:
    return ",".join("?" * len(values))


@app.get("/healthz")
def healthz() -> str:
    """For the start of the measurement."""
    return "ok"


@app.post("/sms")
def receive() -> Response:
    """One text in, its replies out."""
    if not parts.is_signed(request):
        return Response("wrong signature", 403)
    form = request.form
    with writing:
        connection = _connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            replies = _respond(connection, form["MessageSid"], form["From"], form["Body"])
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
    return Response(parts.twiml(replies), content_type="text/xml; charset=utf-8")


def _respond(
    connection: sqlite3.Connection, sid: str, number: str, body: str
) -> list[tuple[int, str]]:
    run, now = connection.execute, parts.CLOCK.now()
    came = run(
        "INSERT INTO inbox (message_sid, received_at, rule) VALUES (?, ?, '') "
        "ON CONFLICT DO NOTHING RETURNING message_sid",
        (sid, _stored(now)),
    ).fetchone()
    if came is None:
        stored = run(
            "SELECT t.id, w.body FROM texts t JOIN wordings w USING (fingerprint) "
            "WHERE t.inbox_sid = ? ORDER BY t.id",
            (sid,),
        ).fetchall()
        return [(row.id, row.body) for row in stored]
    row = run(
        "SELECT * FROM subscribers WHERE number_index = ?", (parts.VAULT.index(number),)
    ).fetchone()
    person = _known(connection, row, now)
    decision = parts.decide(person, body, now)
    values = parts.columns(decision, now) | {"unreachable": None}
    run(
        f"UPDATE subscribers SET {', '.join(f'{name} = ?' for name in values)} WHERE id = ?",
        (*map(_stored, values.values()), row.id),
    )
    run(
        "UPDATE inbox SET subscriber_id = ?, rule = ?, body_sealed = NULL, keep_until = NULL "
        "WHERE message_sid = ?",
        (row.id, decision.rule, sid),
    )
    return [_reply(connection, row.id, sid, reply, _stored(now)) for reply in decision.replies]


def _known(connection: sqlite3.Connection, row: Any, now: datetime) -> Any:
    run = connection.execute
    enrolments = run(
        "SELECT id, programme, state, path_id, joined_at FROM enrolments WHERE subscriber_id = ? "
        "ORDER BY id",
        (row.id,),
    ).fetchall()
    near = [_stored(at) for at in parts.candidates(row.zones, row.slot, now)]
    due = run(
        f"SELECT * FROM schedule WHERE base_at IN ({_marks(near)}) AND subscriber_id = ?",
        (*near, row.id),
    ).fetchall()
    days = [day.isoformat() for day in parts.recent(row.zones, now)]
    push = run(
        f"SELECT message_id, coalesce(attempted_at, due_at) AS at, push_on FROM texts "
        f"WHERE push_on IN ({_marks(days)}) AND subscriber_id = ? AND push_on IS NOT NULL "
        "AND state NOT IN ('expired', 'cancelled') "
        "AND state IN ('sending', 'sent', 'delivered', 'unknown') ORDER BY push_on DESC LIMIT 1",
        (*days, row.id),
    ).fetchone()
    run(
        "SELECT due_at FROM texts WHERE subscriber_id = ? "
        "AND state IN ('queued', 'sending', 'unknown') AND state = 'queued' AND kind = 'push' "
        "ORDER BY due_at LIMIT 1",
        (row.id,),
    ).fetchone()
    paths = sorted({one.path_id for one in due} | {one.path_id for one in enrolments})
    received = run(f"SELECT id, received FROM paths WHERE id IN ({_marks(paths)})", paths)
    return parts.known(
        row,
        enrolments,
        {one.programme: one for one in due},
        {one.id: one.received for one in received},
        push,
    )


def _reply(
    connection: sqlite3.Connection, subscriber_id: int, sid: str, reply: Reply, now: int
) -> tuple[int, str]:
    message, body = reply.message, reply.text
    mark = fingerprint(body)
    known = connection.execute("SELECT 1 FROM wordings WHERE fingerprint = ?", (mark,)).fetchone()
    if known is None:
        connection.execute(
            "INSERT INTO wordings (fingerprint, message_id, language, body, first_at) "
            "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (mark, message.id, message.language, body, now),
        )
    made = connection.execute(
        "INSERT INTO texts (subscriber_id, kind, state, priority, message_id, language, "
        "fingerprint, segments, due_at, closes_at, inbox_sid, created_at, changed_at) "
        "VALUES (?, 'reply', 'sent', 0, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            subscriber_id, message.id, message.language, mark, sms.segments(body), now, now, sid,
            now, now,
        ),
    )  # fmt: skip
    return int(made.lastrowid or 0), body


if __name__ == "__main__":
    server = Server(app, "127.0.0.1", int(os.environ["PORT"]), 16)
    server.start()
    threading.Event().wait()
