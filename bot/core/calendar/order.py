"""Which message is next, and how many days lie between two.

What somebody got is known by id alone, never by a place in a list, so a programme may be changed
under people who are in it. A message that is in the programme, not received and not skipped by the
person's tags comes in the programme's order; one that has gone does not come; one that has been put
in comes, also if it stands before what was received. The n-th message that somebody gets keeps the
distance of the programme's n-th day, whichever message it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.core.library import Message, Programme, Tags

PACES = ("standard", "fewer", "weekly", "more")


@dataclass(frozen=True, slots=True)
class Step:
    """What goes on a date: the message, all that is received with it, and when the next is wanted.

    `next_on` is None when nothing more will come: the programme is completed.
    """

    message: Message
    received: tuple[str, ...]
    next_on: date | None


def next_message(programme: Programme, received: Collection[str], tags: Tags) -> Message | None:
    """The message to get next, or None if there is none: brought forward by a tag, or in order."""
    left = [
        message
        for message in programme.messages
        if message.id not in received and not _matches(message.skip_when, tags)
    ]
    forward = (message for message in left if _matches(message.forward_when, tags))
    return next(forward, left[0] if left else None)


def gap_days(days: Sequence[int], position: int, pace: str) -> int:
    """Days from the `position`-th message that somebody got (0: from joining) to the next, >= 1.

    "standard" is the programme's own distance, "fewer" twice that, "weekly" a week or more, "more"
    one day less. Past the end of `days` (content that shrank) the last distance goes on.
    """
    marks = (1, *days) if position == 0 else tuple(days)
    at = min(max(position, 1), len(marks) - 1)
    own = max(1, marks[at] - marks[at - 1]) if at > 0 else 1
    if pace == "fewer":
        return own * 2
    if pace == "weekly":
        return max(7, own)
    if pace == "more":
        return max(1, own - 1)
    return own


def days_of(programme: Programme) -> tuple[int, ...]:
    """The day of each position of a programme, day 1 being the day of joining."""
    days: list[int] = []
    for message in programme.messages:
        days.append(message.day if message.day is not None else (days[-1] if days else 0) + 1)
    return tuple(days)


def wanted_after(programme: Programme, position: int, pace: str, on: date) -> date:
    """The local date on which the message after the `position`-th is wanted, that one being `on`'s.

    The date of joining and the number of messages that the welcome made give the first one.
    """
    return on + timedelta(days=_gap(programme, position, pace))


def repaced(programme: Programme, position: int, wanted: date, old: str, new: str) -> date:
    """A date that was wanted at one pace, moved to another: by the difference of the two gaps."""
    gaps = _gap(programme, position, new) - _gap(programme, position, old)
    return wanted + timedelta(days=gaps)


def _gap(programme: Programme, position: int, pace: str) -> int:
    """The days to the next message. A promise of one note a month holds at every pace."""
    kept = pace if programme.keyword is not None else "standard"
    return gap_days(days_of(programme), position, kept)


def step(
    programme: Programme, received: Sequence[str], tags: Tags, pace: str, on: date
) -> Step | None:
    """What goes on a local date to somebody who stands there; None if nothing is left for them."""
    message = next_message(programme, received, tags)
    if message is None:
        return None
    now_received = (*received, message.id)
    if next_message(programme, now_received, tags) is None:
        return Step(message, now_received, None)
    return Step(message, now_received, wanted_after(programme, len(now_received), pace, on))


def one_a_day(wanted: Mapping[str, date], programmes: Mapping[str, Programme]) -> dict[str, date]:
    """One date each for programmes that may want the same: who has priority keeps it, others wait.

    A waiting programme moves back day by day until nobody before it wants the date.
    """
    kept: dict[str, date] = {}
    for name in sorted(wanted, key=lambda name: (programmes[name].priority, name)):
        on = wanted[name]
        while on in kept.values():
            on += timedelta(days=1)
        kept[name] = on
    return kept


def _matches(when: Tags, tags: Tags) -> bool:
    return bool(when) and all(tags.get(name) == value for name, value in when.items())
