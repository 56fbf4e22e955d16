"""Erasing one person: every row about them goes, in the caller's transaction.

No foreign keys do this by themselves, so each table is cleared here or listed in `IMPERSONAL`, and
a test holds the two lists to the schema. What stays is the keyed hash of the number: on the
suppression list, so that the number is never texted again by accident, and in one row of the ledger
that says when everything else went.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from bot.store import redactions
from bot.store.limits import number_key
from bot.store.tables import (
    consents,
    enrolments,
    flags,
    inbox,
    limits,
    receipts,
    schedule,
    subscribers,
    suppressions,
    texts,
)

CLEARED = frozenset(
    {
        "subscribers",
        "enrolments",
        "schedule",
        "texts",
        "receipts",
        "inbox",
        "consents",
        "flags",
        "limits",
        "suppressions",
        "redactions",
    }
)
"""Tables with rows about one person: each is seen to here."""

IMPERSONAL = frozenset({"paths", "wordings", "senders", "stopped_messages", "facts", "ticks"})
"""Tables that hold nothing about one person."""


def erase(
    connection: Connection,
    subscriber_id: int,
    number_index: bytes,
    now: datetime,
    *,
    channel: str = "keyword",
) -> None:
    """Erase everything about a person; their row should be locked by this transaction."""
    clear(connection, subscriber_id, number_index, now)
    close_ledger(connection, number_index, channel, now)


def clear(connection: Connection, subscriber_id: int, number_index: bytes, now: datetime) -> None:
    """Erase everything but the record of consent.

    Their inbox rows stay without person, rule and words until the tidy tick takes them: a webhook
    that the carrier repeats must not count as a new text. The texts' SIDs are left to the tick that
    blanks the words at the carrier.
    """
    ids, sids = _texts(connection, subscriber_id, now)
    heard = inbox.c.subscriber_id == subscriber_id
    sids += connection.execute(select(inbox.c.message_sid).where(heard)).scalars().all()
    redactions.ask(connection, sids, now)
    for of in (receipts.c.text_id.in_(ids), receipts.c.sid.in_(sids)):
        connection.execute(delete(receipts).where(of))
    connection.execute(delete(texts).where(texts.c.id.in_(ids)))
    gone = {"subscriber_id": None, "rule": "erased", "body_sealed": None, "keep_until": None}
    connection.execute(update(inbox).where(heard).values(gone))
    _unschedule(connection, subscriber_id)
    for table in (flags, enrolments):
        connection.execute(delete(table).where(table.c.subscriber_id == subscriber_id))
    connection.execute(delete(limits).where(limits.c.key == number_key(number_index)))
    connection.execute(delete(subscribers).where(subscribers.c.id == subscriber_id))


def close_ledger(connection: Connection, number_index: bytes, channel: str, now: datetime) -> None:
    """Put one row that says "erased" in the place of a number's record, and suppress the number."""
    connection.execute(delete(consents).where(consents.c.number_index == number_index))
    erased = {"number_index": number_index, "event": "erased", "at": now, "channel": channel}
    connection.execute(insert(consents).values(erased | {"detail": ""}))
    connection.execute(delete(suppressions).where(suppressions.c.number_index == number_index))
    listed = {"number_index": number_index, "since": now, "reason": "erased"}
    connection.execute(insert(suppressions).values(listed))


def forget_consents(connection: Connection, ids: Sequence[int]) -> None:
    """Delete rows of the ledger whose time is over."""
    connection.execute(delete(consents).where(consents.c.id.in_(ids)))


def _texts(
    connection: Connection, subscriber_id: int, now: datetime
) -> tuple[list[int], list[str]]:
    """Ids and SIDs of all texts of a person, by the indexes that there are."""
    mine = texts.c.subscriber_id == subscriber_id
    taken_back = texts.c.state.in_(("expired", "cancelled"))
    pushed = (
        texts.c.push_on.in_(_days(connection, subscriber_id, now)),
        texts.c.push_on.is_not(None),
        texts.c.state.not_in(("expired", "cancelled")),
    )
    found: dict[int, str | None] = {}
    for where in ((texts.c.kind != "push",), (taken_back,), pushed):
        query = select(texts.c.id, texts.c.sid).where(mine, *where)
        found |= {row.id: row.sid for row in connection.execute(query)}
    return list(found), [sid for sid in found.values() if sid]


def _days(connection: Connection, subscriber_id: int, now: datetime) -> Sequence[object]:
    """The local dates on which something can have been pushed to this person."""
    query = select(subscribers.c.created_at).where(subscribers.c.id == subscriber_id)
    since = connection.execute(query).scalar_one_or_none()
    if since is None:
        return []
    first = since.date() - timedelta(days=1)
    return [first + timedelta(days=n) for n in range((now.date() - first).days + 3)]


def _unschedule(connection: Connection, subscriber_id: int) -> None:
    """Take a person out of the schedule, which has no index by person.

    It is clustered by instant, and instants are few: leap from one to the next, and look there.
    """
    first = select(func.min(schedule.c.base_at).label("at")).cte("instants", recursive=True)
    later = (
        select(func.min(schedule.c.base_at))
        .where(schedule.c.base_at > first.c.at)
        .scalar_subquery()
    )
    instants = first.union_all(select(later).where(first.c.at.is_not(None)))
    when = select(instants.c.at).where(instants.c.at.is_not(None))
    connection.execute(
        delete(schedule).where(
            schedule.c.subscriber_id == subscriber_id, schedule.c.base_at.in_(when)
        )
    )
