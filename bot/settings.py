"""The settings: the only reader of the environment.

Every setting is declared once in `DECLARED`, with the line of help that `.env.example` shows.
`read` reports everything that is wrong at once, naming settings and never their values.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
TWILIO_API = "https://api.twilio.com"
DATABASES = r"sqlite(\+pysqlite)?:///(?!:memory:).+|postgresql(\+psycopg)?://.*"
HOME = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Declared:
    """One setting: its name, what it is when nobody sets it, and what it is for."""

    name: str
    default: str
    help: str
    secret: bool = False


DECLARED = (
    Declared("TWILIO_ACCOUNT_SID", "", "Twilio account: AC and 32 hex digits. Required."),
    Declared(
        "TWILIO_AUTH_TOKEN", "", "Checks the signatures of Twilio's webhooks. Required.", True
    ),
    Declared("TWILIO_API_KEY", "", "SK...: an API key for sending; without it the token sends."),
    Declared("TWILIO_API_SECRET", "", "The secret of TWILIO_API_KEY.", True),
    Declared("TWILIO_MESSAGING_SERVICE_SID", "", "MG...: sends by this Messaging Service."),
    Declared("TWILIO_FROM_NUMBER", "", "+1...: the number to send from, if there is no service."),
    Declared("TWILIO_API_URL", TWILIO_API, "Another address only for rehearsals and tests."),
    Declared("TWILIO_HANDLES_STOP", "true", "Twilio answers the exact opt-out words itself."),
    Declared(
        "JOIN_NUMBER", "", "+1... or short code that people text to; TWILIO_FROM_NUMBER if left."
    ),
    Declared("PUBLIC_URL", "", "https://... under which Twilio and people reach this. Required."),
    Declared("DATABASE_URL", "sqlite:///text-support.sqlite3", "Or postgresql://user@host/name."),
    Declared("NUMBER_KEYS", "", "Seals phone numbers: keys of `bot keys new`, newest first.", True),
    Declared("NUMBER_INDEX_KEY", "", "Finds numbers again: one key of `bot keys new`.", True),
    Declared("MESSAGES_DIR", "messages", "The folder of the words."),
    Declared("ALLOW_UNREVIEWED", "no", "yes: go live although safety replies await a review."),
    Declared("SEND_RATE", "1", "Segments a second that the sender may hand to Twilio."),
    Declared("SEND_CONNECTIONS", "32", "Calls to Twilio at one time in one worker."),
    Declared("DAILY_SEGMENTS", "0", "The carrier's daily cap in segments; 0 for none."),
    Declared("SETTLE_AFTER_S", "120", "Seconds before an unknown send is looked up at Twilio."),
    Declared("SERVICE_TIMEZONE", "America/New_York", "For numbers whose own zone is not known."),
    Declared(
        "KEEP_BODIES_DAYS", "7", "Days that a text in a follow-up is kept, sealed; 7 at most."
    ),
    Declared("REDACT_AT_TWILIO", "no", "yes: blank the words at Twilio once they are delivered."),
    Declared(
        "SIGNUPS_PER_HOUR", "60", "Confirmation texts that the sign-up page may cost an hour."
    ),
    Declared("TRUSTED_PROXIES", "0", "Proxies in front that set X-Forwarded-For."),
    Declared("METRICS_TOKEN", "", "Bearer token of /metrics; without it, loopback only.", True),
    Declared("HOST", "127.0.0.1", "Address to listen on."),
    Declared("PORT", "8000", "Port to listen on."),
    Declared("WEB_THREADS", "16", "Requests answered at one time."),
    Declared("LOG_FORMAT", "auto", "json, text, or auto: text in a terminal."),
    Declared("CLOCK_AT", "", "An instant at which the clock starts; for rehearsals on loopback."),
)


class SettingsError(Exception):
    """Settings are missing or wrong; `complaints` has one sentence for each."""

    def __init__(self, complaints: list[str]) -> None:
        super().__init__("\n".join(complaints))
        self.complaints = complaints


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings, checked and typed. Secrets stay out of its `repr`."""

    account_sid: str
    auth_token: str
    api_key: str
    api_secret: str
    messaging_service_sid: str
    from_number: str
    api_url: str
    handles_stop: bool
    join_number: str
    public_url: str
    database_url: str
    number_keys: tuple[str, ...]
    number_index_key: str
    messages_dir: Path
    allow_unreviewed: bool
    send_rate: float
    send_connections: int
    daily_segments: int
    settle_after_s: int
    timezone: str
    keep_bodies_days: int
    redact_at_twilio: bool
    signups_per_hour: int
    trusted_proxies: int
    metrics_token: str
    host: str
    port: int
    web_threads: int
    log_format: str
    clock_at: datetime | None

    def __repr__(self) -> str:
        return f"Settings(account_sid={self.account_sid!r}, public_url={self.public_url!r}, ...)"

    @property
    def sender(self) -> str:
        """Who texts: the Messaging Service if there is one, else the number."""
        return self.messaging_service_sid or self.from_number

    @property
    def number(self) -> str:
        """The number that people text to, as the sign-up page shows it."""
        return self.join_number or self.from_number

    @property
    def live(self) -> bool:
        """Whether real people are texted: sending goes to Twilio, not to a sandbox."""
        return urlsplit(self.api_url).hostname not in LOOPBACK


