"""Calls to the carrier, with every failure turned into a `CarrierError`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from twilio.base.exceptions import (
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.rest import Client

from bot.carrier.faults import CarrierError, Fault, refusal
from bot.carrier.transport import Transport, call

TWILIO = "https://api.twilio.com"
LONGEST_LIST = 200
LONGEST_VALIDITY_S = 36_000


@dataclass(frozen=True, slots=True)
class Accepted:
    """The carrier took the text on."""

    sid: str
    status: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """A text of ours that the carrier's list shows."""

    sid: str
    body: str
    """Blank where the account has the carrier redact bodies."""
    created_at: datetime
    status: str
    error: int | None


@dataclass(frozen=True, slots=True)
class InboundRecord:
    """A text of a person's that the carrier's list shows."""

    sid: str
    sender: str
    recipient: str
    body: str
    media: int
    received_at: datetime

    def __repr__(self) -> str:
        return f"InboundRecord(sid={self.sid!r}, ...)"


class Carrier:
    """Twilio, through its own client. Safe to share between threads."""

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        api_key: str = "",
        api_secret: str = "",
        messaging_service_sid: str = "",
        from_number: str = "",
        api_url: str = TWILIO,
        timeout_s: float = 10.0,
        connections: int = 32,
    ) -> None:
        """`timeout_s`: for each answer; connecting may take at most five seconds of it."""
        self.sender = messaging_service_sid or from_number
        self.timeout_s = timeout_s
        self._transport = Transport(
            None if api_url.rstrip("/") == TWILIO else api_url, timeout_s, connections
        )
        self._client = Client(
            api_key or account_sid,
            api_secret if api_key else auth_token,
            account_sid,
            http_client=self._transport,
            environment={"TWILIO_REGION": ""},  # else it reads edge and region from the machine's
        )
        self._messages = self._client.messages  # made once: each look-up costs imports
        by_service = {"messaging_service_sid": messaging_service_sid}
        self._by = by_service if messaging_service_sid else {"from_": from_number}

    def send(
        self,
        to: str,
        body: str,
        status_url: str,
        validity_s: int,
        begin_by: float | None = None,
    ) -> Accepted:
        """Hand over one text, once.

        `begin_by`: the reading of `Clock.monotonic` by which the first byte must
        leave; else `HeldUpError` is raised and nothing was sent. Raises `CarrierError`.
        """
        call.deadline = begin_by
        try:
            with self._faults(to):
                message = self._messages.create(
                    to=to,
                    body=body,
                    status_callback=status_url,
                    validity_period=max(1, min(LONGEST_VALIDITY_S, validity_s)),
                    **self._by,
                )
                if not message.sid:
                    raise ValueError("an answer without a SID")
                return Accepted(message.sid, str(message.status or ""))
        finally:
            call.deadline = None

    def find(self, to: str, since: datetime) -> list[Sighting]:
        """The texts sent to a number by API and created since then, oldest first.

        The list has no filter on the time of creation, so it is read newest first until there.
        """
        seen = []
        with self._faults(to):
            for message in self._messages.stream(to=to, limit=LONGEST_LIST, page_size=50):
                if message.date_created is not None and message.date_created < since:
                    break
                if message.direction == "outbound-api":
                    seen.append(_sighting(message))
        return seen[::-1]

    def inbound_since(self, at: datetime) -> Iterator[InboundRecord]:
        """The texts that people sent since then, in the order in which the carrier took them."""
        with self._faults(""):
            records = [
                _inbound(message)
                for message in self._messages.stream(date_sent_after=at, page_size=1000)
                if message.direction == "inbound"
            ]
        # Times are whole seconds: within one, the list's own order (newest first) decides.
        records.reverse()
        yield from sorted(records, key=lambda record: record.received_at)

    def deactivations(self, day: date) -> Iterator[str]:
        """The numbers (E.164) that US carriers took out of use on a day.

        Raises `CarrierError` with code 30114 while the day's list is not there yet.
        """
        with self._faults(""):
            where = self._client.messaging.v1.deactivations().fetch(date=day).redirect_to
        if not where:
            raise CarrierError(Fault.TRANSIENT, 30114)
        for line in self._transport.lines(where):
            digits = "".join(filter(str.isdigit, line))
            if digits:
                yield f"+{digits}" if len(digits) > 10 else f"+1{digits}"

    def redact(self, sid: str) -> None:
        """Blank the words of a text at the carrier. Raises `CarrierError`."""
        with self._faults(""):
            self._client.messages(sid).update(body="")

    def check(self) -> None:
        """Raise `CarrierError` unless the credentials are good for what sending needs."""
        with self._faults(""):
            self._messages.list(limit=1, page_size=1)

    def close(self) -> None:
        """Let go of the open connections."""
        self._transport.close()

    @contextmanager
    def _faults(self, to: str) -> Iterator[None]:
        """Turn whatever goes wrong into a `CarrierError` that holds neither number nor text."""
        try:
            yield
            return
        except (TwilioRestException, TwilioServiceException) as error:
            status, code = _whole(error.status) or 0, _whole(error.code)
        except TwilioException:
            raise CarrierError(Fault.CONFIGURATION) from None
        except (ValueError, KeyError, TypeError, AttributeError):  # a success that makes no sense
            raise CarrierError(Fault.UNKNOWN) from None
        kind = refusal(status, code, sender=self.sender, domestic=_domestic(to))
        # Without "from None" a traceback would quote Twilio's words, which may hold the number.
        raise CarrierError(kind, code, call.retry_after_s) from None


def _sighting(message: Any) -> Sighting:
    return Sighting(
        message.sid,
        message.body or "",
        message.date_created,
        str(message.status or ""),
        message.error_code,
    )


def _inbound(message: Any) -> InboundRecord:
    return InboundRecord(
        sid=message.sid,
        sender=message.from_ or "",
        recipient=message.to or "",
        body=message.body or "",
        media=_whole(message.num_media) or 0,
        received_at=message.date_sent or message.date_created,
    )


def _whole(value: object) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None


def _domestic(to: str) -> bool:
    """Whether a number is in the United States; anything that can't be read is taken to be."""
    import phonenumbers  # its tables are needed only where the carrier refuses a number

    try:
        number = phonenumbers.parse(to, "US")
    except phonenumbers.NumberParseException:
        return True
    return phonenumbers.region_code_for_number(number) in ("US", None)
