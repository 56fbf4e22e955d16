"""The control path, `/sandbox/api/`: what a test or the drill in another process asks and sets."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, jsonify, request

from bot.sandbox.faults import Faults, FaultsError
from bot.sandbox.inbound import Place

if TYPE_CHECKING:
    from bot.sandbox.sandbox import Sandbox

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


def control_api(sandbox: Sandbox) -> Blueprint:
    """Routes for whoever runs the look-alike: read the ledger, set faults, text the bot."""
    routes = Blueprint("control", __name__, url_prefix="/sandbox/api")

    @routes.before_request
    def only_from_here() -> None:
        """A page in somebody's browser can reach loopback: it has neither this host nor JSON."""
        if request.host.rsplit(":", 1)[0] not in LOOPBACK:
            abort(403, "the control path answers on loopback only")
        if request.method != "GET" and not request.is_json:
            abort(415, "send JSON")

    @routes.errorhandler(FaultsError)
    def explain(error: FaultsError) -> tuple[Response, int]:
        return jsonify({"error": str(error)}), 400

    @routes.errorhandler(KeyError)
    def missing(error: KeyError) -> tuple[Response, int]:
        return jsonify({"error": f"the field {error} is missing"}), 400

    _reading_routes(routes, sandbox)
    _changing_routes(routes, sandbox)
    return routes


def _reading_routes(routes: Blueprint, sandbox: Sandbox) -> None:
    @routes.get("/ledger")
    def ledger() -> Response:
        return jsonify(sandbox.ledger())

    @routes.get("/summary")
    def summary() -> Response:
        book = sandbox.ledger()
        pending = sandbox.carrier.timetable.pending()
        return jsonify({"pending": pending, "summary": book["summary"], "calls": book["calls"]})

    @routes.get("/messages/<sid>")
    def message(sid: str) -> Response:
        found = sandbox.carrier.state.messages.get(sid)
        return abort(404, "no such message") if found is None else jsonify(_plain(asdict(found)))

    @routes.get("/problems")
    def problems() -> Response:
        return jsonify([_plain(asdict(event)) for event in sandbox.problems])

    @routes.get("/faults")
    def faults() -> Response:
        return jsonify(sandbox.faults.to_json())


def _changing_routes(routes: Blueprint, sandbox: Sandbox) -> None:
    @routes.put("/faults")
    def set_faults() -> Response:
        sandbox.faults = Faults.from_json(_given())
        return jsonify(sandbox.faults.to_json())

    @routes.put("/webhook")
    def set_webhook() -> tuple[str, int]:
        sandbox.webhook_url = str(_given()["url"])
        return "", 204

    @routes.post("/text")
    def text() -> Response:
        given = _given()
        place = Place(**given.get("place", {}))
        exchange = sandbox.text(
            given["from"], given["body"], given.get("media", 0), to=given.get("to", ""), place=place
        )
        return jsonify({**asdict(exchange), "replies": exchange.replies})

    @routes.post("/messages/<sid>/repeat")
    def repeat(sid: str) -> Response:
        if sid not in sandbox.carrier.state.messages:
            abort(404, "no such message")
        exchange = sandbox.repeat(sid)
        return jsonify({**asdict(exchange), "replies": exchange.replies})

    @routes.post("/deactivations")
    def deactivate() -> tuple[str, int]:
        given = _given()
        for number in given["numbers"]:
            sandbox.deactivate(number, date.fromisoformat(given["date"]))
        return "", 204


def _given() -> dict[str, Any]:
    given = request.get_json()
    if not isinstance(given, dict):
        abort(400, "send a JSON object")
    return given


def _plain(value: Any) -> Any:
    """The same with instants as ISO 8601."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime) else value
