"""The Flask application: blueprints, headers, and what an error looks like from outside."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import structlog
from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import HTTPException

from bot.logs import logger
from bot.store.database import StoreError

log = logger(__name__)

LARGEST_BODY = 64 * 1024
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
HSTS = "max-age=31536000; includeSubDomains"


def create(blueprints: Sequence[Blueprint], *, https: bool) -> Flask:
    """The application with these routes. `https`: it is reached behind https, so say so (HSTS)."""
    app = Flask(__name__, static_folder="static", static_url_path="/static")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY
    for routes in blueprints:
        app.register_blueprint(routes)

    @app.before_request
    def _name_request() -> None:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=secrets.token_hex(6))

    @app.after_request
    def _add_headers(response: Response) -> Response:
        present = {name for name, _ in response.headers}
        response.headers.extend((n, value) for n, value in HEADERS.items() if n not in present)
        if request.path.startswith("/static/"):
            response.headers["Cache-Control"] = "public, max-age=3600"
        if https:
            response.headers.setdefault("Strict-Transport-Security", HSTS)
        return response

    @app.errorhandler(StoreError)
    def _away(error: StoreError) -> Response:
        log.error("the database is away: asked the caller to come back", endpoint=request.endpoint)
        return Response("please try again in a minute\n", 503, {"Retry-After": "30"})

    @app.errorhandler(HTTPException)
    def _plain(error: HTTPException) -> Response:
        return Response(f"{error.name}\n", error.code or 500, content_type="text/plain")

    @app.errorhandler(Exception)
    def _our_fault(error: Exception) -> Response:
        log.error("a request failed", endpoint=request.endpoint, error=type(error).__name__)
        return Response("something went wrong here\n", 500, content_type="text/plain")

    return app
