"""Sign-ups from the web page that wait for the number's owner to say JOIN."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, func, insert, select, update

from bot.core.model import Consent, EnrolmentState
from bot.core.signup import Standing
from bot.store import redactions
from bot.store.tables import (
    consents,
    enrolments,
    inbox,
    receipts,
    subscribers,
    suppressions,
    texts,
)
from bot.store.texts import Worded, keep_words


def standing(connection: Connection, number_index: bytes) -> Standing:
    """What is known of a number; its row, if there is one, is locked until the transaction ends."""
    listed = exists().where(suppressions.c.number_index == number_index)
    suppressed = bool(connection.execute(select(listed)).scalar_one())
    query = select(subscribers).where(subscribers.c.number_index == number_index)
    row = connection.execute(query.with_for_update()).one_or_none()
    asked = _asked(connection, number_index)
    if row is None:
        return Standing(asked=asked, suppressed=suppressed)
    running = select(enrolments.c.programme).where(
        enrolments.c.subscriber_id == row.id, enrolments.c.state == EnrolmentState.ACTIVE
    )
    return Standing(
        consent=Consent(row.consent),
        active=frozenset(connection.execute(running).scalars()),
        pending_until=row.pending_until,
        asked=asked,
        suppressed=suppressed,
        unreachable=row.unreachable is not None,
        minor="minor" in row.tags,
    )


def _asked(connection: Connection, number_index: bytes) -> int:
    """How often the page asked this number since it last joined anything."""
    mine = consents.c.number_index == number_index
    joined = consents.c.event.in_(("joined", "confirmed"))
    last = select(func.coalesce(func.max(consents.c.id), 0)).where(mine, joined).scalar_subquery()
    query = select(func.count()).where(mine, consents.c.event == "asked", consents.c.id > last)
    return int(connection.execute(query).scalar_one())


def wait_for_join(
    connection: Connection,
    subscriber_id: int,
    programme: str,
    until: datetime,
    settings: Mapping[str, Any],
) -> None:
    """Let JOIN confirm this programme until then.

    `settings` (slot, zones) are taken over at once, but never from somebody who is in a programme:
    whoever types a number must not be able to change anything for its owner.
    """
    values = {"pending_programme": programme, "pending_until": until}
    mine = subscribers.c.id == subscriber_id
    given = subscribers.c.consent == Consent.GIVEN
    connection.execute(update(subscribers).where(mine, given).values(values))
    values |= {"consent": Consent.PENDING.value, **settings}
    connection.execute(update(subscribers).where(mine, ~given).values(values))


def queue_question(
    connection: Connection, subscriber_id: int, words: Worded, closes_at: datetime, now: datetime
) -> int:
    """Queue the text that asks for JOIN, ahead of routine texts; its id."""
    keep_words(connection, [words], now)
    done = connection.execute(
        insert(texts).values(
            subscriber_id=subscriber_id,
            kind="notice",
            state="queued",
            priority=0,
            message_id=words.message_id,
            language=words.language,
            fingerprint=words.fingerprint,
            segments=words.segments,
            due_at=now,
            closes_at=closes_at,
            created_at=now,
            changed_at=now,
        )
    )
    assert done.inserted_primary_key is not None
    return int(done.inserted_primary_key[0])


def expire(connection: Connection, now: datetime, most: int) -> int:
    """Let go of up to `most` sign-ups whose time is over; how many there were.

    Whoever never texted nor joined is erased, number and all. Of the others only the sign-up goes.
    """
    over = select(subscribers.c.id).where(subscribers.c.pending_until <= now).limit(most)
    locked = connection.execute(over.with_for_update(skip_locked=True))
    ids = list(locked.scalars())
    if not ids:
        return 0
    theirs = subscribers.c.id.in_(ids)
    strangers = select(subscribers.c.id).where(
        theirs,
        subscribers.c.consent == Consent.PENDING,
        ~exists().where(inbox.c.subscriber_id == subscribers.c.id),
        ~exists().where(enrolments.c.subscriber_id == subscribers.c.id),
    )
    _erase_strangers(connection, list(connection.execute(strangers).scalars()), now)
    gone = {"pending_programme": None, "pending_until": None}
    pending = subscribers.c.consent == Consent.PENDING
    connection.execute(
        update(subscribers).where(theirs, pending).values(consent=Consent.NONE.value)
    )
    connection.execute(update(subscribers).where(theirs).values(gone))
    return len(ids)


def _erase_strangers(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    """All there can be of somebody who never texted: their row and the text that asked them."""
    if not ids:
        return
    asked = texts.c.subscriber_id.in_(ids) & (texts.c.kind != "push")
    rows = connection.execute(select(texts.c.id, texts.c.sid).where(asked)).all()
    sids = [row.sid for row in rows if row.sid]
    redactions.ask(connection, sids, now)
    for of in (receipts.c.text_id.in_([row.id for row in rows]), receipts.c.sid.in_(sids)):
        connection.execute(delete(receipts).where(of))
    connection.execute(delete(texts).where(asked))
    connection.execute(delete(subscribers).where(subscribers.c.id.in_(ids)))