class _Reader:
    """Takes settings out of an environment and gathers what is wrong with them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        defaults = {declared.name: declared.default for declared in DECLARED}
        self.values = defaults | {
            name: environment[name].strip() for name in defaults if name in environment
        }
        self.complaints: list[str] = []

    def text(self, name: str, pattern: str = "", say: str = "", required: bool = False) -> str:
        value = self.values[name]
        if (required and not value) or (value and pattern and not re.fullmatch(pattern, value)):
            self.complaints.append(f"{name}: {say}")
        return value

    def flag(self, name: str) -> bool:
        value = self.values[name].lower()
        if value not in {"true", "false", "yes", "no", "1", "0", "on", "off"}:
            self.complaints.append(f"{name}: write true or false")
        return value in {"true", "yes", "1", "on"}

    def number(self, name: str, least: float, most: float) -> float:
        try:
            value = float(self.values[name])
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            self.complaints.append(f"{name}: write a number from {least:g} to {most:g}")
            return least
        return value

    def count(self, name: str, least: int, most: int) -> int:
        value = self.number(name, least, most)
        if value != int(value):
            self.complaints.append(f"{name}: write a whole number")
        return int(value)

    def url(self, name: str, schemes: tuple[str, ...], say: str) -> str:
        value = self.values[name].rstrip("/")
        try:
            parts = urlsplit(value)
            good = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
        except ValueError:  # brackets or a port that make no sense
            good = False
        if not good:
            self.complaints.append(f"{name}: {say}")
            return ""
        return value

    def database(self, name: str) -> str:
        """A file of SQLite's or a database of PostgreSQL's; SQLite's memory is kept nowhere."""
        value = self.values[name]
        try:
            good = bool(make_url(value)) and bool(re.fullmatch(DATABASES, value))
        except (ArgumentError, ValueError):  # a port that is no number, say
            good = False
        if not good:
            self.complaints.append(f"{name}: write sqlite:///file or postgresql://user@host/name")
        return value

    def key(self, name: str, value: str) -> str:
        try:
            good = len(base64.urlsafe_b64decode(value)) == 32
        except ValueError:
            good = False
        if not good:
            self.complaints.append(f"{name}: make one with `bot keys new` and put it in .env")
        return value

    def parsed(self, name: str, parse: Callable[[str], object], say: str) -> None:
        try:
            parse(self.values[name])
        except Exception:
            self.complaints.append(f"{name}: {say}")

    def instant(self, name: str) -> datetime | None:
        value = self.values[name]
        if not value:
            return None
        try:
            instant = datetime.fromisoformat(value)
            if instant.tzinfo is not None:
                return instant.astimezone(UTC)
        except (ValueError, OverflowError):  # no instant, or one past the end of the calendar
            pass
        self.complaints.append(f"{name}: write an instant with its zone: 2026-12-01T15:00:00Z")
        return None

    def folder(self, name: str) -> Path:
        """A folder as named from here, else from the folder that the program stands in."""
        path = Path(self.values[name])
        found = path if path.is_dir() else HOME / path
        if not found.is_dir():
            self.complaints.append(f"{name}: there is no such folder")
        return found


