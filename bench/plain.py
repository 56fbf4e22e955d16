"""The webhook as it is written plainly: a Flask view on the ORM, one session a request.

`gunicorn --worker-class gthread --threads 16 bench.plain:app`
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from flask import Flask, Response, request
from sqlalchemy import create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from bench import parts
from bot.core import sms
from bot.core.library import fingerprint
from bot.core.model import Reply
from bot.store import tables


class Base(DeclarativeBase):
    """The models stand on the program's own tables."""

    metadata = tables.metadata


class Subscriber(Base):
    __table__ = tables.subscribers


class Enrolment(Base):
    __table__ = tables.enrolments


class Path(Base):
    __table__ = tables.paths


class Due(Base):
    __table__ = tables.schedule


class Text(Base):
    __table__ = tables.texts


class Wording(Base):
    __table__ = tables.wordings


class Inbound(Base):
    __table__ = tables.inbox


engine = create_engine(os.environ["DATABASE_URL"], connect_args={"timeout": 30}, pool_size=16)


@event.listens_for(engine, "connect")
def _prepare(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


sessions = sessionmaker(engine)
app = Flask(__name__)


@contextmanager
def session() -> Iterator[Session]:
    """One session a request, and one commit."""
    with sessions() as opened:
        yield opened
        opened.commit()


@app.get("/healthz")
def healthz() -> str:
    """For the start of the measurement."""
    return "ok"


@app.post("/sms")
def receive() -> Response:
    """One text in, its replies out."""
    if not parts.is_signed(request):
        return Response("wrong signature", 403)
    sid, now = request.form["MessageSid"], parts.CLOCK.now()
    with session() as opened:
        if opened.get(Inbound, sid) is not None:
            stored = opened.execute(
                select(Text.id, Wording.body)
                .join(Wording, Wording.fingerprint == Text.fingerprint)
                .where(Text.inbox_sid == sid)
            )
            return _answer([(id_, body) for id_, body in stored])
        replies = _respond(opened, sid, request.form["From"], request.form["Body"], now)
        opened.flush()
        answer = [(row.id, body) for row, body in replies]
    return _answer(answer)


def _respond(
    opened: Session, sid: str, number: str, body: str, now: datetime
) -> list[tuple[Text, str]]:
    index = parts.VAULT.index(number)
    row = opened.execute(select(Subscriber).where(Subscriber.number_index == index)).scalar_one()
    enrolments = opened.scalars(select(Enrolment).where(Enrolment.subscriber_id == row.id)).all()
    due = opened.scalars(
        select(Due).where(
            Due.subscriber_id == row.id,
            Due.base_at.in_(parts.candidates(row.zones, row.slot, now)),
        )
    ).all()
    paths = {one.path_id for one in due} | {one.path_id for one in enrolments}
    received = {p.id: p.received for p in opened.scalars(select(Path).where(Path.id.in_(paths)))}
    push = _last_push(opened, row, now)
    opened.scalars(
        select(Text).where(
            Text.subscriber_id == row.id, Text.kind == "push", Text.state == "queued"
        )
    ).first()
    person = parts.known(row, enrolments, {one.programme: one for one in due}, received, push)
    decision = parts.decide(person, body, now)
    for name, value in parts.columns(decision, now).items():
        setattr(row, name, value)
    row.unreachable = None
    opened.add(Inbound(message_sid=sid, received_at=now, rule=decision.rule, subscriber_id=row.id))
    return [(_reply(opened, row.id, sid, reply, now), reply.text) for reply in decision.replies]


def _last_push(opened: Session, row: Subscriber, now: datetime) -> Text | None:
    return opened.scalars(
        select(Text)
        .where(
            Text.push_on.in_(parts.recent(row.zones, now)),
            Text.subscriber_id == row.id,
            tables.text("push_on IS NOT NULL AND state NOT IN ('expired', 'cancelled')"),
        )
        .order_by(Text.push_on.desc())
    ).first()


def _reply(opened: Session, subscriber_id: int, sid: str, reply: Reply, now: datetime) -> Text:
    message, body = reply.message, reply.text
    mark = fingerprint(body)
    if opened.get(Wording, mark) is None:
        opened.add(
            Wording(
                fingerprint=mark, message_id=message.id, language=message.language, body=body,
                first_at=now,
            )
        )  # fmt: skip
    text = Text(
        subscriber_id=subscriber_id, kind="reply", state="sent", priority=0,
        message_id=message.id, language=message.language, fingerprint=mark,
        segments=sms.segments(body), due_at=now, closes_at=now, inbox_sid=sid,
        created_at=now, changed_at=now,
    )  # fmt: skip
    opened.add(text)
    return text


def _answer(replies: list[tuple[int, str]]) -> Response:
    return Response(parts.twiml(replies), content_type="text/xml; charset=utf-8")
