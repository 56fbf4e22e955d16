"""Takes settings out of an environment, one by one, and gathers what is wrong with them."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot.settings.declared import DECLARED

DATABASES = r"sqlite(\+pysqlite)?:///(?!:memory:).+|postgresql(\+psycopg)?://.*"
HOME = Path(__file__).resolve().parent.parent.parent


class Taker:
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
