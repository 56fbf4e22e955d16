"""The look-alike's core: takes messages to send, moves them on, and tells of it by callbacks."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from bot.core.sms import segments
from bot.sandbox.errors import RefusalError, words_of
from bot.sandbox.faults import Faults
from bot.sandbox.model import API_VERSION, Message, new_sid, reference_of
from bot.sandbox.plan import Course, Plan, Step
from bot.sandbox.state import State
from bot.sandbox.timetable import Timetable
from bot.sandbox.webhooks import Webhooks

E164 = re.compile(r"\+[1-9]\d{6,14}")
MOST_CHARACTERS = 1600
MOST_VALIDITY_SECONDS = 36_000


@dataclass(frozen=True, slots=True)
class Account:
    """Whom the look-alike knows: an account, its keys, its Messaging Service and its number."""

    sid: str
    auth_token: str
    api_key: str
    api_secret: str
    service_sid: str
    number: str

    def knows(self, user: str, password: str) -> bool:
        """Whether these credentials are the account's, or its API key's."""
        right = {self.sid: self.auth_token, self.api_key: self.api_secret}.get(user, "")
        return bool(right) and secrets.compare_digest(right.encode(), password.encode())


class Carrier:
    """Everything of the look-alike but HTTP; the methods are safe to call from any thread."""

    def __init__(self, account: Account, now: Callable[[], datetime], faults: Faults) -> None:
        self.account = account
        self.state = State(now)
        self.plan = Plan(faults)
        self.timetable = Timetable()
        self.webhooks = Webhooks(account.auth_token)

    def accept(self, form: Mapping[str, str]) -> Message:
        """Check a request to send and keep its message; raises `RefusalError` as Twilio would."""
        service_sid = self._service(form)
        to, body = self._recipient(form), self._body(form)
        callback_url = _callback_url(form)
        validity = _validity(form)
        if to in self.state.blocked:
            raise RefusalError(21610)
        message = self.message(
            "outbound-api", self.account.number, to, body, "accepted" if service_sid else "queued"
        )
        message.service_sid = service_sid
        message.callback_url = callback_url
        message.validity_seconds = validity
        return self.state.add(message, "api call", f"answered 201, {message.status}")

    def message(self, direction: str, from_: str, to: str, body: str, status: str) -> Message:
        """A new message, not yet kept."""
        now = self.state.now()
        return Message(
            sid=new_sid(), direction=direction, from_=from_, to=to, body=body, status=status,
            created_at=now, updated_at=now, segments=segments(body), born=time.monotonic(),
        )  # fmt: skip

    def send(self, message: Message, course: Course) -> None:
        """Begin a message's way; its early callback, if it has one, is told before this returns."""
        if not course.early:
            self._schedule(message, course.steps, 0.0)
        elif self._do(message, course.steps[0], 0.0):
            self._schedule(message, course.steps[1:], course.steps[0].wait_seconds)

    def _schedule(self, message: Message, steps: tuple[Step, ...], elapsed: float) -> None:
        if not steps:
            return
        step, rest = steps[0], steps[1:]
        elapsed += step.wait_seconds

        def take() -> None:
            if self._do(message, step, elapsed):
                self._schedule(message, rest, elapsed)

        self.timetable.after(step.wait_seconds, take)

    def _do(self, message: Message, step: Step, elapsed: float) -> bool:
        """Take one step; False if the message expired and goes no further."""
        expired = step.status == "sent" and elapsed > message.validity_seconds
        status, code = ("failed", 30036) if expired else (step.status, step.error_code)
        if step.changes:
            self.state.change(message, status, code)
        if step.reports and message.callback_url:
            self.tell(message, status, code)
        return not expired

    def tell(self, message: Message, status: str, code: int | None) -> None:
        """Post one status callback."""
        params = {
            "SmsSid": message.sid,
            "SmsStatus": status,
            "MessageStatus": status,
            "To": message.to,
            "MessageSid": message.sid,
            "AccountSid": self.account.sid,
            "From": message.from_,
            "ApiVersion": API_VERSION,
        }
        if message.service_sid:
            params["MessagingServiceSid"] = message.service_sid
        if code is not None:
            params |= {"ErrorCode": str(code), "ErrorMessage": words_of(code) or ""}
        if status in {"delivered", "undelivered"}:
            params["RawDlrDoneDate"] = self.state.now().strftime("%y%m%d%H%M")
        answer = self.webhooks.post(message.callback_url, params)
        self.state.note(message, "callback", f"{status}: {answer.words}")
        if answer.trouble:
            self.state.problem("callback", f"{status} for {message.sid}: {answer.words}")

    def _service(self, form: Mapping[str, str]) -> str | None:
        if service_sid := form.get("MessagingServiceSid", ""):
            if service_sid != self.account.service_sid:
                raise RefusalError(21701)
            return service_sid
        if not (sender := form.get("From", "")):
            raise RefusalError(21603)
        if sender != self.account.number:
            raise RefusalError(21606 if E164.fullmatch(sender) else 21212)
        return None

    def _recipient(self, form: Mapping[str, str]) -> str:
        to = form.get("To", "")
        if not to:
            raise RefusalError(21604)
        if not E164.fullmatch(to):
            raise RefusalError(21211)
        if to == self.account.number:
            raise RefusalError(21266)
        return to

    @staticmethod
    def _body(form: Mapping[str, str]) -> str:
        body = form.get("Body", "")
        if not body.strip():
            raise RefusalError(21602)
        if len(body) > MOST_CHARACTERS:
            raise RefusalError(21617)
        if form.get("ScheduleType") or form.get("SendAt"):
            raise RefusalError(
                20001
            )  # messages scheduled at the carrier are no part of this program
        return body


def _callback_url(form: Mapping[str, str]) -> str:
    if not (url := form.get("StatusCallback", "")):
        return ""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or not host or "_" in host:
        raise RefusalError(21609)
    return url


def _validity(form: Mapping[str, str]) -> int:
    given = form.get("ValidityPeriod")
    if given is None:
        return MOST_VALIDITY_SECONDS
    if not given.isdecimal() or not 1 <= int(given) <= MOST_VALIDITY_SECONDS:
        raise RefusalError(90007)
    return int(given)


def reference_in(form: Mapping[str, str]) -> str:
    """The sender's own id of the text that a request to send is about."""
    return reference_of(form.get("StatusCallback", ""))
