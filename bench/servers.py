"""The program's webhook under several WSGI servers, and by the number of threads."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.util import find_spec

from bench.ground import Ground, bot
from bench.outcome import Outcome, in_turn, shown
from bench.webhook import Site, gunicorn


def _gunicorn(port: int) -> list[str]:
    return gunicorn("bench.site:app", port)


def _granian(port: int) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
        "--port", str(port), "--workers", "1", "--blocking-threads", "16", "--log-level", "error",
        "bench.site:app",
    ]  # fmt: skip


def measure(ground: Ground) -> Iterator[Outcome]:
    """Requests a second and the 99th percentile of each; what is not installed is left out."""
    sites = {
        f"waitress, {threads} threads": Site(ground, lambda port: bot("web"), threads)
        for threads in (4, 8, 16, 32)
    }
    others = {"gunicorn": _gunicorn, "granian": _granian}
    for name, command in others.items():
        if find_spec(name):
            sites[f"{name}, 16 threads"] = Site(ground, command)
    for site in sites.values():
        site.rate()
        site.latencies_s.clear()
    rates = in_turn(ground.scale.rounds, *(site.rate for site in sites.values()))
    for (name, site), figures in zip(sites.items(), rates, strict=True):
        yield Outcome(
            f"the program under {name}", shown(figures, "/s"), "", None, "", None,
            f"99th percentile {site.p99_ms():.0f} ms",
        )  # fmt: skip
        site.stop()
