"""No route without a guard: each is signed, behind a token, or known to be public.

Every route is walked with every method it takes, by somebody who has neither signature nor token.
"""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from bot.app import build, web_app
from bot.crypto import new_key
from bot.settings import read

PUBLIC = {
    "static",
    "pages.home",
    "pages.privacy",
    "pages.terms",
    "signup.show",
    "signup.send",
    "signup.sent",
    "health.healthz",
    "health.readyz",
}
"""Anybody may call these; a new route must be guarded or be put here on purpose."""
SIGNED = {"twilio.sms", "twilio.status"}
TOKEN = {"metrics.metrics"}
STRANGER = {"REMOTE_ADDR": "192.0.2.1"}
HEADERS = {
    "Content-Security-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Permissions-Policy",
    "Strict-Transport-Security",
    "Cache-Control",
}


@pytest.fixture
def app(sqlite_url: str) -> Iterator[Flask]:
    """The whole program's web, as `bot web` runs it."""
    settings = read(
        {
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": "a-token",
            "TWILIO_FROM_NUMBER": "+12165550100",
            "JOIN_NUMBER": "+12165550100",
            "PUBLIC_URL": "https://texts.example.org",
            "NUMBER_KEYS": new_key(),
            "NUMBER_INDEX_KEY": new_key(),
            "DATABASE_URL": sqlite_url,
            "METRICS_TOKEN": "a-token-of-the-operator",
        }
    )
    parts = build(settings)
    yield web_app(parts)
    parts.close()


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.environ_base |= STRANGER
    return client


def walk(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            yield rule, method


def address(rule: Rule) -> str:
    return rule.rule.replace("<path:filename>", "site.css")


def test_every_route_is_guarded_or_public_on_purpose(app: Flask, stranger: FlaskClient) -> None:
    for rule, method in walk(app):
        answer = stranger.open(address(rule), method=method, buffered=True)
        if rule.endpoint in SIGNED:
            assert answer.status_code == 403, rule
        elif rule.endpoint in TOKEN:
            assert answer.status_code == 401, rule
        else:
            assert rule.endpoint in PUBLIC, f"{rule} has no guard and is not listed as public"
            assert answer.status_code in (200, 422), rule


def test_every_answer_has_the_headers_that_protect(app: Flask, stranger: FlaskClient) -> None:
    answers = [
        stranger.open(address(rule), method=method, buffered=True) for rule, method in walk(app)
    ]
    answers += [stranger.get("/nowhere"), stranger.delete("/join")]
    for answer in answers:
        assert set(answer.headers.keys()) >= HEADERS, answer.request.path
        assert "Set-Cookie" not in answer.headers


def test_an_error_page_tells_nothing_of_what_is_behind(stranger: FlaskClient) -> None:
    for answer in (stranger.get("/nowhere"), stranger.delete("/join"), stranger.post("/sms")):
        assert len(answer.text) < 40
        assert "Traceback" not in answer.text
        assert "Werkzeug" not in str(answer.headers)


def test_no_list_names_a_route_that_is_not_there(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == PUBLIC | SIGNED | TOKEN
