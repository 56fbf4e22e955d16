"""Where the phones of the page are: numbers that belong to nobody, in real time zones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.sandbox.inbound import Place

_FICTIONAL = re.compile(r"\+1[2-9]\d{2}55501\d{2}")


@dataclass(frozen=True, slots=True)
class Home:
    """A town: how it is called, the area code of its phones, its ZIP and its time zone."""

    city: str
    state: str
    zip: str
    area: str
    zone: str

    @property
    def place(self) -> Place:
        """The same as Twilio tells it of a number."""
        return Place(self.city, self.state, self.zip)

    def local(self, instant: datetime) -> datetime:
        """The wall time of an instant in this town."""
        return instant.astimezone(ZoneInfo(self.zone))


HOMES = (
    Home("Cleveland", "OH", "44113", "216", "America/New_York"),
    Home("Chicago", "IL", "60601", "312", "America/Chicago"),
    Home("Denver", "CO", "80202", "303", "America/Denver"),
    Home("Phoenix", "AZ", "85004", "602", "America/Phoenix"),
    Home("Los Angeles", "CA", "90012", "213", "America/Los_Angeles"),
    Home("Anchorage", "AK", "99501", "907", "America/Anchorage"),
    Home("Honolulu", "HI", "96813", "808", "Pacific/Honolulu"),
)


def home_of(number: str) -> Home | None:
    """The town of a fictional number (555-01xx); None for any other number."""
    if not _FICTIONAL.fullmatch(number):
        return None
    return next((home for home in HOMES if home.area == number[2:5]), None)


def written(number: str) -> str:
    """A number of the North American plan as people write it."""
    return f"({number[2:5]}) {number[5:8]}-{number[8:]}"


def clock_words(local: datetime) -> str:
    """A time of day, as in 9:41 AM."""
    return f"{local.hour % 12 or 12}:{local:%M} {local:%p}"


def day_words(local: datetime) -> str:
    """A day, as in Saturday, November 21."""
    return f"{local:%A, %B} {local.day}"
