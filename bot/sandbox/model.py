"""What the look-alike keeps of a message, and how it shows it to the Twilio client."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

API_VERSION = "2010-04-01"

TERMINAL = frozenset({"delivered", "undelivered", "failed", "received", "canceled"})


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a message: an API call, a webhook, a change, a callback."""

    at: datetime
    kind: str
    detail: str


@dataclass(slots=True)
class Message:
    """A message as the carrier knows it; `born` is a monotonic time, for the lag of listings."""

    sid: str
    direction: str
    from_: str
    to: str
    body: str
    status: str
    created_at: datetime
    updated_at: datetime
    segments: int
    sent_at: datetime | None = None
    service_sid: str | None = None
    error_code: int | None = None
    num_media: int = 0
    callback_url: str = ""
    validity_seconds: int = 36_000
    answered: bool = False
    deleted: bool = False
    born: float = 0.0
    events: list[Event] = field(default_factory=list)

    @property
    def reference(self) -> str:
        """The sender's own id of the text: `text` in the query of its status callback."""
        return reference_of(self.callback_url)


@lru_cache(maxsize=4096)  # asked for at each step of a message
def reference_of(callback_url: str) -> str:
    """The `text` parameter of a status callback URL; empty where there is none."""
    query = urlsplit(callback_url).query
    return parse_qs(query).get("text", [""])[0] if query else ""


def new_sid(prefix: str = "SM") -> str:
    """A fresh identifier of Twilio's shape: two letters and 32 hexadecimal digits."""
    return prefix + secrets.token_hex(16)


def resource(message: Message, account_sid: str, message_text: str | None) -> dict[str, Any]:
    """The message as the API shows it; `message_text` explains its error code."""
    uri = f"/{API_VERSION}/Accounts/{account_sid}/Messages/{message.sid}"
    unassigned = message.status in {"accepted", "scheduled"}
    return {
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "body": message.body,
        "date_created": format_datetime(message.created_at),
        "date_sent": format_datetime(message.sent_at) if message.sent_at else None,
        "date_updated": format_datetime(message.updated_at),
        "direction": message.direction,
        "error_code": message.error_code,
        "error_message": message_text,
        "from": None if unassigned else message.from_,
        "messaging_service_sid": message.service_sid,
        "num_media": str(message.num_media),
        "num_segments": "0" if unassigned else str(message.segments),
        "price": None,
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "tags": None,
        "to": message.to,
        "uri": f"{uri}.json",
    }
