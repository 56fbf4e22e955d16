"""Days and hours as replies say them, in the person's local time."""

from __future__ import annotations

from datetime import UTC, datetime, time, tzinfo
from zoneinfo import ZoneInfo

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

ZONE_NAMES = {
    "America/New_York": "Eastern time",
    "America/Detroit": "Eastern time",
    "America/Toronto": "Eastern time",
    "America/Chicago": "Central time",
    "America/Winnipeg": "Central time",
    "America/Denver": "Mountain time",
    "America/Edmonton": "Mountain time",
    "America/Boise": "Mountain time",
    "America/Phoenix": "Arizona time",
    "America/Los_Angeles": "Pacific time",
    "America/Vancouver": "Pacific time",
    "America/Anchorage": "Alaska time",
    "Pacific/Honolulu": "Hawaii time",
    "America/Halifax": "Atlantic time",
    "America/Puerto_Rico": "Puerto Rico time",
}


def zone(zones: str) -> tzinfo:
    """The zone in which a person is told days: the first of theirs."""
    return ZoneInfo(zones.split()[0]) if zones.strip() else UTC


def local(at: datetime, zones: str) -> datetime:
    """An instant as the wall clock of the person shows it."""
    return at.astimezone(zone(zones))


def day(at: datetime, zones: str) -> str:
    """ "Tue, Dec 2"."""
    there = local(at, zones)
    return f"{DAYS[there.weekday()]}, {MONTHS[there.month - 1]} {there.day}"


def hour(at: time) -> str:
    """ "6 PM", "2:30 PM"."""
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes} {'AM' if at.hour < 12 else 'PM'}"


def slot(name: str) -> str:
    """A slot as people say it: "morning", or the hour for one that they named."""
    return hour(time.fromisoformat(name)) if ":" in name else name


def due(at: datetime, zones: str, slot_name: str) -> str:
    """ "Tue, Dec 2, morning"."""
    return f"{day(at, zones)}, {slot(slot_name)}"


def zone_name(zones: str) -> str:
    """The zone of the first name, as people call it: "Eastern time"."""
    first = zones.split()[0]
    return ZONE_NAMES.get(first) or first.rsplit("/", 1)[-1].replace("_", " ") + " time"
