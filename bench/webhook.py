"""Inbound texts over HTTP: the program, a plain view on the ORM, and bare sqlite3."""

from __future__ import annotations

import re
import secrets
import statistics
import sys
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs

from bench import load
from bench.ground import PUBLIC_URL, Ground, Process, bot, free_port
from bench.outcome import Outcome, compare, in_turn
from bot.sandbox.sandbox import ACCOUNT_SID, AUTH_TOKEN

PEOPLE = 2_000
"""How many people text."""
BODIES = (
    "RELAPSE",
    "more",
    "HELP",
    "menu",
    "thanks so much",
    "sleep",
    "I have not used in three days and I feel awful, is that normal?",
    "naloxone",
    "status",
    "when does it get better",
)


def numbers() -> tuple[str, ...]:
    """The numbers that text."""
    made = load.signed_texts(
        PEOPLE, public_url=PUBLIC_URL, account_sid=ACCOUNT_SID, auth_token=AUTH_TOKEN,
        bodies=("x",), people=PEOPLE, salt="",
    )  # fmt: skip
    return tuple(parse_qs(one.split(b"\r\n\r\n", 1)[1])[b"From"][0].decode() for one in made)


def texts(count: int, public_url: str = PUBLIC_URL) -> list[bytes]:
    """Signed requests that never came before."""
    return load.signed_texts(
        count, public_url=public_url, account_sid=ACCOUNT_SID, auth_token=AUTH_TOKEN,
        bodies=BODIES, people=PEOPLE, salt=secrets.token_hex(4),
    )  # fmt: skip


class Site:
    """One implementation behind its server, on a database of its own."""

    def __init__(
        self, ground: Ground, command: Callable[[int], list[str]], threads: int = 16
    ) -> None:
        self.port = free_port()
        self.url = ground.database(PEOPLE * 5, 0, numbers())
        environment = ground.settings(self.url, self.port, WEB_THREADS=str(threads))
        self._process: Process = ground.start(command(self.port), environment, self.port)
        self._count = ground.scale.requests
        self.latencies_s: list[float] = []

    def rate(self) -> float:
        """Answers a second of one round."""
        done = load.run(self.port, texts(self._count))
        if done.failures:
            raise RuntimeError(f"{done.failures} webhooks failed")
        self.latencies_s += done.latencies_s
        return done.per_second

    def p99_ms(self) -> float:
        """The 99th percentile over all rounds so far."""
        ordered = sorted(self.latencies_s)
        return ordered[int(len(ordered) * 0.99)] * 1000

    def answers(self, requests: list[bytes]) -> list[str]:
        """The words of the answers to these requests, sent one after another."""
        return [re.sub(r"text=\d+", "", load.ask(self.port, one)) for one in requests]

    def stop(self) -> None:
        """End the server."""
        self._process.stop()


def ours(port: int) -> list[str]:
    """The program's own web."""
    return bot("web")


def gunicorn(application: str, port: int) -> list[str]:
    """A WSGI application under gunicorn's threads."""
    return [
        sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--threads", "16",
        "--bind", f"127.0.0.1:{port}", "--keep-alive", "30", "--log-level", "error",
        application,
    ]  # fmt: skip


def plain(port: int) -> list[str]:
    """The plain view under gunicorn's threads."""
    return gunicorn("bench.plain:app", port)


def bare(port: int) -> list[str]:
    """The same statements in bare sqlite3 under waitress."""
    return [sys.executable, "-m", "bench.bare"]


def measure(ground: Ground) -> Iterator[Outcome]:
    """Requests a second, side by side; the three must give the same answers."""
    sites = [Site(ground, command) for command in (ours, plain, bare)]
    sample = texts(4 * len(BODIES))
    given = [site.answers(sample) for site in sites]
    if not given[0] == given[1] == given[2]:
        raise RuntimeError("the three webhooks do not give the same answers")
    for site in sites:  # warm
        site.rate()
        site.latencies_s.clear()
    mine, orm, raw = in_turn(ground.scale.rounds, *(site.rate for site in sites))
    what = "webhook requests/s, 16 connections, SQLite FULL"
    tails = " / ".join(f"{site.p99_ms():.0f}" for site in sites)
    yield compare(f"{what}, against ORM on gunicorn", mine, orm, unit="/s", least=3.0)
    yield compare(f"{what}, against bare sqlite3", mine, raw, unit="/s", least=0.6)
    yield Outcome(
        "99th percentile: ours / ORM / bare", f"{tails} ms", "", None, "", None,
        f"medians {' / '.join(f'{statistics.median(s.latencies_s) * 1000:.1f}' for s in sites)} ms",
    )  # fmt: skip
    for site in sites:
        site.stop()
