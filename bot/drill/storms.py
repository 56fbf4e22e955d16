"""How the sandbox misbehaves in a drill."""

from __future__ import annotations

from bot.sandbox import Faults


def faults(name: str, seed: int) -> Faults:
    """The faults of a kind of drill: none, calm or storm."""
    if name == "none":
        return Faults(seed=seed)
    if name == "calm":
        return Faults(seed=seed, latency_ms=(5, 60), callback_ms=(20, 200), repeated=0.02)
    return Faults(
        seed=seed,
        latency_ms=(5, 80),
        slow=0.01,
        slow_ms=(500, 4000),
        throttle=0.001,
        storm=0.0003,
        storm_seconds=1.0,
        refuse_5xx=0.01,
        drop_before=0.01,
        accept_5xx=0.01,
        drop_after=0.01,
        garbled=0.005,
        callback_ms=(20, 400),
        late=0.05,
        late_ms=(1000, 8000),
        repeated=0.10,
        reordered=0.10,
        missing=0.10,
        early=0.05,
        list_fails=0.05,
        list_lag_seconds=0.5,
    )
