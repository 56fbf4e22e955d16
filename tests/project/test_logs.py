"""Log lines: readable or JSON, with ids, and nothing in them that is a person's."""

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot import logs

SPELT = [
    "+12165550123",
    "12165550123",
    "2165550123",
    "+1 (216) 555-0123",
    "216.555.0123",
    "216-555-0123",
    "1-216-555-0123",
    "+1 216 555 0123",
    "%2B12165550123",
    "%2B1%20216%20555%200123",
    "+1\u2011216\u2011555\u20110123",
    "216\u00a0555\u00a00123",
    "216\u200b555\u200b0123",
    "２１６５５５０１２３",
    "tel:+12165550123",
    "to_2165550123_x",
    "phone2165550123",
    "'+12165550123'",
    "To=%2B12165550123&Body=hi",
    "+447700900123",
    "+44 7700 900 123",
]
IDS = [
    "SM" + "1234567890" * 3 + "ab",
    "SM" + "0123456789abcdef" * 2,
    "5f2165550123",
    "2026-12-01T15:00:00.123456Z",
    "sqlite:///text-support.sqlite3",
    "192.0.2.123",
    "R04",
]


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """A log of the test's own; what pytest had set up is put back."""
    root = logging.getLogger()
    before = (root.handlers, root.level, structlog.get_config())
    lines = io.StringIO()
    logs.set_up("json", lines)
    yield lines
    root.handlers, root.level = before[:2]
    structlog.configure(**before[2])


def written(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize("spelt", SPELT)
def test_a_number_is_struck_out_however_it_is_written(spelt: str, stream: io.StringIO) -> None:
    logs.logger("test").info(f"event {spelt}", field=spelt, deep={"list": [spelt, (spelt,)]})
    logging.getLogger("library").warning("a library says %s", spelt)
    text = "".join(filter(str.isdecimal, stream.getvalue().partition("timestamp")[0]))
    assert "0123" not in text
    assert "５５５" not in stream.getvalue()
    for line in written(stream):
        line.pop("timestamp")
        assert "555" not in json.dumps(line)
        assert "7700" not in json.dumps(line)
        assert "[number]" in json.dumps(line)


@pytest.mark.parametrize("id", IDS)
def test_ids_times_and_places_stay_as_they_are(id: str, stream: io.StringIO) -> None:
    logs.logger("test").info("event", sid=id, text=12345678)
    [line] = written(stream)
    assert line["sid"] == id
    assert line["text"] == 12345678


def test_a_number_as_a_number_or_as_bytes_is_struck_out_too(stream: io.StringIO) -> None:
    logs.logger("test").info("event", a=12165550123, b=b"+12165550123", c={"+12165550123": 1})
    [line] = written(stream)
    assert line["a"] == line["b"] == "[number]"
    assert line["c"] == {"[number]": 1}


@given(st.integers(2_000_000_000, 9_999_999_999), st.sampled_from(["", " ", "-", ".", ") "]))
def test_no_ten_digits_get_through(number: int, gap: str) -> None:
    digits = str(number)
    spelt = gap.join((digits[:3], digits[3:6], digits[6:]))
    assert digits[6:] not in str(logs.struck(f"x {spelt} y"))


@pytest.mark.parametrize("name", ["body", "to", "number", "Phone", "sender", "words"])
def test_what_stands_under_a_private_name_is_withheld(name: str, stream: io.StringIO) -> None:
    logs.logger("test").info("event", **{name: "I feel low"})
    [line] = written(stream)
    assert line[name] == "[withheld]"


def fail(words: str) -> None:
    raise ValueError(words)


def test_an_exception_leaves_its_kind_and_place_and_not_its_words(stream: io.StringIO) -> None:
    for name in ("bot.own", "library"):
        try:
            fail("I feel low, call +12165550123")
        except ValueError:
            logs.logger(name).exception("it failed")
            logging.getLogger(name).exception("it failed")
    assert "feel low" not in stream.getvalue()
    for line in written(stream):
        assert line["error"] == "ValueError"
        assert "test_logs:" in line["where"]


def test_the_request_is_named_on_every_line_of_it(stream: io.StringIO) -> None:
    structlog.contextvars.bind_contextvars(request="0a1b2c3d4e5f")
    logs.logger("test").info("one")
    logging.getLogger("library").warning("two")
    structlog.contextvars.clear_contextvars()
    assert [line["request"] for line in written(stream)] == ["0a1b2c3d4e5f"] * 2


def test_lines_can_be_read_by_people(stream: io.StringIO) -> None:
    lines = io.StringIO()
    logs.set_up("text", lines)
    logs.logger("test").info("a text went out", text=7, to="+12165550123")
    assert "a text went out" in lines.getvalue()
    assert "text=7" in lines.getvalue()
    assert "0123" not in lines.getvalue()


def test_what_twilios_client_says_of_its_calls_is_not_logged(stream: io.StringIO) -> None:
    logging.getLogger("twilio.http_client").info("GET Request: /Messages.json?To=+12165550123")
    assert stream.getvalue() == ""


def test_a_crash_in_a_thread_is_one_line_without_its_words(stream: io.StringIO) -> None:
    before = sys.excepthook, threading.excepthook
    logs.guard_crashes()
    try:
        thread = threading.Thread(target=fail, args=["I feel low, call +12165550123"])
        thread.start()
        thread.join()
    finally:
        sys.excepthook, threading.excepthook = before
    [line] = written(stream)
    assert (line["event"], line["error"], line["level"]) == ("crashed", "ValueError", "critical")
    assert "feel low" not in stream.getvalue()
