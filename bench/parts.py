"""What the two plain webhooks share with the program: its words, its reading, its rules.

They differ from it in how a row gets into and out of the database, and in the server.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask import Request
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

from bench.ground import MESSAGES, PUBLIC_URL
from bot import content
from bot.clock import Clock
from bot.core import model
from bot.core.calendar import Window, local_date
from bot.core.conversation import Heard, respond
from bot.core.model import Consent, Decision, Enrolment, EnrolmentState, Question, Subscriber
from bot.core.reading import Reader, load_patterns
from bot.crypto import Vault

VAULT = Vault([os.environ["NUMBER_KEYS"]], os.environ["NUMBER_INDEX_KEY"])
LIBRARY = content.load(MESSAGES)
READER = Reader(
    load_patterns(
        {path.name: path.read_text() for path in sorted(MESSAGES.glob("reading/*.toml"))}
    ),
    LIBRARY.vocabulary(),
)
WINDOW = Window.of(LIBRARY.service)
CLOCK = Clock(datetime.fromisoformat(os.environ["CLOCK_AT"]))
VALIDATOR = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])


def is_signed(request: Request) -> bool:
    """The signature check, as the Twilio client offers it."""
    sent = request.headers.get("X-Twilio-Signature", "")
    return bool(VALIDATOR.validate(f"{PUBLIC_URL}{request.path}", request.form, sent))


def candidates(zones: str, slot: str, now: datetime) -> list[datetime]:
    """When somebody's slot begins on the days around now."""
    today = local_date(zones, now)
    days = (WINDOW.due_on(zones, slot, today + timedelta(days=day)) for day in range(-1, 14))
    return [day.base_at for day in days if day]


def recent(zones: str, now: datetime) -> list[Any]:
    """The local dates on which the last push may have gone."""
    today = local_date(zones, now)
    return [today + timedelta(days=1 - back) for back in range(6)]


def known(
    row: Any,
    enrolments: Iterable[Any],
    due: Mapping[str, Any],
    received: Mapping[int, str],
    push: Any,
) -> Subscriber:
    """A person as the rules see them, from rows with the names of the columns."""
    question = None
    if row.question_id is not None and row.question_at is not None:
        question = Question(
            row.question_id, row.question_at, row.question_unclear, row.question_about
        )
    found = {}
    for one in enrolments:
        place = due.get(one.programme)
        path = place.path_id if place is not None else one.path_id
        at = place.base_at + timedelta(seconds=row.spread) if place is not None else None
        found[one.programme] = Enrolment(
            one.id, one.programme, EnrolmentState(one.state), tuple(received[path].split()),
            at, one.joined_at,
        )  # fmt: skip
    person = Subscriber(
        id=row.id, consent=Consent(row.consent), zones=row.zones, slot=row.slot, pace=row.pace,
        language=row.language, paused_until=row.paused_until, held_until=row.held_until,
        question=question, topic=row.topic, topic_position=row.topic_position,
        last_message=row.last_message, fallback_at=row.fallback_at, tags=row.tags,
        enrolments=found,
    )  # fmt: skip
    if push is not None and push.at > row.seen_at:
        return replace(person, last_message=push.message_id, last_push_on=push.push_on)
    return person


def decide(person: Subscriber, body: str, now: datetime) -> Decision:
    """The reading and the rules."""
    heard = Heard(READER.read(body.strip()), empty=not body.strip())
    return respond(person, heard, LIBRARY, now, True)


def columns(decision: Decision, now: datetime) -> dict[str, Any]:
    """What changes in the person's row; the benchmark's texts ask for nothing else."""
    values: dict[str, Any] = {"seen_at": now}
    for change in decision.changes:
        match change:
            case model.Ask(question):
                values |= {
                    "question_id": question.id, "question_at": question.asked_at,
                    "question_unclear": question.unclear, "question_about": question.about,
                }  # fmt: skip
            case model.CloseQuestion():
                values |= {"question_id": None, "question_at": now}
            case model.Remember(topic, position, message):
                if topic is not None:
                    values |= {"topic": topic, "topic_position": position}
                if message is not None:
                    values["last_message"] = message
            case model.NoteFallback():
                values["fallback_at"] = now
            case model.SetLanguage(language):
                values["language"] = language
            case _:
                raise NotImplementedError(type(change).__name__)
    return values


def twiml(replies: Sequence[tuple[int, str]]) -> str:
    """The answer, each reply with its status URL."""
    answer = MessagingResponse()
    for text_id, body in replies:
        url = f"{PUBLIC_URL}/sms/status?text={text_id}"
        answer.message(body, action=url, method="POST")
    return str(answer)
