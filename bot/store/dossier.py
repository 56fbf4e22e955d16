"""Everything that is held on one number, table by table, for the person to whom it belongs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, select

from bot.store import paths
from bot.store.limits import number_key
from bot.store.tables import (
    consents,
    enrolments,
    flags,
    inbox,
    limits,
    receipts,
    redactions,
    schedule,
    subscribers,
    suppressions,
    texts,
    wordings,
)

Rows = list[dict[str, Any]]


def gather(connection: Connection, number_index: bytes) -> dict[str, Rows]:
    """Rows by table, as they are kept; sealed values are still sealed."""
    person = _rows(
        connection, select(subscribers).where(subscribers.c.number_index == number_index)
    )
    held = {
        "subscribers": person,
        "consents": _with_words(connection, consents, consents.c.number_index == number_index),
        "suppressions": _rows(
            connection, select(suppressions).where(suppressions.c.number_index == number_index)
        ),
        "limits": _rows(connection, select(limits).where(limits.c.key == number_key(number_index))),
    }
    return held | (_of_person(connection, person[0]["id"]) if person else {})


def _of_person(connection: Connection, id: int) -> dict[str, Rows]:
    """A whole walk through `texts` and `schedule`, which have no index by person: it is rare."""
    held = {
        table.name: _rows(connection, select(table).where(table.c.subscriber_id == id))
        for table in (enrolments, schedule, inbox, flags)
    }
    held["texts"] = _with_words(connection, texts, texts.c.subscriber_id == id)
    for row in held["enrolments"] + held["schedule"]:
        row["received"] = list(paths.received(connection, row["path_id"]))
    ids = select(texts.c.id).where(texts.c.subscriber_id == id)
    sids = {row["sid"] for row in held["texts"]} | {row["message_sid"] for row in held["inbox"]}
    held["receipts"] = _rows(connection, select(receipts).where(receipts.c.text_id.in_(ids)))
    held["redactions"] = _rows(
        connection, select(redactions).where(redactions.c.sid.in_(sids - {None}))
    )
    return held


def _with_words(connection: Connection, table: Any, of: Any) -> Rows:
    words = wordings.c.body.label("words")
    both = select(table, words).outerjoin(wordings, wordings.c.fingerprint == table.c.fingerprint)
    return _rows(connection, both.where(of).order_by(table.c.id))


def _rows(connection: Connection, query: Select[Any]) -> Rows:
    return [dict(row._mapping) for row in connection.execute(query)]
