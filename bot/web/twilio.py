"""Twilio's webhooks: inbound texts and status callbacks, both signed.

The signature covers the URL exactly as Twilio requested it, so it is computed over the configured
public URL and the raw path and query: a framework's own idea of the URL is decoded and may have
gone through a proxy. Twilio signs with the auth token, whatever key sends.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from flask import Blueprint, Request, Response, request
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

from bot.inbound import Incoming, Outgoing
from bot.receipts import Callback, callback

STATUS_PATH = "/sms/status"


class Receives(Protocol):
    """Takes one inbound text and says what to answer."""

    def __call__(self, incoming: Incoming, now: datetime) -> Sequence[Outgoing]: ...


class Records(Protocol):
    """Takes one status report."""

    def __call__(self, callback: Callback, now: datetime) -> object: ...


class Signature:
    """Checks `X-Twilio-Signature` for one account."""

    def __init__(self, auth_token: str, account_sid: str, public_url: str) -> None:
        self._validator = RequestValidator(auth_token)
        self._account_sid = account_sid
        self._public_url = public_url

    def is_right(self, request: Request) -> bool:
        """Whether Twilio sent this request for our account. Never raises for hostile input."""
        if not hmac.compare_digest(
            request.form.get("AccountSid", "").encode(), self._account_sid.encode()
        ):
            return False
        try:
            return bool(
                self._validator.validate(
                    self._public_url + raw_target(request),
                    request.form,
                    request.headers.get("X-Twilio-Signature", ""),
                )
            )
        except Exception:  # the validator raises on URLs and bodies that Twilio never sends
            return False


def raw_target(request: Request) -> str:
    """Path and query as they came over the wire, before any decoding."""
    raw = request.environ.get("REQUEST_URI") or request.environ.get("RAW_URI")
    if isinstance(raw, str) and raw.startswith("/"):
        return raw
    query = request.query_string.decode("latin-1")
    return request.path + (f"?{query}" if query else "")


def status_url(public_url: str, text_id: int) -> str:
    """Where Twilio reports what became of a text; our own id settles what got lost."""
    return f"{public_url}{STATUS_PATH}?text={text_id}"


def blueprint(
    signature: Signature,
    receive: Receives,
    record: Records,
    now: Callable[[], datetime],
    public_url: str,
) -> Blueprint:
    """`POST /sms` and `POST /sms/status`."""
    routes = Blueprint("twilio", __name__)

    @routes.before_request
    def _refuse_forgeries() -> Response | None:
        return None if signature.is_right(request) else Response("wrong signature\n", 403)

    @routes.post("/sms")
    def sms() -> Response:
        form = request.form
        incoming = Incoming(
            sid=_word(form.get("MessageSid", ""), 34),
            sender=form.get("From", ""),
            recipient=form.get("To", ""),
            body=form.get("Body", ""),
            media=_whole(form.get("NumMedia", "")) or 0,
        )
        if not incoming.sid:
            return Response("a MessageSid is missing\n", 400)
        return twiml(receive(incoming, now()), public_url)

    @routes.post(STATUS_PATH)
    def status() -> Response:
        form = request.form
        report = callback(
            _whole(request.args.get("text", "")),
            _word(form.get("MessageSid", form.get("SmsSid", "")), 34),
            _word(form.get("MessageStatus", form.get("SmsStatus", "")), 20),
            form.get("ErrorCode"),
            form.get("From", ""),
        )
        record(report, now())
        return Response("", 200, content_type="text/plain")  # a 204 would end the connection

    return routes


def _word(value: str, most: int) -> str:
    """A word of the carrier's machines; no NUL among others, which PostgreSQL does not take."""
    return "".join(c for c in value if c.isascii() and c.isprintable())[:most]


def _whole(digits: str) -> int | None:
    """A number that fits the database, or None."""
    return int(digits) if digits.isdecimal() and len(digits) < 19 else None


def twiml(replies: Sequence[Outgoing], public_url: str) -> Response:
    """The replies as TwiML, each with a status URL of its own."""
    answer = MessagingResponse()
    for reply in replies:
        answer.message(reply.body, action=status_url(public_url, reply.text_id), method="POST")
    return Response(str(answer), content_type="text/xml; charset=utf-8")
