"""The calls themselves: what leaves, what each failure becomes, and what never shows."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.carrier import Carrier, CarrierError, Fault, HeldUpError, meaning
from bot.carrier.faults import CODES, refusal
from bot.clock import Clock
from bot.sandbox import Faults, Sandbox

PERSON = "+12165550123"
WORDS = "A small step."
STATUS = "http://127.0.0.1:9/sms/status?text=1"

# FIELD-FACTS: every code that Twilio documents for sending, with its class.
CLASSES = {
    Fault.OPTED_OUT: "21610 30630 30640",
    Fault.PERMANENT: "21211 21612 21614 21635 30004 30006",
    Fault.TRANSIENT: "30003 30005 30008 30017 30036 30047 30410 30450 30485 30500 30610 30615"
    " 20504",
    Fault.THROTTLED: "20429 21611 30001 30022 30023 30027 63038",
    Fault.CONFIGURATION: "20003 20404 21212 21219 21606 21607 21608 21609 21660 21661 21701 21702"
    " 21703 21704 21705 30002 30024 30032 30033 30034 30035 30037 30620",
    Fault.CONTENT: "30007 30019",
    Fault.BUG: "14107 21602 21617 21619 21620 21654 21656 35111 35114 35115 35116 35117 35118"
    " 35126",
    Fault.UNKNOWN: "20500 20503",
}


@pytest.fixture
def carrier(sandbox: Sandbox) -> Iterator[Carrier]:
    made = make(sandbox)
    yield made
    made.close()


def make(sandbox: Sandbox, **options: Any) -> Carrier:
    account = sandbox.carrier.account
    return Carrier(
        **{
            "account_sid": account.sid,
            "auth_token": account.auth_token,
            "messaging_service_sid": account.service_sid,
            "api_url": sandbox.url,
            "timeout_s": 2.0,
        }
        | options
    )


def refused(carrier: Carrier, to: str = PERSON) -> CarrierError:
    with pytest.raises(CarrierError) as caught:
        carrier.send(to, WORDS, STATUS, 3600)
    return caught.value


@pytest.mark.parametrize("fault", list(CLASSES))
def test_every_code_has_its_class(fault: Fault) -> None:
    codes = {int(code) for code in CLASSES[fault].split()}
    assert {code for code in CODES if CODES[code].fault is fault} == codes


@given(st.integers(300, 599), st.none() | st.integers(10_000, 99_999))
def test_every_answer_that_is_no_success_is_some_fault(status: int, code: int | None) -> None:
    fault = refusal(status, code, sender="MG", domestic=True)
    if status >= 500:
        assert fault is Fault.UNKNOWN
    elif status == 429:
        assert fault is Fault.THROTTLED
    else:
        assert fault is not Fault.UNKNOWN or code in (20500, 20503) or status == 408


def test_a_region_that_is_not_enabled_is_a_wrong_set_up_at_home_only(
    carrier: Carrier, sandbox: Sandbox
) -> None:
    sandbox.faults = Faults(refuse={21408: 1.0})
    assert refused(carrier).kind is Fault.CONFIGURATION
    assert refused(carrier, "+14165550123").kind is Fault.PERMANENT


def test_an_unknown_code_is_a_refusal_that_is_not_repeated() -> None:
    assert meaning(12345).fault is Fault.BUG
    assert meaning(None).again == 0


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("throttle", Fault.THROTTLED),
        ("refuse_5xx", Fault.UNKNOWN),
        ("accept_5xx", Fault.UNKNOWN),
        ("drop_before", Fault.UNKNOWN),
        ("drop_after", Fault.UNKNOWN),
        ("garbled", Fault.UNKNOWN),
    ],
)
def test_a_call_that_fails_is_made_once_and_not_repeated(
    carrier: Carrier, sandbox: Sandbox, fault: str, kind: Fault
) -> None:
    sandbox.faults = Faults(**{fault: 1.0})
    assert refused(carrier).kind is kind
    assert sandbox.ledger()["summary"]["asked"] == 1


def test_a_carrier_that_is_not_there_was_certainly_not_reached(sandbox: Sandbox) -> None:
    assert refused(make(sandbox, api_url="http://127.0.0.1:9")).kind is Fault.THROTTLED


def test_a_name_that_does_not_resolve_was_certainly_not_reached(sandbox: Sandbox) -> None:
    carrier = make(sandbox, api_url="http://localhost:1")
    assert refused(carrier).kind is Fault.THROTTLED


def test_a_slow_answer_is_given_up_after_the_time_out(sandbox: Sandbox) -> None:
    sandbox.faults = Faults(slow=1, slow_ms=(800, 800))
    assert refused(make(sandbox, timeout_s=0.2)).kind is Fault.UNKNOWN


def test_wrong_credentials_are_a_wrong_set_up(sandbox: Sandbox) -> None:
    carrier = make(sandbox, auth_token="wrong")
    assert refused(carrier).kind is Fault.CONFIGURATION
    with pytest.raises(CarrierError) as caught:
        carrier.check()
    assert caught.value.kind is Fault.CONFIGURATION


def test_an_api_key_sends_too(sandbox: Sandbox) -> None:
    account = sandbox.carrier.account
    carrier = make(sandbox, api_key=account.api_key, api_secret=account.api_secret)
    carrier.check()
    assert carrier.send(PERSON, WORDS, STATUS, 3600).sid.startswith("SM")


def test_a_call_whose_time_has_passed_is_not_made(carrier: Carrier, sandbox: Sandbox) -> None:
    with pytest.raises(HeldUpError):
        carrier.send(PERSON, WORDS, STATUS, 3600, begin_by=Clock.monotonic() - 1)
    assert sandbox.ledger()["summary"]["asked"] == 0
    carrier.send(PERSON, WORDS, STATUS, 3600)  # the deadline was that call's alone


def test_nothing_about_the_person_shows_in_errors_and_logs(
    carrier: Carrier, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sandbox.faults = Faults(refuse={21610: 1.0})
    error = refused(carrier)
    sandbox.faults = Faults()
    assert error.__suppress_context__
    carrier.send(PERSON, WORDS, STATUS, 3600)
    carrier.find(PERSON, datetime.now(UTC) - timedelta(hours=1))
    ours = [r.getMessage() for r in caplog.records if not r.name.startswith("bot.sandbox")]
    told = traceback.format_exception(error)
    shown = "\n".join([str(error), repr(error), *told, *ours])
    assert PERSON[2:] not in shown
    assert WORDS not in shown


def test_texts_are_found_again_with_their_words_oldest_first(
    carrier: Carrier, sandbox: Sandbox
) -> None:
    since = datetime.now(UTC) - timedelta(seconds=5)
    sids = [carrier.send(PERSON, f"Step {n}.", STATUS, 3600).sid for n in range(3)]
    carrier.send("+12165550124", "Another person.", STATUS, 3600)
    seen = carrier.find(PERSON, since)
    assert [(s.sid, s.body) for s in seen] == [(sid, f"Step {n}.") for n, sid in enumerate(sids)]
    assert carrier.find(PERSON, datetime.now(UTC) + timedelta(minutes=5)) == []


def test_inbound_texts_are_listed_in_their_order(carrier: Carrier, sandbox: Sandbox) -> None:
    since = datetime.now(UTC) - timedelta(minutes=5)
    carrier.send(PERSON, "Ours is not listed.", STATUS, 3600)
    for body in ("RECOVERY", "STOP"):
        sandbox.text(PERSON, body)
    records = list(carrier.inbound_since(since))
    assert [(r.sender, r.body, r.media) for r in records] == [
        (PERSON, "RECOVERY", 0),
        (PERSON, "STOP", 0),
    ]
    assert "5550123" not in repr(records[0])
    assert "STOP" not in repr(records[1])


def test_deactivated_numbers_are_read_whatever_their_form(
    carrier: Carrier, sandbox: Sandbox
) -> None:
    day = datetime.now(UTC).date() - timedelta(days=1)
    for number in ("+12165550123", "12165550124", "2165550125"):
        sandbox.deactivate(number, day)
    assert sorted(carrier.deactivations(day)) == [f"+1216555012{n}" for n in (3, 4, 5)]


def test_a_list_of_deactivations_that_is_too_old_has_its_code(carrier: Carrier) -> None:
    with pytest.raises(CarrierError) as caught:
        list(carrier.deactivations(date(2019, 1, 1)))
    assert caught.value.code == 30113


def test_words_are_blanked_at_the_carrier(carrier: Carrier, sandbox: Sandbox) -> None:
    sid = carrier.send(PERSON, WORDS, STATUS, 3600).sid
    assert sandbox.wait_until_idle()
    carrier.redact(sid)
    assert sandbox.messages()[0].body == ""


class Odd(BaseHTTPRequestHandler):
    """Answers as no carrier should; `answers` maps a path's text id to status, headers, body."""

    answers: tuple[int, dict[str, str], bytes] = (200, {}, b"")
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        status, headers, body = self.answers
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        pass


