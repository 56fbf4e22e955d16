"""How the look-alike misbehaves: probabilities by kind, drawn by seed and request number.

The same seed, the same faults and the same order of requests give the same misbehaviour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

Range = tuple[float, float]

# What can befall a request to send; at most one of them, so their sum is at most 1.
SEND_KINDS = (
    "throttle",
    "storm",
    "refuse_5xx",
    "drop_before",
    "accept_5xx",
    "drop_after",
    "garbled",
)
LIST_KINDS = ("throttle", "refuse_5xx", "drop_before", "list_fails")


class FaultsError(ValueError):
    """A fault plan that can't be meant; the message names the field and what it must be."""


@dataclass(frozen=True, slots=True)
class Faults:
    """Probabilities are from 0 to 1; times in milliseconds where the name says so.

    Of a request to send, one at most: `throttle` (429), `storm` (429 for everybody during
    `storm_seconds`), `refuse_5xx` and `drop_before` (not accepted), `accept_5xx`, `drop_after`
    and `garbled` (accepted, but the answer does not say so), or one of `refuse` (error code to
    probability). Beside it: `latency_ms` before every answer, and `slow`, an answer that comes
    `slow_ms` after the message was accepted.

    Of an accepted message: `fail` (error code to probability) instead of delivery. Of its
    callbacks: `callback_ms` apart; `late` by `late_ms`; `repeated`; `reordered`; `missing` (all,
    or the last); `early`, the first before the API's answer.

    Of a listing: `list_fails` (500), and `list_lag_seconds` until a new message is in it.
    """

    seed: int = 0
    latency_ms: Range = (0, 0)
    slow: float = 0
    slow_ms: Range = (500, 2000)
    throttle: float = 0
    storm: float = 0
    storm_seconds: float = 2
    refuse_5xx: float = 0
    drop_before: float = 0
    accept_5xx: float = 0
    drop_after: float = 0
    garbled: float = 0
    refuse: Mapping[int, float] = field(default_factory=dict)
    fail: Mapping[int, float] = field(default_factory=dict)
    callback_ms: Range = (10, 40)
    late: float = 0
    late_ms: Range = (1000, 5000)
    repeated: float = 0
    reordered: float = 0
    missing: float = 0
    early: float = 0
    list_fails: float = 0
    list_lag_seconds: float = 0

    def __post_init__(self) -> None:
        for spec in fields(self):
            _check(spec.name, getattr(self, spec.name))
        for kinds, codes in ((SEND_KINDS, self.refuse), (LIST_KINDS, {}), ((), self.fail)):
            if sum(getattr(self, kind) for kind in kinds) + sum(codes.values()) > 1:
                raise FaultsError(f"{', '.join(kinds) or 'fail'}: together they must not exceed 1")

    def to_json(self) -> dict[str, Any]:
        """All fields, as `from_json` reads them."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Faults:
        """Read a plan from JSON, where pairs are lists and error codes are strings."""
        known = {spec.name for spec in fields(cls)}
        if unknown := sorted(set(values) - known):
            raise FaultsError(f"unknown fault {', '.join(unknown)}: write one of {sorted(known)}")
        return cls(**{name: _value(name, value) for name, value in values.items()})


def _value(name: str, value: Any) -> Any:
    if name in {"refuse", "fail"}:
        if not isinstance(value, Mapping):
            raise FaultsError(f"{name} must map error codes to probabilities")
        return {int(code): float(chance) for code, chance in value.items()}
    if name.endswith("_ms"):
        return tuple(value) if isinstance(value, list | tuple) else value
    return value


def _check(name: str, value: Any) -> None:
    if name in {"refuse", "fail"}:
        chances = list(value.values())
    elif name.endswith("_ms"):
        if not (isinstance(value, tuple) and len(value) == 2 and 0 <= value[0] <= value[1]):
            raise FaultsError(f"{name} must be two numbers of milliseconds, the smaller one first")
        return
    elif isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise FaultsError(f"{name} must be a number from 0 upward")
    else:
        chances = [] if name == "seed" or name.endswith("_seconds") else [value]
    if any(not 0 <= chance <= 1 for chance in chances):
        raise FaultsError(f"{name} must be a probability from 0 to 1")
