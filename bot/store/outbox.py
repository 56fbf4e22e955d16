"""The queue of texts to send, and every step that a text takes while it is in our hands.

Each step is one conditional update: it names the state that the text must be in, and the attempt
that it belongs to. Whoever comes too late changes nothing and is told so. `attempts` is the fence:
it grows with each claim, so a worker that was stopped and wakes up can't touch a later attempt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    SmallInteger,
    and_,
    bindparam,
    case,
    literal,
    or_,
    select,
    update,
)

from bot.core.model import Consent
from bot.store.senders import Pace, Turn, close_turn, take_turn
from bot.store.tables import Instant, stopped_messages, subscribers, suppressions, texts, wordings

NEEDS = timedelta(seconds=10)
"""A text whose window closes sooner than that is not handed over any more."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One text that is ours to hand over, once."""

    id: int
    attempt: int
    subscriber_id: int
    kind: str
    message_id: str
    fingerprint: str
    segments: int
    tries: int
    closes_at: datetime
    probe: bool = False
    """Whether it goes to see if a stopped sender works again."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a claim brought."""

    claims: tuple[Claim, ...] = ()
    wait_s: float | None = None
    """Seconds until the pace lets more go; None where nothing waits for it."""
    removed: int = 0
    """Texts that were taken out of the queue because they must not go."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is needed for the call itself."""

    number_sealed: bytes
    body: str


_NOW = bindparam("now", type_=Instant())
_CLOSING = bindparam("closing", type_=Instant())


def _verdict() -> ColumnElement[str]:
    """Why a text must not go, or "go". Urgent texts answer something that the person did."""
    push = texts.c.kind == "push"
    person = subscribers.c
    answers = texts.c.inbox_sid.is_not(None)  # the person wrote: what may be said was decided then
    confirms_stop = texts.c.message_id.like("sys.stop%")
    return case(
        (person.id.is_(None), "erased"),
        (suppressions.c.number_index.is_not(None), "suppressed"),
        (and_(push, person.consent != Consent.GIVEN), "withdrawn"),
        (and_(person.consent == Consent.WITHDRAWN, ~answers, ~confirms_stop), "withdrawn"),
        (and_(push, person.unreachable.is_not(None)), "unreachable"),
        (and_(push, or_(person.paused_until > _NOW, person.held_until > _NOW)), "paused"),
        (stopped_messages.c.fingerprint.is_not(None), "stopped"),
        else_=literal("go"),
    )


FINAL_REASONS = ("erased", "suppressed", "withdrawn", "unreachable")
"""Reasons that end a text; for the others a push is planned again for the next window."""


def _with_person(*columns: Any) -> Any:
    return (
        select(*columns, _verdict().label("verdict"))
        .select_from(texts)
        .outerjoin(subscribers, subscribers.c.id == texts.c.subscriber_id)
        .outerjoin(stopped_messages, stopped_messages.c.fingerprint == texts.c.fingerprint)
        .outerjoin(suppressions, suppressions.c.number_index == subscribers.c.number_index)
    )


# The statements of the hot path are built once: building one costs more than running it.
_DUE = (
    texts.c.state == "queued",
    texts.c.priority == bindparam("priority", type_=SmallInteger()),
    texts.c.due_at <= _NOW,
    texts.c.closes_at > _CLOSING,
)
_WAITING = select(texts.c.id).where(*_DUE).order_by(texts.c.due_at).limit(1)
_NEXT = (
    _with_person(texts)
    .where(*_DUE)
    .order_by(texts.c.due_at, texts.c.id)
    .limit(bindparam("most", type_=Integer()))
    .with_for_update(of=texts, skip_locked=True)
)
_LETTER = (
    _with_person(
        texts.c.state,
        texts.c.attempts,
        texts.c.attempted_at,
        subscribers.c.number_sealed,
        wordings.c.body,
    )
    .outerjoin(wordings, wordings.c.fingerprint == texts.c.fingerprint)
    .where(texts.c.id == bindparam("text_id"))
)
_MARK_SENDING = (
    update(texts)
    .where(texts.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        state="sending",
        attempts=texts.c.attempts + 1,
        attempted_at=_NOW,
        claimed_by=bindparam("worker"),
        changed_at=_NOW,
    )
)


