"""How long webhooks take, as a histogram for `/metrics`; each web process counts its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask import Blueprint, Response, g, request
from prometheus_client import Histogram, Metric

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Twilio gives up after 15 seconds, and everything above a few hundred milliseconds is trouble."""


class Latency:
    """Counts the seconds of every request to the blueprints that it watches."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._histogram = Histogram(
            "textsupport_webhook_seconds",
            "Seconds until a webhook was answered",
            ("endpoint", "status"),
            buckets=BUCKETS_S,
            registry=None,
        )

    def watch(self, routes: Blueprint) -> Blueprint:
        """Count the requests to these routes."""

        @routes.before_request
        def _begin() -> None:
            g.began = self._monotonic()

        @routes.after_request
        def _end(response: Response) -> Response:
            seconds = self._monotonic() - g.pop("began", self._monotonic())
            labels = (request.endpoint or "?", str(response.status_code))
            self._histogram.labels(*labels).observe(seconds)
            return response

        return routes

    def collect(self) -> Iterable[Metric]:
        """What was counted."""
        return self._histogram.collect()
