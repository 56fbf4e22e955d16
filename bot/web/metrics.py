"""`/metrics` for Prometheus: behind a token, or for programs on this machine alone."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable

from flask import Blueprint, Request, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.registry import Collector

from bot.web.address import is_local


class _Collector(Collector):
    """Hands prometheus_client whatever is true at the moment of the scrape."""

    def __init__(self, collect: Callable[[], Iterable[Metric]]) -> None:
        self._collect = collect

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        return self._collect()


def blueprint(collect: Callable[[], Iterable[Metric]], token: str = "") -> Blueprint:
    """`collect` gathers the metrics. Without a token only this machine itself may look."""
    routes = Blueprint("metrics", __name__)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(collect))

    @routes.get("/metrics")
    def metrics() -> Response:
        if not may_look(request, token):
            challenge = {"WWW-Authenticate": "Bearer"}
            return Response("not for you\n", 401, challenge, content_type="text/plain")
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return routes


def may_look(request: Request, token: str) -> bool:
    """Whether the request carries the token; where there is none, whether it is from here."""
    if not token:
        return is_local(request)
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    right = hmac.compare_digest(given.strip().encode(), token.encode())
    return kind.lower() == "bearer" and right