def waiting(connection: Connection, now: datetime) -> bool:
    """Whether anything in the queue is due; a look that locks nothing."""
    for priority in (0, 1):
        when = {"priority": priority, "now": now, "closing": now + NEEDS}
        if connection.execute(_WAITING, when).first() is not None:
            return True
    return False


def claim(connection: Connection, pace: Pace, worker: str, limit: int, now: datetime) -> Claimed:
    """Take the next texts, urgent ones first, as far as pace, cap and consent let them go.

    In this one transaction the sender's row is locked, so that all workers share the pace, and the
    texts are, so that no two take the same. It commits before anybody is called.
    """
    turn = take_turn(connection, pace, now)
    probe = turn.probing
    taken: list[Row[Any]] = []
    refused: list[Row[Any]] = []
    for priority in (0, 1):
        if len(taken) < limit and turn.may(priority):
            _gather(connection, turn, priority, limit, taken, refused)
    _remove(connection, refused, now)
    if taken:
        ids = [row.id for row in taken]
        connection.execute(_MARK_SENDING, {"ids": ids, "worker": worker, "now": now})
        close_turn(connection, turn, probed=probe)
    claims = tuple(_claim(row, probe) for row in taken)
    return Claimed(claims, turn.wait_s if turn.wait_s > 0 else None, len(refused))


def _gather(
    connection: Connection,
    turn: Turn,
    priority: int,
    limit: int,
    taken: list[Row[Any]],
    refused: list[Row[Any]],
) -> None:
    """Go along the queue until the turn is used up."""
    most = min(limit - len(taken), turn.room())
    when = {"priority": priority, "now": turn.now, "closing": turn.now + NEEDS, "most": most}
    for row in connection.execute(_NEXT, when):
        if row.verdict != "go":
            refused.append(row)
        elif len(taken) < limit and turn.may(priority):
            turn.spend(row.segments)
            taken.append(row)
        else:
            return


def _claim(row: Row[Any], probe: bool) -> Claim:
    return Claim(
        id=row.id,
        attempt=row.attempts + 1,
        subscriber_id=row.subscriber_id,
        kind=row.kind,
        message_id=row.message_id,
        fingerprint=row.fingerprint,
        segments=row.segments,
        tries=row.tries,
        closes_at=row.closes_at,
        probe=probe,
    )


def _remove(connection: Connection, rows: Sequence[Row[Any]], now: datetime) -> None:
    """Take texts that must not go out of the queue, so that it is never looked through twice."""
    ended = [row.id for row in rows if row.verdict in FINAL_REASONS]
    later = [row.id for row in rows if row.verdict not in FINAL_REASONS]
    if ended:
        connection.execute(
            update(texts)
            .where(texts.c.id.in_(ended))
            .values(state="cancelled", error="consent", changed_at=now)
        )
    if later:
        connection.execute(
            update(texts).where(texts.c.id.in_(later)).values(closes_at=now, changed_at=now)
        )


def read_letter(
    connection: Connection, claim: Claim, oldest: datetime, now: datetime
) -> Letter | str:
    """The last look before the call: number and words, or why the text must not go.

    "lost": it is no longer ours. "held_up": it still is, but was claimed before `oldest`, so that
    another worker may take over while we call.
    """
    row = connection.execute(_LETTER, {"text_id": claim.id, "now": now}).one_or_none()
    if row is None or row.state != "sending" or row.attempts != claim.attempt:
        return "lost"
    if row.attempted_at < oldest:
        return "held_up"
    if row.verdict != "go":
        return str(row.verdict)
    if row.body is None:
        return "wordless"
    return Letter(row.number_sealed, row.body)
