"""Sending: the program's sender and bare `requests` posts, against the same look-alike."""

from __future__ import annotations

import json
import queue
import sys
import threading
import time
from collections.abc import Iterator

import requests
from sqlalchemy import func, select

from bench.ground import Ground, free_port
from bench.outcome import Outcome, compare, in_turn
from bench.population import NOW
from bot import planning
from bot.carrier import Carrier
from bot.clock import Clock
from bot.sandbox.sandbox import ACCOUNT_SID, AUTH_TOKEN, SERVICE_SID
from bot.sending import Sender
from bot.store.database import Database
from bot.store.senders import Pace
from bot.store.tables import texts as sent_texts

CONNECTIONS = 32
"""The program's own default."""
ANSWER_MS = 50
NOWHERE = "http://127.0.0.1:9/sms/status"
LATER = NOW.replace(hour=19, minute=40)
"""Every spread has passed, and the window is still open."""
RATES = (100, 250, 500)


class Line:
    """A carrier look-alike in a process of its own that answers after so many milliseconds."""

    def __init__(self, ground: Ground, answer_ms: int = ANSWER_MS) -> None:
        self.port = free_port()
        faults = json.dumps({"latency_ms": [answer_ms, answer_ms], "missing": 1.0})
        command = [
            sys.executable, "-m", "bot.sandbox", "--port", str(self.port),
            "--threads", str(CONNECTIONS * 2), "--faults", faults,
        ]  # fmt: skip
        self._process = ground.start(command, ground.settings("", self.port), self.port)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """End it."""
        self._process.stop()


def sender(ground: Ground, line: Line, database: Database, rate: float) -> Sender:
    """The program's sender as the worker builds it."""
    carrier = Carrier(
        account_sid=ACCOUNT_SID, auth_token=AUTH_TOKEN, messaging_service_sid=SERVICE_SID,
        api_url=line.url, connections=CONNECTIONS,
    )  # fmt: skip
    return Sender(
        database, ground.vault, carrier, Clock(LATER),
        pace=Pace(SERVICE_SID, rate), status_url=NOWHERE, opt_out=lambda c, i, now: None,
        connections=CONNECTIONS,
    )  # fmt: skip


def queued(ground: Ground, texts: int) -> Database:
    """A database with so many texts in the queue."""
    database = Database(ground.database(ground.scale.fewer, texts), pool=CONNECTIONS + 8)
    planning.plan(database, ground.library, NOW)
    return database


def ours(ground: Ground, line: Line, texts: int) -> float:
    """Texts a second without a pace, from the claim to the record."""
    database = queued(ground, texts)
    one = sender(ground, line, database, 1_000_000)
    began = time.perf_counter()
    sent = one.tick(for_s=120)
    seconds = time.perf_counter() - began
    database.close()
    if sent.accepted != texts:
        raise RuntimeError(f"sent {sent.outcomes} of {texts}")
    return texts / seconds


def posts(line: Line, texts: int) -> float:
    """Texts a second by bare posts from so many threads, each with a session."""
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in range(texts):
        waiting.put(number)
    address = f"{line.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"
    failures: list[int] = []

    def work() -> None:
        with requests.Session() as session:
            session.auth = (ACCOUNT_SID, AUTH_TOKEN)
            while True:
                try:
                    number = waiting.get_nowait()
                except queue.Empty:
                    return
                form = {
                    "To": f"+121655501{number % 99 + 1:02}", "Body": f"A made-up text, {number}.",
                    "MessagingServiceSid": SERVICE_SID, "ValidityPeriod": "3600",
                    "StatusCallback": f"{NOWHERE}?text={number}",
                }  # fmt: skip
                if session.post(address, data=form, timeout=30).status_code != 201:
                    failures.append(number)

    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if failures:
        raise RuntimeError(f"{len(failures)} posts failed")
    return texts / seconds


def measure(ground: Ground) -> Iterator[Outcome]:
    """As fast as it goes, side by side; then at set rates."""
    texts = ground.scale.texts
    line = Line(ground)
    mine, bare = in_turn(
        ground.scale.rounds, lambda: ours(ground, line, texts), lambda: posts(line, texts)
    )
    what = f"sending, {CONNECTIONS} connections, the carrier answers after {ANSWER_MS} ms"
    yield compare(f"{what}, against bare requests", mine, bare, unit="/s", least=1.0)
    for rate in RATES:
        yield _at(ground, line, rate)
    line.stop()


def _at(ground: Ground, line: Line, rate: int) -> Outcome:
    """How much of a set rate, which is in segments a second, is reached over some seconds."""
    seconds = ground.scale.seconds
    database = queued(ground, min(ground.scale.fewer, int(rate * seconds * 2)))
    one = sender(ground, line, database, rate)
    began = time.perf_counter()
    one.tick(for_s=seconds)
    reached = _segments_sent(database) / (time.perf_counter() - began)
    one.stop()
    database.close()
    return Outcome(
        f"a set rate of {rate} segments a second", f"{reached:.0f} /s", f"{rate} /s",
        reached / rate, ">= 0.97", reached / rate >= 0.97,
    )  # fmt: skip


def _segments_sent(database: Database) -> int:
    query = select(func.coalesce(func.sum(sent_texts.c.segments), 0)).where(
        sent_texts.c.state == "sent"
    )
    return database.read(lambda c: int(c.execute(query).scalar_one()))