def read(environment: Mapping[str, str]) -> Settings:
    """The settings of an environment. Raises `SettingsError` with everything that is wrong."""
    reader = _Reader(environment)
    settings = Settings(
        account_sid=reader.text(
            "TWILIO_ACCOUNT_SID",
            "AC[0-9a-fA-F]{32}",
            "write the account SID from Twilio's console: AC and 32 hex digits",
            required=True,
        ),
        auth_token=reader.text(
            "TWILIO_AUTH_TOKEN", say="write the auth token from Twilio's console", required=True
        ),
        api_key=reader.text("TWILIO_API_KEY", "SK[0-9a-fA-F]{32}", "write SK and 32 hex digits"),
        api_secret=reader.text("TWILIO_API_SECRET"),
        messaging_service_sid=reader.text(
            "TWILIO_MESSAGING_SERVICE_SID", "MG[0-9a-fA-F]{32}", "write MG and 32 hex digits"
        ),
        from_number=reader.text(
            "TWILIO_FROM_NUMBER", r"\+1\d{10}|\d{5,6}", "write +1 and ten digits, or a short code"
        ),
        api_url=reader.url("TWILIO_API_URL", ("http", "https"), "write https://api.twilio.com"),
        handles_stop=reader.flag("TWILIO_HANDLES_STOP"),
        join_number=reader.text(
            "JOIN_NUMBER", r"\+1\d{10}|\d{5,6}", "write +1 and ten digits, or a short code"
        ),
        public_url=reader.url(
            "PUBLIC_URL", ("http", "https"), "write the address that Twilio calls: https://..."
        ),
        database_url=reader.database("DATABASE_URL"),
        number_keys=tuple(
            reader.key("NUMBER_KEYS", key.strip())
            for key in reader.values["NUMBER_KEYS"].split(",")
        ),
        number_index_key=reader.key("NUMBER_INDEX_KEY", reader.values["NUMBER_INDEX_KEY"]),
        messages_dir=reader.folder("MESSAGES_DIR"),
        allow_unreviewed=reader.flag("ALLOW_UNREVIEWED"),
        send_rate=reader.number("SEND_RATE", 0.01, 1000),
        send_connections=reader.count("SEND_CONNECTIONS", 1, 256),
        daily_segments=reader.count("DAILY_SEGMENTS", 0, 10_000_000),
        settle_after_s=reader.count("SETTLE_AFTER_S", 1, 3600),
        timezone=reader.values["SERVICE_TIMEZONE"],
        keep_bodies_days=reader.count("KEEP_BODIES_DAYS", 0, 7),
        redact_at_twilio=reader.flag("REDACT_AT_TWILIO"),
        signups_per_hour=reader.count("SIGNUPS_PER_HOUR", 0, 100_000),
        trusted_proxies=reader.count("TRUSTED_PROXIES", 0, 10),
        metrics_token=reader.text("METRICS_TOKEN", ".{16,}", "write at least 16 characters"),
        host=reader.text("HOST", say="write an address, such as 127.0.0.1", required=True),
        port=reader.count("PORT", 0, 65535),
        web_threads=reader.count("WEB_THREADS", 1, 256),
        log_format=reader.text("LOG_FORMAT", "json|text|auto", "write json, text or auto"),
        clock_at=reader.instant("CLOCK_AT"),
    )
    reader.parsed("SERVICE_TIMEZONE", ZoneInfo, "write an IANA name, such as America/Chicago")
    _check_together(reader, settings)
    if reader.complaints:
        raise SettingsError(reader.complaints)
    return settings


def _check_together(reader: _Reader, settings: Settings) -> None:
    """What is right alone and wrong together."""
    if bool(settings.api_key) != bool(settings.api_secret):
        reader.complaints.append(
            "TWILIO_API_SECRET: set it and TWILIO_API_KEY together, or neither"
        )
    if not settings.sender:
        reader.complaints.append("TWILIO_MESSAGING_SERVICE_SID: set it, or TWILIO_FROM_NUMBER")
    if settings.sender and not settings.number:
        reader.complaints.append("JOIN_NUMBER: write the number that people text to: +1...")
    if settings.clock_at is not None and settings.live:
        reader.complaints.append("CLOCK_AT: leave it out, unless TWILIO_API_URL is on loopback")
    if settings.live and settings.public_url.startswith("http://"):
        reader.complaints.append("PUBLIC_URL: Twilio needs https:// here")


def example() -> str:
    """The text of `.env.example`: every setting with its line of help."""
    lines = ["# Copy to .env and fill in. `bot check` says what is missing or wrong.", ""]
    for declared in DECLARED:
        lines += [f"# {declared.help}", f"{declared.name}={declared.default}", ""]
    return "\n".join(lines).rstrip() + "\n"
