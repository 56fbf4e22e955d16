"""Twilio's daily list of deactivated numbers, behind a signed address that soon expires."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from bot.sandbox.carrier import Carrier
from bot.sandbox.errors import RefusalError

FIRST_DAY = date(2020, 8, 27)
LIFETIME = timedelta(minutes=2)


def url_for(carrier: Carrier, day: str, base_url: str) -> str:
    """A day's signed address; `RefusalError` 30113 (too old) or 30114 (not there yet)."""
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise RefusalError(20001) from None
    now = carrier.state.now()
    if wanted < FIRST_DAY:
        raise RefusalError(30113)
    if wanted >= now.astimezone(UTC).date():
        raise RefusalError(30114)
    expires = int((now + LIFETIME).timestamp())
    query = urlencode({"Expires": expires, "Signature": _signature(carrier, day, expires)})
    return f"{base_url}sandbox/deactivations/{day}.txt?{query}"


def text_of(carrier: Carrier, day: str, args: Mapping[str, str]) -> str | None:
    """A day's list, one number a line as it was put in; None if the address is not a valid one."""
    expires = args.get("Expires", "")
    if not expires.isdecimal():
        return None
    right = hmac.compare_digest(
        args.get("Signature", "").encode(), _signature(carrier, day, int(expires)).encode()
    )
    if not right or carrier.state.now() > datetime.fromtimestamp(int(expires), UTC):
        return None
    with carrier.state.lock:
        numbers = list(carrier.state.deactivated.get(date.fromisoformat(day), ()))
    return "".join(f"{number}\n" for number in numbers)


def _signature(carrier: Carrier, day: str, expires: int) -> str:
    key = carrier.account.auth_token.encode()
    return hmac.new(key, f"{day}/{expires}".encode(), hashlib.sha256).hexdigest()
