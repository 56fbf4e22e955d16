"""The page that is a phone: text the bot, skip the clock, and see what happened behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from textwrap import shorten
from typing import Any, Protocol
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, jsonify, render_template, request

from bot.sandbox.model import Event, Message
from bot.sandbox.places import HOMES, Home, clock_words, day_words, home_of, written
from bot.sandbox.sandbox import Sandbox

KEYWORDS = ("RECOVERY", "TREATMENT", "MENU", "MORE", "HELP", "PAUSE", "STOP")
MOST_ROWS = 200
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_WHERE = {
    "text": "Phone",
    "webhook": "Webhook",
    "fallback webhook": "Webhook",
    "reply": "Reply",
    "api call": "API call",
    "status": "Carrier",
    "callback": "Callback",
}


class ClockControl(Protocol):
    """The program's clock, as the page may move it."""

    def now(self) -> datetime:
        """The instant that the program takes for now, aware and in UTC."""

    def skip_to_next(self) -> datetime | None:
        """Move to the next planned message and have it sent; None if nothing is planned."""


@dataclass(frozen=True, slots=True)
class TraceRow:
    """One line of what happened behind: when, in which part of the program, and what."""

    at: datetime
    where: str
    what: str


Trace = Callable[[str], Sequence[TraceRow]]


def phone(sandbox: Sandbox, clock_control: ClockControl, trace: Trace) -> Blueprint:
    """The page at `/sandbox/` and what it fetches.

    `trace` gives the program's own rows about a phone number; what the carrier saw is added here.
    """
    routes = Blueprint(
        "phone", __name__, url_prefix="/sandbox", template_folder="templates",
        static_folder="static", static_url_path="/static",
    )  # fmt: skip

    @routes.before_request
    def only_this_page() -> None:
        if request.method == "POST" and not (_from_this_page() and request.is_json):
            abort(403, "only the page itself may post here, and only JSON")

    @routes.after_request
    def guard(response: Response) -> Response:
        response.headers.update(HEADERS)
        return response

    @routes.get("/")
    def page() -> str:
        return render_template(
            "sandbox_phone.html", homes=HOMES, keywords=KEYWORDS, number=written(sandbox.number)
        )

    _fetched_routes(routes, sandbox, clock_control, trace)
    return routes


def _fetched_routes(
    routes: Blueprint, sandbox: Sandbox, clock_control: ClockControl, trace: Trace
) -> None:
    @routes.post("/phone/state")
    def state() -> Response:
        number, home = _caller()
        return jsonify(_state(sandbox, number, home, clock_control.now(), trace(number)))

    @routes.post("/phone/text")
    def text() -> Response:
        number, home = _caller()
        body = request.get_json().get("body")
        if not isinstance(body, str) or not 0 < len(body) <= 1600:
            abort(400, "a text has from 1 to 1600 characters")
        exchange = sandbox.text(number, body, place=home.place)
        return jsonify({"answered": exchange.status == 200 or bool(exchange.replies)})

    @routes.post("/phone/skip")
    def skip() -> Response:
        _, home = _caller()
        instant = clock_control.skip_to_next()
        local = home.local(instant) if instant else None
        words = f"{day_words(local)}, {clock_words(local)}" if local else ""
        return jsonify({"moved": instant is not None, "words": words})


def _from_this_page() -> bool:
    """What the browser says of where a request comes from; a page can't forge either header."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host


def _caller() -> tuple[str, Home]:
    given = request.get_json()
    number = given.get("number") if isinstance(given, dict) else None
    home = home_of(number) if isinstance(number, str) else None
    if not isinstance(number, str) or home is None:
        abort(400, "phones of this page have a number from 555-01xx")
    return number, home


def _state(
    sandbox: Sandbox, number: str, home: Home, now: datetime, rows: Sequence[TraceRow]
) -> dict[str, Any]:
    conversation = sandbox.conversation(number)
    seen = [message for message in conversation if message.sent_at is not None]
    seen.sort(key=lambda message: message.sent_at or message.created_at)
    behind = [*rows, *_carrier_rows(conversation)]
    behind.sort(key=lambda row: row.at)
    local = home.local(now)
    return {
        "clock": clock_words(local),
        "day": day_words(local),
        "short_day": f"{local:%a, %b} {local.day}",
        "bubbles": [_bubble(message, home) for message in seen],
        "behind": [_line(row, home) for row in behind[-MOST_ROWS:]],
    }


def _bubble(message: Message, home: Home) -> dict[str, Any]:
    local = home.local(message.sent_at or message.created_at)
    return {
        "sid": message.sid,
        "mine": message.direction == "inbound",
        "body": message.body,
        "time": clock_words(local),
        "day": day_words(local),
        "instant": local.isoformat(timespec="seconds"),
        "segments": message.segments,
    }


def _line(row: TraceRow, home: Home) -> dict[str, str]:
    local = home.local(row.at)
    return {"time": f"{local:%H:%M:%S}", "day": day_words(local), "where": row.where,
            "what": row.what}  # fmt: skip


def _carrier_rows(conversation: list[Message]) -> list[TraceRow]:
    return [
        TraceRow(event.at, _WHERE.get(event.kind, "Carrier"), _words(event, message))
        for message in conversation
        for event in message.events
    ]


def _words(event: Event, message: Message) -> str:
    """An event in plain words, with the beginning of the text that it is about."""
    text = shorten(message.body, 34, placeholder=" …") or "no words"
    size = "1 segment" if message.segments == 1 else f"{message.segments} segments"
    return {
        "text": f"“{text}” arrives at the carrier",
        "webhook": f"POST /sms with “{text}”, signed; {event.detail}",
        "fallback webhook": f"POST to the fallback with “{text}”, signed; {event.detail}",
        "reply": f"“{text}” {event.detail}, {size}",
        "api call": f"POST Messages.json with “{text}”, {size}; {event.detail}",
        "callback": f"POST status of “{text}”, signed; {event.detail}",
    }.get(event.kind, f"“{text}” {event.detail}")
