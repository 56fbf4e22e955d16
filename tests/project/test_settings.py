"""Settings: all that is wrong is said at once, by name, and no value is ever shown."""

from pathlib import Path

import pytest

from bot.crypto import new_key
from bot.settings import DECLARED, SettingsError, example, read

HOME = Path(__file__).parents[2]


def right() -> dict[str, str]:
    return {
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "a-token-that-is-secret",
        "TWILIO_FROM_NUMBER": "+12165550100",
        "PUBLIC_URL": "https://texts.example.org/",
        "NUMBER_KEYS": f"{new_key()}, {new_key()}",
        "NUMBER_INDEX_KEY": new_key(),
    }


def complaints_of(environment: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read(environment)
    return caught.value.complaints


def test_the_least_that_is_needed_is_enough() -> None:
    settings = read(right())
    assert settings.live
    assert settings.public_url == "https://texts.example.org"
    assert len(settings.number_keys) == 2
    assert settings.sender == "+12165550100"


def test_everything_that_is_missing_is_said_at_once() -> None:
    named = [complaint.split(":")[0] for complaint in complaints_of({})]
    assert len(named) == len(set(named))
    assert set(named) == {
        "TWILIO_ACCOUNT_SID",
        "TWILIO_AUTH_TOKEN",
        "TWILIO_MESSAGING_SERVICE_SID",
        "PUBLIC_URL",
        "NUMBER_KEYS",
        "NUMBER_INDEX_KEY",
    }


WRONG = {
    "TWILIO_ACCOUNT_SID": "AC12",
    "TWILIO_API_KEY": "SK12",
    "TWILIO_MESSAGING_SERVICE_SID": "MG12",
    "TWILIO_FROM_NUMBER": "5550100",
    "TWILIO_API_URL": "ftp://example.org",
    "TWILIO_HANDLES_STOP": "perhaps",
    "JOIN_NUMBER": "call us",
    "PUBLIC_URL": "http://texts.example.org",
    "DATABASE_URL": "mysql://root@localhost/texts",
    "NUMBER_KEYS": "short",
    "NUMBER_INDEX_KEY": "short",
    "MESSAGES_DIR": "nowhere",
    "ALLOW_UNREVIEWED": "perhaps",
    "SEND_RATE": "fast",
    "SEND_CONNECTIONS": "0",
    "DAILY_SEGMENTS": "-1",
    "SETTLE_AFTER_S": "0",
    "SERVICE_TIMEZONE": "Mars/Olympus",
    "KEEP_BODIES_DAYS": "8",
    "REDACT_AT_TWILIO": "perhaps",
    "SIGNUPS_PER_HOUR": "many",
    "TRUSTED_PROXIES": "1.5",
    "METRICS_TOKEN": "short",
    "HOST": "",
    "PORT": "70000",
    "WEB_THREADS": "0",
    "LOG_FORMAT": "xml",
    "CLOCK_AT": "tomorrow",
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TWILIO_API_URL", "http://["),
        ("PUBLIC_URL", "https://["),
        ("PUBLIC_URL", "https://texts.example.org:https"),
        ("PUBLIC_URL", ""),
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "sqlite+other:///texts.sqlite3"),
        ("DATABASE_URL", "postgresql://user@host:port/name"),
        ("CLOCK_AT", "9999-12-31T23:59:59-12:00"),
        ("SEND_RATE", "nan"),
        ("PORT", "inf"),
        ("NUMBER_INDEX_KEY", "é"),
        ("SERVICE_TIMEZONE", "/etc/passwd"),
    ],
)
def test_a_value_that_nobody_can_read_gets_one_sentence(name: str, value: str) -> None:
    (complaint,) = complaints_of(right() | {name: value})
    assert complaint.startswith(f"{name}: ")


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_named_and_not_shown(name: str) -> None:
    complaints = complaints_of(right() | {name: WRONG[name]})
    assert any(complaint.startswith(f"{name}: ") for complaint in complaints)
    if len(WRONG[name]) > 4:
        assert WRONG[name] not in "\n".join(complaints).replace("http://", "")


def test_an_api_key_needs_its_secret() -> None:
    assert "TWILIO_API_SECRET" in complaints_of(right() | {"TWILIO_API_KEY": "SK" + "0" * 32})[0]


def test_the_clock_is_set_on_loopback_only() -> None:
    at = {"CLOCK_AT": "2026-12-01T15:00:00Z"}
    assert "CLOCK_AT" in complaints_of(right() | at)[0]
    assert read(right() | at | {"TWILIO_API_URL": "http://127.0.0.1:9000"}).clock_at is not None


def test_secrets_stay_out_of_the_representation() -> None:
    environment = right()
    shown = repr(read(environment))
    for declared in DECLARED:
        if declared.secret and environment.get(declared.name):
            assert environment[declared.name] not in shown


def test_the_example_file_has_every_setting() -> None:
    assert (HOME / ".env.example").read_text() == example()
