"""Texts and their words, as the conversation sees them: replies, the last push, what is queued."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, insert, select, text, update

from bot.store.tables import texts, wordings
from bot.store.upsert import insert_into

NOBODY = 0
"""In place of a subscriber: replies to people of whom nothing is kept."""

# The conditions of two partial indexes, word for word: bound values would hide them from SQLite.
IS_PUSH = text("push_on IS NOT NULL AND state NOT IN ('expired', 'cancelled')")
IS_OPEN = text("state IN ('queued', 'sending', 'unknown')")

OUT = ("sending", "sent", "delivered", "unknown")
"""States of a push that has, or may have, reached somebody."""

# The statements of the hot path are built once: building one costs more than running it.
_KNOWN = select(wordings.c.fingerprint).where(
    wordings.c.fingerprint.in_(bindparam("fingerprints", expanding=True))
)
_TEXT = insert(texts)
_LAST_PUSH = (
    select(texts.c.message_id, texts.c.attempted_at, texts.c.due_at, texts.c.push_on)
    .where(
        texts.c.push_on.in_(bindparam("days", expanding=True)),
        texts.c.subscriber_id == bindparam("who"),
        IS_PUSH,
        texts.c.state.in_(OUT),
    )
    .order_by(texts.c.push_on.desc())
    .limit(1)
)
_QUEUED_PUSH = (
    select(texts.c.due_at)
    .where(
        texts.c.subscriber_id == bindparam("who"),
        IS_OPEN,
        texts.c.state == "queued",
        texts.c.kind == "push",
    )
    .order_by(texts.c.due_at)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Worded:
    """Exact words, with the entry of the content that they came from."""

    message_id: str
    language: str
    fingerprint: str
    body: str
    segments: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A reply as it was first given."""

    text_id: int
    body: str


@dataclass(frozen=True, slots=True)
class Push:
    """A pushed text that went out."""

    message_id: str
    at: datetime
    on: date


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A queued push that will not go: its programme steps back to `path_id`."""

    programme: str
    path_id: int


def keep_words(connection: Connection, worded: Iterable[Worded], now: datetime) -> None:
    """Keep words once, under their fingerprint; in one order, so that no two wait crosswise."""
    by_fingerprint = {words.fingerprint: words for words in worded}
    if not by_fingerprint:
        return
    known = set(connection.execute(_KNOWN, {"fingerprints": list(by_fingerprint)}).scalars())
    for fingerprint in sorted(by_fingerprint.keys() - known):
        words = by_fingerprint[fingerprint]
        connection.execute(
            insert_into(connection, wordings)
            .values(
                fingerprint=fingerprint,
                message_id=words.message_id,
                language=words.language,
                body=words.body,
                first_at=now,
            )
            .on_conflict_do_nothing()
        )


def record_replies(
    connection: Connection,
    subscriber_id: int,
    inbox_sid: str,
    replies: Sequence[Worded],
    now: datetime,
) -> list[Stored]:
    """Write the replies to one inbound text, which go back in the answer to the webhook."""
    keep_words(connection, replies, now)
    stored = []
    for words in replies:
        values = {
            "subscriber_id": subscriber_id,
            "kind": "reply",
            "state": "sent",
            "priority": 0,
            "message_id": words.message_id,
            "language": words.language,
            "fingerprint": words.fingerprint,
            "segments": words.segments,
            "due_at": now,
            "closes_at": now,
            "inbox_sid": inbox_sid,
            "created_at": now,
            "changed_at": now,
        }
        done = connection.execute(_TEXT, values)
        assert done.inserted_primary_key is not None
        stored.append(Stored(done.inserted_primary_key[0], words.body))
    return stored


def replies_to(connection: Connection, inbox_sid: str) -> list[Stored]:
    """The replies that were given to an inbound text, word for word, in their order."""
    query = (
        select(texts.c.id, wordings.c.body)
        .join(wordings, wordings.c.fingerprint == texts.c.fingerprint)
        .where(texts.c.inbox_sid == inbox_sid)
        .order_by(texts.c.id)
    )
    return [Stored(id_, body) for id_, body in connection.execute(query)]


def last_push(connection: Connection, subscriber_id: int, days: Sequence[date]) -> Push | None:
    """The last push that went out on one of these local dates."""
    where = {"days": list(days), "who": subscriber_id}
    row = connection.execute(_LAST_PUSH, where).one_or_none()
    return (
        None if row is None else Push(row.message_id, row.attempted_at or row.due_at, row.push_on)
    )


def queued_push_at(connection: Connection, subscriber_id: int) -> datetime | None:
    """When the push that waits in the queue for a person is due, if one does."""
    return connection.execute(_QUEUED_PUSH, {"who": subscriber_id}).scalar_one_or_none()


def cancel_queued(connection: Connection, subscriber_id: int, now: datetime) -> list[Cancelled]:
    """Cancel what waits for a person; pushes that are taken back, for their programmes."""
    done = connection.execute(
        update(texts)
        .where(
            texts.c.subscriber_id == subscriber_id,
            IS_OPEN,
            texts.c.state == "queued",
        )
        .values(state="cancelled", changed_at=now)
        .returning(texts.c.programme, texts.c.path_id)
    )
    return [Cancelled(row.programme, row.path_id) for row in done if row.path_id is not None]
