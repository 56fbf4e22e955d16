"""Twilio's HTTP interface: messages, deactivations, the account."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, Response, jsonify, request
from waitress.channel import ClientDisconnected

from bot.sandbox.carrier import Carrier, reference_in
from bot.sandbox.deactivations import text_of, url_for
from bot.sandbox.errors import RefusalError, words_of
from bot.sandbox.listing import page_of
from bot.sandbox.model import API_VERSION, TERMINAL, Message, new_sid, resource
from bot.sandbox.plan import Fate

ACCOUNT = f"/{API_VERSION}/Accounts/<account_sid>"
GARBLED = ('{"sid": "SM', "<html><body>Bad gateway</body></html>", "[]", '{"status": "queued"}')


def twilio_api(carrier: Carrier) -> Blueprint:
    """The routes that the Twilio client calls."""
    routes = Blueprint("twilio_api", __name__)

    @routes.before_request
    def authorize() -> None:
        if request.path.startswith("/sandbox/"):
            return
        given = request.authorization
        user, password = (given.username, given.password) if given else (None, None)
        if not carrier.account.knows(user or "", password or ""):
            raise RefusalError(20003)
        if (request.view_args or {}).get("account_sid", carrier.account.sid) != carrier.account.sid:
            raise RefusalError(20404)

    @routes.errorhandler(RefusalError)
    def refuse(error: RefusalError) -> tuple[Response, int]:
        carrier.state.count(str(error.code))
        return jsonify(error.body()), error.status

    @routes.after_request
    def name(response: Response) -> Response:
        response.headers["Twilio-Request-Id"] = new_sid("RQ")
        return response

    _message_routes(routes, carrier)
    _other_routes(routes, carrier)
    return routes


def _message_routes(routes: Blueprint, carrier: Carrier) -> None:
    @routes.post(f"{ACCOUNT}/Messages.json")
    def create(account_sid: str) -> tuple[Response, int]:
        return _create(carrier)

    @routes.get(f"{ACCOUNT}/Messages.json")
    def listing(account_sid: str) -> Response:
        _suffer(carrier, carrier.plan.list_fate())
        lag = carrier.plan.faults.list_lag_seconds
        found = carrier.state.newest_first(request.args.get("To"), lag)
        page, about = page_of(found, request.args.to_dict(), request.path)
        carrier.state.count("listed")
        return jsonify({**about, "messages": [_shown(carrier, message) for message in page]})

    @routes.get(f"{ACCOUNT}/Messages/<sid>.json")
    def fetch(account_sid: str, sid: str) -> Response:
        _suffer(carrier, carrier.plan.list_fate())
        return jsonify(_shown(carrier, _found(carrier, sid)))

    @routes.post(f"{ACCOUNT}/Messages/<sid>.json")
    def update(account_sid: str, sid: str) -> Response:
        message = _finished(carrier, sid)
        if request.form.get("Body", "missing"):
            raise RefusalError(20001)  # only the empty body, which redacts, can be set
        message.body, message.segments = "", 0
        carrier.state.note(message, "api call", "redacted")
        return jsonify(_shown(carrier, message))

    @routes.delete(f"{ACCOUNT}/Messages/<sid>.json")
    def delete(account_sid: str, sid: str) -> tuple[str, int]:
        message = _finished(carrier, sid)
        message.deleted = True
        carrier.state.note(message, "api call", "deleted")
        return "", 204


def _other_routes(routes: Blueprint, carrier: Carrier) -> None:
    @routes.get(f"{ACCOUNT}.json")
    def account(account_sid: str) -> Response:
        uri = f"/{API_VERSION}/Accounts/{account_sid}.json"
        about = {"sid": account_sid, "friendly_name": "Sandbox", "status": "active"}
        return jsonify({**about, "type": "Full", "uri": uri, "owner_account_sid": account_sid})

    @routes.get("/v1/Deactivations")
    def deactivations() -> tuple[Response, int]:
        url = url_for(carrier, request.args.get("Date", ""), request.host_url)
        return jsonify({"redirect_to": url}), 307

    @routes.get("/sandbox/deactivations/<day>.txt")
    def deactivation_file(day: str) -> Response:
        text = text_of(carrier, day, request.args)
        status = 403 if text is None else 200
        return Response(text or "AccessDenied", status, content_type="text/plain")


def _create(carrier: Carrier) -> tuple[Response, int]:
    fate = carrier.plan.send_fate()
    form = request.form.to_dict()
    who = (reference_in(form), form.get("To", ""))
    carrier.state.asked(*who)
    try:
        _suffer(carrier, fate)
        message = carrier.accept(form)
    except (RefusalError, ClientDisconnected):
        carrier.state.asked(*who, refused=True)
        raise
    answer = jsonify(_shown(carrier, message))
    carrier.send(message, carrier.plan.course())
    if fate.slow_seconds:
        time.sleep(fate.slow_seconds)
    carrier.state.count(fate.kind or ("accepted slowly" if fate.slow_seconds else "accepted"))
    if fate.kind == "drop_after":
        raise ClientDisconnected
    if fate.kind == "accept_5xx":
        return _server_error(fate)
    if fate.kind == "garbled":
        answer = Response(GARBLED[fate.variant % len(GARBLED)], content_type="application/json")
    return answer, 201


def _server_error(fate: Fate) -> tuple[Response, int]:
    code = (20500, 20503, 20504, 20500)[fate.variant]
    return jsonify(RefusalError(code).body()), RefusalError(code).status


def _suffer(carrier: Carrier, fate: Fate) -> None:
    """Let what befalls a request before anything is accepted befall it."""
    if fate.wait_seconds:
        time.sleep(fate.wait_seconds)
    if fate.kind == "throttle":
        raise RefusalError(20429)
    if fate.kind in {"refuse_5xx", "list_fails"}:
        raise RefusalError((20500, 20503, 20504, 20500)[fate.variant])
    if fate.kind == "refuse":
        raise RefusalError(fate.code)
    if fate.kind == "drop_before":
        carrier.state.count("drop_before")
        raise ClientDisconnected


def _found(carrier: Carrier, sid: str) -> Message:
    if (message := carrier.state.find(sid)) is None:
        raise RefusalError(20404)
    return message


def _finished(carrier: Carrier, sid: str) -> Message:
    message = _found(carrier, sid)
    if message.status not in TERMINAL:
        raise RefusalError(20009)
    return message


def _shown(carrier: Carrier, message: Message) -> dict[str, Any]:
    return resource(message, carrier.account.sid, words_of(message.error_code))
