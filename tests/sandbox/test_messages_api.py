"""The Twilio client talks to the look-alike as it does to Twilio."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException

from bot.sandbox import Faults, Sandbox

START = datetime(2026, 3, 6, 20, 41, tzinfo=UTC)  # as in conftest
ANNA, BEN = "+12165550123", "+13125550124"


def _code(call: Any) -> tuple[int, int]:
    with pytest.raises(TwilioRestException) as caught:
        call()
    return caught.value.status, caught.value.code


def test_a_message_by_the_service_is_accepted_and_then_delivered(outfit: Any) -> None:
    sent = outfit.send("17", body="Hello.")
    assert (sent.status, sent.num_segments, sent.direction) == ("accepted", "0", "outbound-api")
    assert sent.date_created == START
    assert sent.from_ is None
    assert outfit.sandbox.wait_until_idle()
    seen = outfit.client.messages(sent.sid).fetch()
    assert (seen.status, seen.num_segments, seen.body) == ("delivered", "1", "Hello.")
    assert outfit.bot.statuses("17") == ["sent", "delivered"]


def test_a_message_by_number_is_queued(outfit: Any) -> None:
    sandbox = outfit.sandbox
    sent = outfit.client.messages.create(to=ANNA, from_=sandbox.number, body="Hello.")
    assert (sent.status, sent.from_) == ("queued", sandbox.number)


def test_callbacks_carry_all_that_twilio_sends(outfit: Any) -> None:
    sent = outfit.send("17")
    assert outfit.sandbox.wait_until_idle()
    first, last = outfit.bot.callbacks
    assert first["MessageSid"] == first["SmsSid"] == sent.sid
    assert (first["To"], first["From"]) == (ANNA, outfit.sandbox.number)
    assert first["AccountSid"] == outfit.client.account_sid
    assert first["MessagingServiceSid"] == outfit.sandbox.carrier.account.service_sid
    assert "RawDlrDoneDate" not in first
    assert last["RawDlrDoneDate"] == "2603062041"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"to": ""}, 21604),
        ({"to": "12345"}, 21211),
        ({"to": "0123"}, 21211),
        ({"to": "+12165550100"}, 21266),
        ({"body": ""}, 21602),
        ({"body": " \n"}, 21602),
        ({"body": "x" * 1601}, 21617),
        ({"validity_period": 0}, 90007),
        ({"validity_period": 36_001}, 90007),
        ({"validity_period": "soon"}, 90007),
        ({"status_callback": "sms/status"}, 21609),
        ({"status_callback": "https://my_host.example/x"}, 21609),
        ({"messaging_service_sid": "MG" + "0" * 32}, 21701),
        ({"messaging_service_sid": None}, 21603),
        ({"messaging_service_sid": None, "from_": "+12165550199"}, 21606),
        ({"messaging_service_sid": None, "from_": "Lantern"}, 21212),
        ({"schedule_type": "fixed", "send_at": START}, 20001),
    ],
)
def test_a_wrong_request_gets_twilios_code(outfit: Any, changes: Any, code: int) -> None:
    right = {
        "to": ANNA,
        "body": "Hello.",
        "messaging_service_sid": outfit.sandbox.carrier.account.service_sid,
    }
    assert _code(lambda: outfit.client.messages.create(**{**right, **changes})) == (400, code)
    assert outfit.sandbox.messages() == []


def test_1600_characters_and_the_longest_validity_are_accepted(outfit: Any) -> None:
    outfit.send(body="x" * 1600, validity_period=36_000)
    assert outfit.sandbox.messages()[0].validity_seconds == 36_000


def test_a_wrong_token_is_401_20003_and_an_api_key_is_as_good_as_the_token(
    outfit: Any, connect: Any
) -> None:
    wrong = connect(outfit.sandbox, "wrong")
    assert _code(lambda: wrong.messages.create(to=ANNA, body="x", from_=BEN)) == (401, 20003)
    account = outfit.sandbox.carrier.account
    url = f"{outfit.sandbox.url}/2010-04-01/Accounts/{account.sid}.json"
    assert requests.get(url, auth=(account.api_key, account.api_secret), timeout=5).ok
    assert requests.get(url, timeout=5).json()["code"] == 20003


def test_the_account_can_be_fetched_and_another_is_not_there(outfit: Any) -> None:
    client = outfit.client
    assert client.api.v2010.accounts(client.account_sid).fetch().status == "active"
    assert _code(client.api.v2010.accounts("AC" + "0" * 32).fetch) == (404, 20404)


def test_the_list_filters_by_number_and_is_newest_first(outfit: Any) -> None:
    for number, to in enumerate([ANNA, BEN, ANNA]):
        outfit.send(to=to, body=f"text {number}")
    listed = outfit.client.messages.list(to=ANNA)
    assert [message.body for message in listed] == ["text 2", "text 0"]
    outfit.sandbox.text(BEN, "hello")
    [inbound] = outfit.client.messages.list(from_=BEN)
    assert (inbound.direction, inbound.status) == ("inbound", "received")


def test_the_list_pages_to_its_end_and_is_not_shifted_by_what_comes_meanwhile(outfit: Any) -> None:
    for number in range(7):
        outfit.send(body=f"text {number}")
    bodies = []
    for count, message in enumerate(outfit.client.messages.stream(to=ANNA, page_size=2)):
        bodies.append(message.body)
        if count == 0:
            outfit.send(body="came in between")
    assert bodies == [f"text {number}" for number in range(6, -1, -1)]


def test_the_list_filters_by_the_time_of_sending(outfit: Any) -> None:
    for number in range(3):
        outfit.send(body=f"text {number}")
        outfit.sandbox.wait_until_idle()
        outfit.clock.advance_to(START + timedelta(days=number + 1))
    noon = datetime(2026, 3, 7, 12, tzinfo=UTC)

    def listed(**when: Any) -> list[str]:
        return [message.body for message in outfit.client.messages.list(**when)]

    assert listed(date_sent_after=noon) == ["text 2", "text 1"]
    assert listed(date_sent_before=noon) == ["text 0"]
    assert listed(date_sent=noon.date()) == ["text 1"]
    with pytest.raises(TwilioException, match="20001"):
        listed(date_sent="yesterday")


def test_a_message_not_yet_sent_has_no_date_sent_and_no_filter_by_date_finds_it(
    outfit_of: Any,
) -> None:
    outfit = outfit_of(faults=Faults(callback_ms=(60_000, 60_000)))
    outfit.send()
    [waiting] = outfit.client.messages.list(to=ANNA)
    assert (waiting.status, waiting.date_sent) == ("accepted", None)
    assert outfit.client.messages.list(date_sent_after=START - timedelta(days=1)) == []


def test_redaction_empties_the_body_and_deletion_takes_the_message_away(outfit: Any) -> None:
    sent = outfit.send("9", body="Private.")
    assert outfit.sandbox.wait_until_idle()
    assert outfit.client.messages(sent.sid).update(body="").body == ""
    assert outfit.client.messages(sent.sid).fetch().body == ""
    assert _code(lambda: outfit.client.messages(sent.sid).update(body="New words")) == (400, 20001)
    assert outfit.client.messages(sent.sid).delete()
    assert _code(outfit.client.messages(sent.sid).fetch) == (404, 20404)
    assert outfit.client.messages.list(to=ANNA) == []
    assert outfit.sandbox.ledger()["summary"]["delivered"] == 1


def test_a_message_still_on_its_way_is_neither_redacted_nor_deleted(outfit_of: Any) -> None:
    outfit = outfit_of(faults=Faults(callback_ms=(60_000, 60_000)))
    sent = outfit.send()
    assert _code(outfit.client.messages(sent.sid).delete) == (409, 20009)
    assert _code(lambda: outfit.client.messages(sent.sid).update(body="")) == (409, 20009)


def test_the_deactivation_list_is_a_signed_address_that_expires(outfit: Any) -> None:
    sandbox, day = outfit.sandbox, START.date() - timedelta(days=1)
    sandbox.deactivate("12165550123", day)
    sandbox.deactivate("+13125550124", day)
    url = outfit.client.messaging.v1.deactivations().fetch(date=day).redirect_to
    assert requests.get(url, timeout=5).text == "12165550123\n+13125550124\n"
    assert requests.get(url[:-1] + ("0" if url[-1] != "0" else "1"), timeout=5).status_code == 403
    outfit.clock.advance_to(START + timedelta(seconds=125))
    assert requests.get(url, timeout=5).status_code == 403


def test_the_deactivation_list_is_answered_with_307_and_no_list_with_its_code(outfit: Any) -> None:
    account = outfit.sandbox.carrier.account
    answer = requests.get(
        f"{outfit.sandbox.url}/v1/Deactivations?Date=2026-03-01",
        auth=(account.sid, account.auth_token),
        allow_redirects=False,
        timeout=5,
    )
    assert (answer.status_code, list(answer.json())) == (307, ["redirect_to"])
    fetch = outfit.client.messaging.v1.deactivations().fetch
    assert _code(lambda: fetch(date=START.date()))[1] == 30114
    assert _code(lambda: fetch(date="2020-01-01"))[1] == 30113


def test_two_sandboxes_run_side_by_side_and_stop_clean(connect: Any) -> None:
    with Sandbox() as one, Sandbox() as two:
        assert one.url != two.url
        connect(one).messages.create(to=ANNA, from_=one.number, body="Hello.")
        assert (len(one.messages()), len(two.messages())) == (1, 0)
    with pytest.raises(requests.ConnectionError):
        requests.get(one.url, timeout=1)
