"""Webhooks: only what Twilio signed for our account gets in, whatever it holds."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from bot.inbound import Incoming, Outgoing
from bot.receipts import Callback
from bot.store.database import StoreError
from bot.web import app as web
from bot.web import twilio

TOKEN = "12345"
ACCOUNT = "AC" + "1" * 32
PUBLIC = "https://texts.example.org"
NOW = datetime(2026, 12, 1, 15, tzinfo=UTC)


class Heard:
    """What came through the door."""

    def __init__(self) -> None:
        self.texts: list[Incoming] = []
        self.receipts: list[Callback] = []
        self.replies: Sequence[Outgoing] = (Outgoing(7, 'Tom & "Jo" <1>'),)
        self.away = False

    def receive(self, incoming: Incoming, now: datetime) -> Sequence[Outgoing]:
        if self.away:
            raise StoreError("away")
        self.texts.append(incoming)
        return self.replies

    def record(self, callback: Callback, now: datetime) -> None:
        self.receipts.append(callback)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def client(heard: Heard) -> FlaskClient:
    signature = twilio.Signature(TOKEN, ACCOUNT, PUBLIC)
    routes = twilio.blueprint(signature, heard.receive, heard.record, lambda: NOW, PUBLIC)
    return web.create([routes], https=True).test_client()


def form(**more: str) -> dict[str, str]:
    return {
        "MessageSid": "SM" + "a" * 32,
        "AccountSid": ACCOUNT,
        "From": "+12165550123",
        "To": "+12165550100",
        "Body": "RECOVERY",
        "NumMedia": "0",
        "FromZip": "",
    } | more


def post(
    client: FlaskClient, data: object, target: str = "/sms", token: str = TOKEN
) -> TestResponse:
    fields = data if isinstance(data, MultiDict) else MultiDict(data)  # type: ignore[arg-type]
    signed = RequestValidator(token).compute_signature(PUBLIC + target, fields)
    return client.post(target, data=fields, headers={"X-Twilio-Signature": signed})


def test_a_signed_text_is_answered_in_twiml(client: FlaskClient, heard: Heard) -> None:
    answer = post(client, form())
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/xml")
    message = ElementTree.fromstring(answer.data).find("Message")
    assert message is not None
    assert message.text == 'Tom & "Jo" <1>'
    assert message.get("action") == f"{PUBLIC}/sms/status?text=7"
    assert heard.texts[0].body == "RECOVERY"


def test_nothing_to_say_is_an_empty_response(client: FlaskClient, heard: Heard) -> None:
    heard.replies = ()
    assert ElementTree.fromstring(post(client, form()).data).tag == "Response"
    assert len(ElementTree.fromstring(post(client, form()).data)) == 0


def test_twilios_published_signature_vector_holds() -> None:
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert RequestValidator(TOKEN).compute_signature(url, fields) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


@pytest.mark.parametrize(
    "spoil",
    [
        {"token": "another token"},
        {"data": form(AccountSid="AC" + "2" * 32)},
        {"data": {k: v for k, v in form().items() if k != "AccountSid"}},
    ],
)
def test_a_forgery_is_refused_and_nothing_is_heard(
    client: FlaskClient, heard: Heard, spoil: dict[str, object]
) -> None:
    answer = post(client, spoil.get("data", form()), token=str(spoil.get("token", TOKEN)))
    assert answer.status_code == 403
    assert heard.texts == []


@pytest.mark.parametrize("header", [None, "", "not base64 \x7f", "é"])
def test_a_missing_or_odd_signature_is_refused(client: FlaskClient, header: str | None) -> None:
    headers = {} if header is None else {"X-Twilio-Signature": header}
    assert client.post("/sms", data=form(), headers=headers).status_code == 403


def test_a_changed_body_is_refused(client: FlaskClient, heard: Heard) -> None:
    signed = RequestValidator(TOKEN).compute_signature(PUBLIC + "/sms", MultiDict(form()))
    answer = client.post("/sms", data=form(Body="STOP"), headers={"X-Twilio-Signature": signed})
    assert answer.status_code == 403
    assert heard.texts == []


def test_a_json_body_is_refused(client: FlaskClient) -> None:
    target = "/sms?bodySHA256=" + hashlib.sha256(b"{}").hexdigest()
    signed = base64.b64encode(
        hmac.new(TOKEN.encode(), (PUBLIC + target).encode(), hashlib.sha1).digest()
    ).decode()
    answer = client.post(
        target, data=b"{}", headers={"X-Twilio-Signature": signed}, content_type="application/json"
    )
    assert answer.status_code == 403


def test_repeated_blank_and_new_parameters_are_part_of_the_signature(
    client: FlaskClient, heard: Heard
) -> None:
    fields = MultiDict(form())
    fields.setlist("MediaUrl", ["b", "a", "a"])
    fields.add("SomethingNew", "")
    assert post(client, fields).status_code == 200


@pytest.mark.parametrize("target", ["/sms?a=caf%C3%A9&b=%2F", "/sms?x=1"])
def test_the_query_is_signed_as_it_was_sent(client: FlaskClient, target: str) -> None:
    assert post(client, form(), target=target).status_code == 200


@pytest.mark.parametrize("media", ["", "x", "-1", "²"])
def test_odd_counts_of_media_are_none(client: FlaskClient, heard: Heard, media: str) -> None:
    assert post(client, form(NumMedia=media)).status_code == 200
    assert heard.texts[0].media == 0


def test_without_a_message_sid_nothing_is_taken(client: FlaskClient, heard: Heard) -> None:
    assert post(client, form(MessageSid="")).status_code == 400
    assert heard.texts == []


def test_a_database_that_is_away_asks_twilio_to_come_back(
    client: FlaskClient, heard: Heard
) -> None:
    heard.away = True
    assert post(client, form()).status_code == 503


def test_a_status_carries_our_id(client: FlaskClient, heard: Heard) -> None:
    data = {
        "AccountSid": ACCOUNT,
        "MessageSid": "SM" + "b" * 32,
        "MessageStatus": "undelivered",
        "ErrorCode": "30003",
    }
    assert post(client, data, "/sms/status?text=42").status_code == 200
    assert post(client, data, "/sms/status?text=0x1").status_code == 200
    assert [report.text_id for report in heard.receipts] == [42, None]
    assert heard.receipts[0] == Callback("SM" + "b" * 32, "undelivered", 42, 30003)


def test_a_forged_status_is_refused(client: FlaskClient, heard: Heard) -> None:
    data = {"AccountSid": ACCOUNT, "MessageSid": "SM1", "MessageStatus": "delivered"}
    assert post(client, data, "/sms/status?text=42", token="no").status_code == 403
    assert heard.receipts == []


def test_a_body_that_is_too_large_is_refused(client: FlaskClient, heard: Heard) -> None:
    assert post(client, form(Body="x" * 200_000)).status_code in {403, 413}
    assert heard.texts == []


def test_every_answer_has_its_headers(client: FlaskClient) -> None:
    for answer in (client.get("/nowhere"), client.get("/sms"), post(client, form())):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "max-age" in answer.headers["Strict-Transport-Security"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in answer.headers
