"""What the look-alike remembers: messages, the block list, deactivated numbers, and its ledger."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from bot.sandbox.model import Event, Message


@dataclass(slots=True)
class Tally:
    """How often one text (its reference and its number) was asked for, accepted and delivered."""

    reference: str
    to: str
    asked: int = 0
    refused: int = 0
    accepted: int = 0
    delivered: int = 0
    undelivered: int = 0
    failed: int = 0
    sids: list[str] = field(default_factory=list)


class State:
    """All of it in memory, behind one lock; every method is safe to call from any thread."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.lock = threading.RLock()
        self.messages: dict[str, Message] = {}
        self.blocked: set[str] = set()
        self.deactivated: dict[date, list[str]] = defaultdict(list)
        self.calls: Counter[str] = Counter()
        self.problems: list[Event] = []
        self._by_to: dict[str, list[Message]] = defaultdict(list)
        self._by_person: dict[str, list[Message]] = defaultdict(list)
        self._tallies: dict[tuple[str, str], Tally] = {}

    def add(self, message: Message, event: str, detail: str) -> Message:
        """Keep a new message; an outbound one counts as accepted in the ledger."""
        with self.lock:
            message.events.append(Event(self.now(), event, detail))
            self._index(message)
            if message.direction != "inbound":
                tally = self._tally(message.reference, message.to)
                tally.accepted += 1
                tally.sids.append(message.sid)
        return message

    def note(self, message: Message, kind: str, detail: str) -> None:
        """Append an event to a message."""
        with self.lock:
            message.events.append(Event(self.now(), kind, detail))

    def problem(self, kind: str, detail: str) -> None:
        """Remember what Twilio's debugger would show: a webhook that failed, bad TwiML."""
        with self.lock:
            self.problems.append(Event(self.now(), kind, detail))

    def change(self, message: Message, status: str, error_code: int | None) -> None:
        """Move a message to its next status."""
        with self.lock:
            message.status, message.error_code = status, error_code
            message.updated_at = self.now()
            if status == "sent" or (message.sent_at is None and status == "delivered"):
                message.sent_at = message.updated_at
            if status in {"delivered", "undelivered", "failed"}:
                tally = self._tally(message.reference, message.to)
                setattr(tally, status, getattr(tally, status) + 1)
            detail = status if error_code is None else f"{status} {error_code}"
            message.events.append(Event(message.updated_at, "status", detail))

    def count(self, outcome: str) -> None:
        """Count an API call by what came of it."""
        with self.lock:
            self.calls[outcome] += 1

    def asked(self, reference: str, to: str, *, refused: bool = False) -> None:
        """Count a request to send in the ledger, or its refusal."""
        with self.lock:
            tally = self._tally(reference, to)
            if refused:
                tally.refused += 1
            else:
                tally.asked += 1

    def find(self, sid: str) -> Message | None:
        """A message by its identifier, unless it was deleted."""
        with self.lock:
            message = self.messages.get(sid)
            return None if message is None or message.deleted else message

    def newest_first(self, to: str | None, lag_seconds: float) -> Iterator[Message]:
        """Messages, to one number or all, without those younger than the lag."""
        with self.lock:
            found = list(self._by_to.get(to, ()) if to else self.messages.values())
        limit = time.monotonic() - lag_seconds
        return (m for m in reversed(found) if not m.deleted and m.born <= limit)

    def conversation(self, person: str) -> list[Message]:
        """All messages from and to a person's number, oldest first."""
        with self.lock:
            return list(self._by_person.get(person, ()))

    def ledger(self) -> dict[str, Any]:
        """Every text by reference and number, and the sums over all of them."""
        with self.lock:
            counted = [t for t in self._tallies.values() if t.asked or t.reference]
            rows = [asdict(tally) for tally in counted]
            calls = dict(self.calls)
        counts = ("asked", "refused", "accepted", "delivered", "undelivered", "failed")
        sums = {name: sum(row[name] for row in rows) for name in counts}
        doubled = sum(row["accepted"] > 1 for row in rows)
        summary = {"texts": len(rows), "doubled": doubled, **sums}
        return {"summary": summary, "calls": calls, "texts": rows}

    def tallies(self) -> list[Tally]:
        """The ledger's rows."""
        with self.lock:
            return list(self._tallies.values())

    def restore(self, messages: list[Message], tallies: list[Tally]) -> None:
        """Take over messages and ledger of an earlier run."""
        with self.lock:
            for message in messages:
                self._index(message)
            self._tallies |= {(tally.reference, tally.to): tally for tally in tallies}

    def _tally(self, reference: str, to: str) -> Tally:
        key = (reference, to)
        if (tally := self._tallies.get(key)) is None:
            tally = self._tallies[key] = Tally(reference, to)
        return tally

    def _index(self, message: Message) -> None:
        self.messages[message.sid] = message
        self._by_to[message.to].append(message)
        person = message.from_ if message.direction == "inbound" else message.to
        self._by_person[person].append(message)
