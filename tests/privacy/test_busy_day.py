"""After a busy day nobody who copies the database or the log learns a number or a word.

The whole program runs, as in production, against the carrier's look-alike.
"""

import base64
import io
import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
import structlog
from sqlalchemy import text

from bot import app, logs
from bot.rehearsal import Behind, Stage
from bot.server import Server
from bot.settings import read
from bot.signup import SignUp, SignUps
from bot.store import tables
from bot.store.database import Database
from bot.ticks import Working

PEOPLE = [f"+1{area}5550{n}" for area in (216, 312, 415) for n in range(120, 127)]
TYPED = [f"+12125550{n}" for n in range(140, 146)]
SAID = [
    "my sister Wilhelmina quarrelled with me about the zebra",
    "I want to die, nobody at the quarry would miss me",
    "he took too much and won't wake up at Brambleway 12",
    "please stop texting me you marmalade people",
    "pregnant and scared in Quincy, what now",
    "DELETE",
    "recuvery pls for Zanzibar Jones",
]
FEEDBACK = "the texts came while I was at the xylophone lesson"


def spellings(number: str) -> list[str]:
    area, exchange, line = number[2:5], number[5:8], number[8:]
    return [
        number,
        number[1:],
        number[2:],
        f"{area}-{exchange}-{line}",
        f"({area}) {exchange}-{line}",
        f"{area} {exchange} {line}",
        f"{area}.{exchange}.{line}",
    ]


def traces(words: str) -> Iterator[bytes]:
    """The bytes by which words could be found, plain or lightly wrapped."""
    raw = words.encode()
    yield raw
    yield raw.lower()
    yield words.encode("utf-16-le")
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    yield quote(words).encode()
    yield raw[::-1]
    for shift, first in ((0, 0), (1, 2), (2, 3)):
        wrapped = base64.b64encode(bytes(shift) + raw).rstrip(b"=")[first:-1]
        yield wrapped
        yield wrapped.translate(bytes.maketrans(b"+/", b"-_"))


def found(words: list[str], haystack: bytes) -> list[str]:
    return [one for one in words if any(trace in haystack for trace in traces(one))]


def dump(database: Database) -> bytes:
    """Every value of every table; of SQLite the bytes of its files as well."""
    pieces: list[bytes] = []
    with database.engine.connect() as connection:
        for name in tables.metadata.tables:
            for row in connection.execute(text(f"SELECT * FROM {name}")):
                pieces += [v if isinstance(v, bytes) else str(v).encode() for v in row]
    if database.sqlite:
        file = Path(str(database.url.database))
        pieces += [one.read_bytes() for one in file.parent.glob(f"{file.name}*")]
    return b"\n".join(pieces)


@contextmanager
def log_of_its_own() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = (root.handlers, root.level, structlog.get_config())
    lines = io.StringIO()
    logs.set_up("json", lines)
    yield lines
    root.handlers, root.level = before[:2]
    structlog.configure(**before[2])


@contextmanager
def program(database_url: str) -> Iterator[tuple[app.Parts, Stage]]:
    stage = Stage(handles_stop=False)
    with socket.socket() as wire:
        wire.bind(("127.0.0.1", 0))
        port = wire.getsockname()[1]
    wanted = stage.environment(database_url, f"http://127.0.0.1:{port}")
    settings = read(wanted | {"CLOCK_AT": "2026-12-01T15:00:00Z", "SEND_RATE": "500"})
    parts = app.build(settings, stage.clock_at(settings))
    server = Server(stage.web_app(parts), "127.0.0.1", port, 8)
    stage.sandbox.webhook_url = f"{settings.public_url}/sms"
    server.start()
    working = Working(parts)
    try:
        yield parts, stage
    finally:
        server.stop()
        working.stop()
        stage.sandbox.stop()
        parts.close()


def eventually(true: Callable[[], bool], within_s: float = 20) -> None:
    until = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.05)


def live_through(parts: app.Parts, stage: Stage) -> None:
    """A day: people join, talk, are in danger, leave, are erased; others use the form."""
    sandbox, behind = stage.sandbox, Behind(parts, stage.sandbox)
    taking = SignUps(parts.database, parts.vault, parts.library, "I agree.", per_hour=60)
    for n, number in enumerate(TYPED):
        taking.take(SignUp(number, "recovery", f"192.0.2.{n}"), parts.clock.now())
    eventually(lambda: len(sandbox.messages()) == len(TYPED))
    for n, number in enumerate(PEOPLE):
        sandbox.text(number, ("RECOVERY", "treatment", "Steps")[n % 3])
        sandbox.text(number, SAID[n % len(SAID)])
        sandbox.text(number, ("BRAIN", "80202", "DELETE", "FEEDBACK 4", "help")[n % 5])
        sandbox.text(number, FEEDBACK if n % 5 == 3 else SAID[(n + 3) % len(SAID)])
    sandbox.text(TYPED[0], "JOIN")
    for _ in range(3):
        behind.skip_to_next()
        sandbox.wait_until_idle(10)
    sandbox.text(PEOPLE[0], "3")
    parts.clock.advance_to(parts.clock.now() + timedelta(hours=1))


@pytest.mark.slow
def test_neither_database_nor_log_holds_a_number_or_a_word(database_url: str) -> None:
    with log_of_its_own() as log, program(database_url) as (parts, stage):
        live_through(parts, stage)
        delivered = stage.sandbox.messages()
        held = dump(parts.database)
        written = log.getvalue().encode()
    assert len(delivered) > 60, "the day was not busy"
    asked = [message.body for message in delivered if message.to in TYPED]
    assert sum("Reply JOIN" in body for body in asked) == len(TYPED)
    assert b"sys.crisis" in held
    assert held.count(b"gAAAA") > len(PEOPLE), "numbers, and words that are kept, are sealed"
    assert written.count(b"\n") > 60
    numbers = [spelt for number in PEOPLE + TYPED for spelt in spellings(number)]
    words = [*(said for said in SAID if " " in said), FEEDBACK]
    names = ["Wilhelmina", "Brambleway", "marmalade", "Zanzibar", "xylophone", "zebra", "quarry"]
    assert found(numbers, held) == []
    assert found(words + names, held) == []
    assert found(numbers, written) == []
    assert found(words + names, written) == []


@pytest.mark.parametrize("shift", range(3))
def test_the_search_finds_what_is_wrapped(shift: int) -> None:
    number = "+12165550123"
    padded = b"x" * shift + number.encode() + b" and more"
    for haystack in (
        padded,
        base64.b64encode(padded),
        base64.urlsafe_b64encode(padded),
        padded.hex().encode(),
        number.encode("utf-16-le"),
        quote(number).encode(),
    ):
        assert found([number], b"..." + haystack + b"...") == [number]
