"""The settings: the only reader of the environment.

Every setting is declared once in `DECLARED`, with the line of help that `.env.example` shows.
`read` reports everything that is wrong at once, naming settings and never their values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot.settings.declared import DECLARED, TWILIO_API, Declared, example
from bot.settings.taking import Taker

__all__ = ["DECLARED", "TWILIO_API", "Declared", "Settings", "SettingsError", "example", "read"]

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


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


def read(environment: Mapping[str, str]) -> Settings:
    """The settings of an environment. Raises `SettingsError` with everything that is wrong."""
    reader = Taker(environment)
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


def _check_together(reader: Taker, settings: Settings) -> None:
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
