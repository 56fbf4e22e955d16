"""`/healthz`: the process answers. `/readyz`: it can do its work."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Blueprint, Response, jsonify


def blueprint(troubles: Callable[[], Sequence[str]]) -> Blueprint:
    """`troubles` says in plain sentences what keeps the program from its work."""
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    def healthz() -> Response:
        return jsonify(ok=True)

    @routes.get("/readyz")
    def readyz() -> tuple[Response, int]:
        found = list(troubles())
        return jsonify(ready=not found, troubles=found), 503 if found else 200

    return routes
