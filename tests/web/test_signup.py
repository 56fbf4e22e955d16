"""The sign-up form over HTTP: what is taken, what is said, and to whom it says nothing."""

import io
import json
import logging
import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
import structlog
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from bot import logs
from bot.store import tables
from bot.store.database import Database
from bot.web import signup
from bot.web.tokens import FormTokens

NUMBER = "(216) 555-0123"


def token_of(html: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', html)
    assert found
    return unescape(found[1])


class Visitor:
    """Somebody at one address who opens the form, takes their time, and sends it."""

    def __init__(self, house: Any, address: str = "192.0.2.1", client: FlaskClient | None = None):
        self.house = house
        self.client = client or house.client()
        self.headers = {"X-Forwarded-For": address}

    def open(self) -> str:
        page = self.client.get("/join", headers=self.headers)
        assert page.status_code == 200
        return token_of(page.text)

    def post(self, **form: str) -> TestResponse:
        return self.client.post("/join", data=form, headers=self.headers)

    def sign_up(self, **changed: str) -> TestResponse:
        token = self.open()
        self.house.pass_time(seconds=20)
        return self.post(**({"token": token, "phone": NUMBER, "consent": "yes"} | changed))


def count(database: Database, name: str) -> int:
    table = tables.metadata.tables[name]
    return database.read(lambda c: c.execute(select(func.count()).select_from(table)).scalar_one())


def is_received(answer: TestResponse) -> bool:
    return answer.status_code == 303 and answer.location == "/join/sent"


def test_number_and_tick_are_all_that_is_needed(house: Any) -> None:
    assert is_received(Visitor(house).sign_up())
    person = house.database.read(lambda c: c.execute(select(tables.subscribers)).one())
    assert person.consent == "pending"
    assert person.pending_programme == "recovery"
    assert house.vault.open(person.number_sealed) == "+12165550123"


def test_choices_are_taken_over_and_the_zip_is_not_kept(house: Any) -> None:
    Visitor(house).sign_up(programme="treatment", slot="evening", zip="80202")
    person = house.database.read(lambda c: c.execute(select(tables.subscribers)).one())
    assert (person.pending_programme, person.slot) == ("treatment", "evening")
    assert person.zones == "America/Denver"
    assert not [value for value in person if value == "80202"]


def test_the_page_answers_the_same_whatever_is_known_of_the_number(house: Any) -> None:
    client = house.client()
    answers = []
    states = [{}, {"consent": "given"}, {"consent": "pending"}, {"consent": "withdrawn"}]
    for n, values in enumerate(states):
        visitor = Visitor(house, f"192.0.2.{n}", client)
        if values:
            person = update(tables.subscribers).values(**values)
            house.database.write(lambda c, person=person: c.execute(person))
        answer = visitor.sign_up()
        followed = client.get(answer.location)
        answers.append((answer.status_code, answer.text, list(answer.headers), followed.text))
    assert all(answer == answers[0] for answer in answers)


WRONG = {
    "no number": ({"phone": ""}, "phone", "Write your mobile number"),
    "half a number": ({"phone": "216 555"}, "phone", "with its area code"),
    "a number abroad": ({"phone": "+44 7700 900123"}, "phone", "in the US or Canada"),
    "toll-free": ({"phone": "800 555 0199"}, "phone", "can't get texts"),
    "premium": ({"phone": "900 555 0199"}, "phone", "can't get texts"),
    "no tick": ({"consent": ""}, "consent", "Tick the box"),
    "a made-up zip": ({"zip": "00000"}, "zip", "five digits"),
    "a made-up programme": ({"programme": "<script>"}, "programme", "Choose one"),
}


@pytest.mark.parametrize(("form", "field", "says"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_sent(
    one_house: Any, form: dict[str, str], field: str, says: str
) -> None:
    answer = Visitor(one_house).sign_up(**({"zip": "44101"} | form))
    assert answer.status_code == 422
    html = unescape(answer.text)
    assert f'href="#{field}"' in html
    assert f'id="{field}-error"' in html
    assert says in html
    assert "<script>" not in answer.text
    assert count(one_house.database, "texts") == 0


def test_what_was_typed_is_kept_when_something_else_is_wrong(one_house: Any) -> None:
    answer = Visitor(one_house).sign_up(consent="", slot="noon", zip='"><b>')
    assert f'value="{NUMBER}"' in answer.text
    assert 'value="noon" checked' in answer.text
    assert "&#34;&gt;&lt;b&gt;" in answer.text
    assert "<b>" not in answer.text


def test_a_form_without_its_token_is_shown_once_more(one_house: Any) -> None:
    visitor = Visitor(one_house)
    answer = visitor.sign_up(token="made up")
    assert answer.status_code == 422
    assert "press the button once more" in answer.text
    one_house.pass_time(seconds=5)
    again = visitor.post(token=token_of(answer.text), phone=NUMBER, consent="yes")
    assert is_received(again)


def test_a_token_of_one_address_is_no_good_at_another(one_house: Any) -> None:
    client = one_house.client()
    token = Visitor(one_house, "192.0.2.1", client).open()
    one_house.pass_time(seconds=20)
    answer = Visitor(one_house, "192.0.2.2", client).post(token=token, phone=NUMBER, consent="yes")
    assert answer.status_code == 422


def test_a_form_that_was_open_too_long_needs_one_more_press(one_house: Any) -> None:
    visitor = Visitor(one_house)
    token = visitor.open()
    one_house.pass_time(hours=5)
    assert visitor.post(token=token, phone=NUMBER, consent="yes").status_code == 422


def test_a_form_filled_in_faster_than_anybody_can_needs_one_more_press(one_house: Any) -> None:
    visitor = Visitor(one_house)
    token = visitor.open()
    one_house.pass_time(seconds=1)
    assert visitor.post(token=token, phone=NUMBER, consent="yes").status_code == 422
    one_house.pass_time(seconds=2)
    assert is_received(visitor.post(token=token, phone=NUMBER, consent="yes"))


def test_whoever_fills_in_the_hidden_field_is_told_the_same_and_costs_nothing(
    one_house: Any,
) -> None:
    assert is_received(Visitor(one_house).sign_up(website="https://example.org"))
    assert count(one_house.database, "texts") == 0


def test_another_site_cannot_have_the_form_sent(one_house: Any) -> None:
    visitor = Visitor(one_house)
    visitor.headers["Sec-Fetch-Site"] = "cross-site"
    token = visitor.open()
    one_house.pass_time(seconds=20)
    assert visitor.post(token=token, phone=NUMBER, consent="yes").status_code == 403
    assert count(one_house.database, "subscribers") == 0


def test_a_form_that_is_too_large_is_refused(one_house: Any) -> None:
    assert Visitor(one_house).sign_up(phone="1" * 10_000).status_code == 413


def test_no_cookie_is_ever_set(one_house: Any) -> None:
    visitor = Visitor(one_house)
    answer = visitor.sign_up()
    pages = [visitor.client.get(path) for path in ("/", "/join", "/join/sent", "/privacy")]
    assert not [page for page in [answer, *pages] if "Set-Cookie" in page.headers]


def test_over_a_limit_the_page_is_kind_and_nothing_is_sent(house: Any) -> None:
    client = house.client()
    visitors = [Visitor(house, "192.0.2.1", client) for _ in range(7)]
    answers = [v.sign_up(phone=f"216-555-01{n:02d}") for n, v in enumerate(visitors)]
    assert [answer.status_code for answer in answers] == [303] * 6 + [429]
    assert "216-555-0100" in answers[-1].text
    assert answers[-1].headers["Retry-After"] == "3600"
    assert count(house.database, "texts") == 6


def test_a_flood_over_http_costs_no_more_texts_than_the_cap(house: Any) -> None:
    house.per_hour = 20
    client = house.client()
    addresses = [f"192.0.2.{n}" for n in range(50)]
    tokens = {address: Visitor(house, address, client).open() for address in addresses}
    house.pass_time(seconds=20)
    statuses = []
    for n in range(300):
        visitor = Visitor(house, addresses[n % 50], client)
        phone = f"+1{201 + n // 100}555{100 + n % 100:04d}"
        statuses.append(visitor.post(token=tokens[addresses[n % 50]], phone=phone, consent="yes"))
    taken = [answer.status_code for answer in statuses]
    assert taken.count(303) == count(house.database, "texts") == 20
    assert taken.count(429) == 280


def test_the_header_of_a_proxy_counts_only_as_far_as_it_is_trusted(house: Any) -> None:
    house.trusted_proxies = 0
    client = house.client()
    answers = [Visitor(house, f"192.0.2.{n}", client).sign_up() for n in range(7)]
    assert answers[-1].status_code == 429
    house.trusted_proxies = 1
    client = house.client()
    forged = [Visitor(house, f"10.0.0.{n}, 198.51.100.9", client).sign_up() for n in range(7)]
    assert forged[-1].status_code == 429


def test_a_database_that_is_away_gets_a_kind_page(one_house: Any) -> None:
    visitor = Visitor(one_house)
    one_house.database.close()
    answer = visitor.sign_up()
    assert answer.status_code == 503
    assert "988" in answer.text
    assert "216" not in answer.text


def test_each_line_of_the_log_names_its_request_and_no_number(one_house: Any) -> None:
    root = logging.getLogger()
    before = (root.handlers, root.level, structlog.get_config())
    stream = io.StringIO()
    logs.set_up("json", stream)
    try:
        Visitor(one_house).sign_up()
    finally:
        root.handlers, root.level = before[:2]
        structlog.configure(**before[2])
    [line] = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert (line["event"], line["outcome"]) == ("sign-up", "received")
    assert re.fullmatch("[0-9a-f]{12}", line["request"])
    assert "555" not in json.dumps({name: line[name] for name in line if name != "timestamp"})


FIELDS = ["phone", "programme", "slot", "zip", "consent"]


@given(st.dictionaries(st.sampled_from(FIELDS), st.text()))
def test_whatever_stands_in_the_fields_can_be_read(form: dict[str, str]) -> None:
    filled = signup.read(form)
    assert bool(filled.number) == ("phone" not in filled.errors)
    assert set(filled.errors) <= set(FIELDS)


@given(st.text())
def test_whatever_stands_for_a_token_is_no_token(token: str) -> None:
    tokens = FormTokens(b"k" * 32, "join")
    assert tokens.age(token, "192.0.2.1", datetime(2026, 12, 1, tzinfo=UTC)) is None
