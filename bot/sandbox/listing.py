"""The list of messages as Twilio pages and filters it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from bot.sandbox.errors import RefusalError
from bot.sandbox.model import Message

DEFAULT_PAGE, LARGEST_PAGE = 50, 1000

Test = Callable[[Message], bool]


def page_of(
    messages: Iterator[Message], args: Mapping[str, str], path: str
) -> tuple[list[Message], dict[str, object]]:
    """The messages of one page, newest first, and the fields that describe it.

    A page token names the message that the page before ended with, so that messages which come
    in between shift nothing.
    """
    size = min(max(_number(args.get("PageSize"), DEFAULT_PAGE), 1), LARGEST_PAGE)
    number = _number(args.get("Page"), 0)
    found: Iterator[Message] = (m for m in messages if all(test(m) for test in _tests(args)))
    if token := args.get("PageToken"):
        found = itertools.islice(
            itertools.dropwhile(lambda m: m.sid != token.removeprefix("PA"), found), 1, None
        )
    elif number:
        found = itertools.islice(found, number * size, None)
    page = list(itertools.islice(found, size + 1))
    more, page = len(page) > size, page[:size]
    filters = {k: v for k, v in args.items() if k not in {"Page", "PageToken", "PageSize"}}
    base = {**filters, "PageSize": str(size)}
    after = {**base, "Page": str(number + 1), "PageToken": f"PA{page[-1].sid}"} if more else None
    return page, {
        "first_page_uri": f"{path}?{urlencode({**base, 'Page': '0'})}",
        "next_page_uri": f"{path}?{urlencode(after)}" if after else None,
        "previous_page_uri": None,
        "uri": f"{path}?{urlencode({**base, 'Page': str(number)})}",
        "page": number,
        "page_size": size,
        "start": number * size,
        "end": number * size + max(len(page) - 1, 0),
    }


def _tests(args: Mapping[str, str]) -> list[Test]:
    tests: list[Test] = []
    if sender := args.get("From"):
        tests.append(lambda m: m.from_ == sender)
    if exact := args.get("DateSent"):
        since = _instant(exact).replace(hour=0, minute=0, second=0)  # the client sends midnight
        until = since + timedelta(days=1)
        tests.append(lambda m: m.sent_at is not None and since <= m.sent_at < until)
    if after := args.get("DateSent>"):
        earliest = _instant(after)
        tests.append(lambda m: m.sent_at is not None and m.sent_at >= earliest)
    if before := args.get("DateSent<"):
        latest = _instant(before)
        tests.append(lambda m: m.sent_at is not None and m.sent_at <= latest)
    return tests


def _instant(value: str) -> datetime:
    """A date (its midnight in UTC) or a date and time."""
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise RefusalError(20001) from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _number(value: str | None, default: int) -> int:
    return int(value) if value and value.isdecimal() else default
