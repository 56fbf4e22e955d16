"""The draws of a fault plan: what happens to this request, and to this message's callbacks."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.sandbox.errors import NEVER_SENT
from bot.sandbox.faults import LIST_KINDS, SEND_KINDS, Faults, Range


@dataclass(frozen=True, slots=True)
class Fate:
    """What befalls one request: a kind of fault (empty: none), a code, and seconds of delay."""

    kind: str = ""
    code: int = 0
    wait_seconds: float = 0.0
    slow_seconds: float = 0.0
    variant: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a message's way, `wait_seconds` after the last: a change, a callback or both."""

    wait_seconds: float
    status: str
    error_code: int | None = None
    changes: bool = True
    reports: bool = True


@dataclass(frozen=True, slots=True)
class Course:
    """The steps of a message after it was accepted; `early`: the first before the API answers."""

    steps: tuple[Step, ...]
    early: bool = False


class Plan:
    """Draws fates from a `Faults`; numbers requests of each kind by themselves."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self._counters = {name: itertools.count() for name in ("send", "list", "course")}
        self._lock = threading.Lock()
        self._storm_until = 0.0

    def send_fate(self) -> Fate:
        """What befalls the next request to send."""
        faults, draw = self.faults, self._draw("send")
        kind, code = _pick(draw, [(k, getattr(faults, k)) for k in SEND_KINDS], faults.refuse)
        return Fate(
            kind=self._with_storm(kind),
            code=code,
            wait_seconds=_seconds(draw, faults.latency_ms),
            slow_seconds=_seconds(draw, faults.slow_ms) if draw.random() < faults.slow else 0.0,
            variant=draw.randrange(4),
        )

    def list_fate(self) -> Fate:
        """What befalls the next request for a list of messages or for one of them."""
        faults, draw = self.faults, self._draw("list")
        kind, _ = _pick(draw, [(k, getattr(faults, k)) for k in LIST_KINDS], {})
        return Fate(kind=self._with_storm(kind), wait_seconds=_seconds(draw, faults.latency_ms))

    def course(self) -> Course:
        """What becomes of the next accepted message, and which callbacks tell of it."""
        faults, draw = self.faults, self._draw("course")
        _, code = _pick(draw, [], faults.fail)
        steps = _way(draw, faults, code)
        if draw.random() < faults.reordered:
            steps = _reordered(steps)
        if draw.random() < faults.repeated:
            steps = [twin for step in steps for twin in (step, replace(step, changes=False))]
        if draw.random() < faults.missing:
            steps = _silenced(steps, all_of_them=draw.random() < 0.5)
        if draw.random() < faults.late:
            late = _seconds(draw, faults.late_ms)
            steps[0] = replace(steps[0], wait_seconds=steps[0].wait_seconds + late)
        return Course(tuple(steps), early=draw.random() < faults.early)

    def _draw(self, kind: str) -> random.Random:
        return random.Random(f"{self.faults.seed}/{kind}/{next(self._counters[kind])}")

    def _with_storm(self, kind: str) -> str:
        with self._lock:
            if kind == "storm":
                self._storm_until = time.monotonic() + self.faults.storm_seconds
            stormy = time.monotonic() < self._storm_until
        return "throttle" if stormy or kind == "storm" else kind


def _way(draw: random.Random, faults: Faults, code: int) -> list[Step]:
    first, second = (_seconds(draw, faults.callback_ms) for _ in range(2))
    if code in NEVER_SENT:
        return [Step(first, "failed", code)]
    end = Step(second, "undelivered", code) if code else Step(second, "delivered")
    return [Step(first, "sent"), end]


def _reordered(steps: list[Step]) -> list[Step]:
    told_late = [replace(step, changes=False, wait_seconds=0.0) for step in steps[:-1]]
    return [*(replace(step, reports=False) for step in steps[:-1]), steps[-1], *told_late]


def _silenced(steps: list[Step], *, all_of_them: bool) -> list[Step]:
    last = steps[-1].status
    return [replace(s, reports=False) if all_of_them or s.status == last else s for s in steps]


def _pick(
    draw: random.Random, kinds: list[tuple[str, float]], codes: Mapping[int, float]
) -> tuple[str, int]:
    point = draw.random()
    for kind, chance in kinds:
        point -= chance
        if point < 0:
            return kind, 0
    for code, chance in codes.items():
        point -= chance
        if point < 0:
            return "refuse", code
    return "", 0


def _seconds(draw: random.Random, milliseconds: Range) -> float:
    return draw.uniform(*milliseconds) / 1000
