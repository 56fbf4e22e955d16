"""What people change of their own: PAUSE, RESUME, FEWER, MORE OFTEN, WEEKLY, TIME, ZIP."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from bot.core.conversation import wording
from bot.core.conversation.turn import Turn
from bot.core.model import (
    Ask,
    Change,
    Decision,
    EnrolmentState,
    Pause,
    Question,
    Resume,
    SetPace,
    SetSlot,
    SetZones,
)
from bot.core.zones import format_zones, zones_of_zip

PAUSE_DAYS = 7
LONGEST_PAUSE_DAYS = 90
UNITS = {"d": 1, "day": 1, "w": 7, "wk": 7, "week": 7, "mo": 30, "month": 30}
NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "couple": 2, "three": 3, "few": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
MONTHS = tuple(month.lower() for month in wording.MONTHS)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def not_in(turn: Turn) -> Decision | None:
    """The answer to somebody who is in no programme, or None for somebody who is."""
    if turn.subscriber.active:
        return None
    states = {enrolment.state for enrolment in turn.subscriber.enrolments.values()}
    if EnrolmentState.COMPLETED in states:
        return turn.answer("programme is over", "ended")
    return turn.answer("in no programme", "not_in")


# --- pause ---


def pause(turn: Turn) -> Decision:
    """PAUSE, PAUSE 2 WEEKS, PAUSE UNTIL MONDAY: seven days unless the text says otherwise."""
    if refused := not_in(turn):
        return refused
    today = wording.local(turn.now, turn.subscriber.zones)
    days = min(max(_days(turn.reading.rest, today), 1), LONGEST_PAUSE_DAYS)
    midnight = (today + timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)
    until = midnight.astimezone(turn.now.tzinfo)
    shown = wording.day(until, turn.subscriber.zones)
    return turn.answer("pause", "pause", Pause(until), until=shown)


def _days(said: str, today: datetime) -> int:
    """How many days the words mean; a week where they say nothing of it."""
    words = said.replace("-", " ").split()
    for word, after in pairwise((*words, "")):
        if word[:3] in MONTHS and after.rstrip("stndrh").isdigit():
            return _days_to(MONTHS.index(word[:3]) + 1, int(after.rstrip("stndrh")), today)
    for word in words:
        if word[:3] in WEEKDAYS and word.endswith(("day", *WEEKDAYS)):
            return (WEEKDAYS.index(word[:3]) - today.weekday() - 1) % 7 + 1
    if "tomorrow" in words:
        return 1
    count = 1
    for word in words:
        together = re.fullmatch(r"(\d{1,3})([a-z]*)", word)
        if together:
            count, word = int(together[1]), together[2]
        count = NUMBERS.get(word, count)
        if unit := UNITS.get(word.removesuffix("s")):
            return count * unit
    return count if any(word.isdigit() for word in words) else PAUSE_DAYS


def _days_to(month: int, day: int, today: datetime) -> int:
    """Days to the next such date; a week where there is none."""
    for year in (today.year, today.year + 1):
        with suppress(ValueError):
            if (days := (date(year, month, day) - today.date()).days) > 0:
                return days
    return PAUSE_DAYS


def resume(turn: Turn) -> Decision:
    """RESUME: the pause ends now."""
    if refused := not_in(turn):
        return refused
    if not turn.paused:
        return turn.answer("resume: not paused", "resume_not_paused")
    return turn.answer("resume", "resume", Resume(), when=turn.next_text(resumed=True))


# --- pace ---


def fewer(turn: Turn) -> Decision:
    """FEWER: more days between texts; FEWER again makes it one a week."""
    if turn.subscriber.pace in ("fewer", "weekly"):
        return weekly(turn)
    return _pace(turn, "fewer", "fewer")


def more_often(turn: Turn) -> Decision:
    """MORE OFTEN: back from fewer to the standard pace, and from there to more."""
    slowed = turn.subscriber.pace in ("fewer", "weekly")
    return _pace(turn, "more_often", "standard" if slowed else "more")


def weekly(turn: Turn) -> Decision:
    """WEEKLY: one a week."""
    return _pace(turn, "weekly", "weekly")


def _pace(turn: Turn, id: str, pace: str) -> Decision:
    if refused := not_in(turn):
        return refused
    return turn.answer(f"pace: {pace}", id, SetPace(pace))


# --- time ---


def set_time(turn: Turn) -> Decision:
    """TIME, TIME NOON, TIME 2PM."""
    if refused := not_in(turn):
        return refused
    decision = time_of(turn, turn.reading.rest)
    return decision or turn.answer("time: asked", "time_ask", Ask(Question("time_ask", turn.now)))


def time_of(turn: Turn, words: str, *changes: Change) -> Decision | None:
    """The slot or hour that the words name; None if they name none."""
    service = turn.library.service
    for word in words.split():
        name = {"mornings": "morning", "evenings": "evening", "afternoon": "evening"}.get(
            word, word
        )
        if name in service.slots:
            return turn.answer("time", "time", *changes, SetSlot(name), time=name)
    wanted = _hour(words)
    if wanted is None:
        return None
    if not service.window_from <= wanted < service.window_to:
        shown = {"from": wording.hour(service.window_from), "to": wording.hour(service.window_to)}
        return turn.answer("time: outside", "time_outside", *changes, **shown)
    slot = f"{wanted:%H:%M}"
    return turn.answer("time", "time", *changes, SetSlot(slot), time=wording.hour(wanted))


def _hour(words: str) -> time | None:
    """ "6pm", "2 pm", "2:30 p.m.", "14:30", "11"; a bare 1 to 6 is an afternoon hour."""
    found = re.search(r"\b(\d{1,2})(?:[: ](\d{2}))? ?([ap])? ?m?\b", words.replace(".", ""))
    if found is None:
        return None
    hours, minutes = int(found[1]), int(found[2] or 0)
    if found[3]:
        hours = hours % 12 + (12 if found[3] == "p" else 0)
    elif hours < 7:
        hours += 12
    return time(hours, minutes) if hours < 24 and minutes < 60 else None


# --- ZIP ---


def set_zip(turn: Turn) -> Decision:
    """ZIP 44113: kept only as time zones."""
    decision = zip_of(turn, turn.reading.rest)
    return decision or turn.answer("zip: asked", "zip_ask", Ask(Question("zip_ask", turn.now)))


def zip_of(turn: Turn, words: str, *changes: Change) -> Decision | None:
    """The zones of the ZIP in the words; None if there is none in them."""
    found = re.search(r"\b(\d{5})(?:[- ]\d{4})?\b", words)
    if found is None:
        return None
    zones = format_zones(zones_of_zip(found[1]))
    if not zones:
        return turn.answer("zip: unknown", "zip_unknown", *changes)
    shown = wording.zone_name(zones)
    return turn.answer("zip", "zip", *changes, SetZones(zones), zone=shown)


def bare_zip(turn: Turn) -> Decision | None:
    """Five digits, or FIND with them: the official ways to care near there; they are not kept."""
    if not re.fullmatch(r"(find )?\d{5}(?:[- ]\d{4})?", turn.words):
        return None
    return turn.answer("zip: bare", "zip_find")
