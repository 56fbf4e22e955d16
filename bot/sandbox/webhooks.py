"""Twilio's side of a webhook: a signed POST, with the retries that the URL's fragment asks for."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urldefrag, urlencode

import urllib3
from twilio.request_validator import RequestValidator

_RETRIES, _POLICIES = range(6), frozenset({"4xx", "5xx", "ct", "rt", "all"})
_PAUSE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class RetryRules:
    """The connection overrides of a webhook URL (`#rc=2&rp=5xx,ct`), with Twilio's defaults."""

    retries: int = 1
    policies: frozenset[str] = frozenset({"ct"})
    connect_seconds: float = 5.0
    read_seconds: float = 15.0
    total_seconds: float = 15.0

    @classmethod
    def of(cls, url: str) -> RetryRules:
        """Read the fragment; what is not a known override is ignored, as Twilio does."""
        given = dict(parse_qsl(urldefrag(url).fragment))
        rc = given.get("rc", "")
        wanted = frozenset(given.get("rp", "").split(",")) & _POLICIES
        return cls(
            retries=int(rc) if rc.isdecimal() and int(rc) in _RETRIES else cls().retries,
            policies=wanted or cls().policies,
            connect_seconds=_seconds(given.get("ct"), 5.0, 10.0),
            read_seconds=_seconds(given.get("rt"), 15.0, 15.0),
            total_seconds=_seconds(given.get("tt"), 15.0, 15.0),
        )

    def allow(self, answer: Answer) -> bool:
        """Whether an answer like this is one to try again after."""
        if not answer.trouble:
            return False
        return "all" in self.policies or answer.trouble in self.policies


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `trouble` is empty or one of ct, rt, 4xx, 5xx. No answer: status None."""

    status: int | None
    content_type: str = ""
    text: str = ""
    trouble: str = ""
    attempts: int = 1

    @property
    def words(self) -> str:
        """The answer in a word or two, for the list of events."""
        if self.status is not None:
            return f"answered {self.status}"
        return "could not connect" if self.trouble == "ct" else "no answer"


class Webhooks:
    """Posts signed forms over kept-alive connections."""

    def __init__(self, auth_token: str) -> None:
        self._validator = RequestValidator(auth_token)
        self._pool = urllib3.PoolManager(num_pools=8, maxsize=32, retries=False)

    def post(self, url: str, params: Mapping[str, str]) -> Answer:
        """Post until it is answered, or the URL's retry rules are used up."""
        rules = RetryRules.of(url)
        target = urldefrag(url).url
        token = str(uuid.uuid4())
        give_up = time.monotonic() + rules.total_seconds
        for attempt in range(1, rules.retries + 2):
            answer = self._once(target, params, rules, token, attempt)
            pause = _PAUSE_SECONDS * 2 ** (attempt - 1)
            if not rules.allow(answer) or time.monotonic() + pause > give_up:
                break
            if attempt <= rules.retries:
                time.sleep(pause)
        return answer

    def close(self) -> None:
        """Close the kept connections."""
        self._pool.clear()

    def _once(
        self, url: str, params: Mapping[str, str], rules: RetryRules, token: str, attempt: int
    ) -> Answer:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "Accept": "*/*",
            "User-Agent": "TwilioProxy/1.1",
            "I-Twilio-Idempotency-Token": token,
            "X-Twilio-Signature": self._validator.compute_signature(url, params),
        }
        timeout = urllib3.Timeout(connect=rules.connect_seconds, read=rules.read_seconds)
        try:
            got = self._pool.request(
                "POST", url, body=urlencode(params), headers=headers, timeout=timeout,
                redirect=False,
            )  # fmt: skip
        except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError):
            return Answer(None, trouble="ct", attempts=attempt)
        except urllib3.exceptions.HTTPError:
            return Answer(None, trouble="rt", attempts=attempt)
        trouble = {4: "4xx", 5: "5xx"}.get(got.status // 100, "")
        text = got.data.decode("utf-8", "replace")
        return Answer(got.status, got.headers.get("Content-Type", ""), text, trouble, attempt)


def _seconds(milliseconds: str | None, default: float, most: float) -> float:
    if milliseconds is None or not milliseconds.isdecimal():
        return default
    return min(max(int(milliseconds) / 1000, 0.1), most)
