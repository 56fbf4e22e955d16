"""When the next message is due: order, pace, slot, time zones, quiet hours.

`order` knows dates and messages, `window` instants and hours, `preview` plays both for one person.
"""

from bot.core.calendar.order import (
    PACES,
    Step,
    days_of,
    gap_days,
    next_message,
    one_a_day,
    repaced,
    step,
    wanted_after,
)
from bot.core.calendar.preview import Change, Row, calendar
from bot.core.calendar.window import MARGIN, Due, NeverOpenError, Window, local_date, spread

__all__ = [
    "MARGIN",
    "PACES",
    "Change",
    "Due",
    "NeverOpenError",
    "Row",
    "Step",
    "Window",
    "calendar",
    "days_of",
    "gap_days",
    "local_date",
    "next_message",
    "one_a_day",
    "repaced",
    "spread",
    "step",
    "wanted_after",
]