@pytest.fixture
def odd(sandbox: Sandbox) -> Iterator[tuple[Carrier, type[Odd]]]:
    handler = type("OddNow", (Odd,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    carrier = make(sandbox, api_url=f"http://127.0.0.1:{server.server_port}")
    yield carrier, handler
    carrier.close()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        ((200, {}, b"<html>hello</html>"), Fault.UNKNOWN, None),
        ((201, {}, b"{}"), Fault.UNKNOWN, None),
        ((201, {}, b"[]"), Fault.UNKNOWN, None),
        ((201, {}, b"null"), Fault.UNKNOWN, None),
        ((502, {}, b"<html>bad gateway</html>"), Fault.UNKNOWN, 502),
        ((400, {}, b"<html>bad request</html>"), Fault.BUG, 400),
        ((403, {}, b"<html>forbidden</html>"), Fault.CONFIGURATION, 403),
        ((302, {"Location": "http://127.0.0.1:1/"}, b""), Fault.CONFIGURATION, 302),
        ((400, {}, b'{"code": "21610", "message": "to +12165550123"}'), Fault.OPTED_OUT, 21610),
        ((400, {}, b'{"code": null, "message": "x"}'), Fault.BUG, None),
        (
            (400, {}, b'{"type":"t","title":"+12165550123","status":400,"code":21211}'),
            Fault.PERMANENT,
            21211,
        ),
        ((408, {}, b""), Fault.UNKNOWN, 408),
    ],
)
def test_answers_that_make_no_sense_are_sorted_too(
    odd: tuple[Carrier, type[Odd]],
    answer: tuple[int, dict[str, str], bytes],
    kind: Fault,
    code: int | None,
) -> None:
    carrier, handler = odd
    handler.answers = answer
    error = refused(carrier)
    assert (error.kind, error.code) == (kind, code)
    assert "5550123" not in str(error)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "2.5"}, 2.5),
        ({"Retry-After": "999999"}, 3600),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_honoured(
    odd: tuple[Carrier, type[Odd]], headers: dict[str, str], seconds: float | None
) -> None:
    carrier, handler = odd
    handler.answers = (429, headers, b'{"code": 20429, "message": "slow down"}')
    assert refused(carrier).retry_after_s == seconds


def test_retry_after_may_be_a_date(odd: tuple[Carrier, type[Odd]]) -> None:
    from email.utils import format_datetime

    carrier, handler = odd
    later = datetime.now(UTC) + timedelta(seconds=30)
    headers = {"Retry-After": format_datetime(later, usegmt=True)}
    handler.answers = (429, headers, b"{}")
    seconds = refused(carrier).retry_after_s
    assert seconds is not None
    assert 25 < seconds <= 31


def test_threads_get_their_own_answers(carrier: Carrier, sandbox: Sandbox) -> None:
    """Twilio's own transport keeps the last answer in a field that threads share."""
    took: dict[int, str] = {}

    def send(first: int) -> None:
        for number in range(first, first + 25):
            status = f"http://127.0.0.1:9/sms/status?text={number}"
            took[number] = carrier.send(PERSON, WORDS, status, 3600).sid

    threads = [threading.Thread(target=send, args=(n * 25,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    theirs = {int(message.reference): message.sid for message in sandbox.messages()}
    assert took == theirs
