"""The whole look-alike in one object: start it, point the client at its URL, text the bot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from types import TracebackType
from typing import Any

from flask import Flask

from bot.clock import Clock
from bot.sandbox.api import twilio_api
from bot.sandbox.carrier import Account, Carrier
from bot.sandbox.control import control_api
from bot.sandbox.faults import Faults
from bot.sandbox.inbound import Exchange, Inbound, Place
from bot.sandbox.model import Event, Message
from bot.sandbox.plan import Plan
from bot.server import Server

ACCOUNT_SID = "AC" + "5" * 32
AUTH_TOKEN = "sandbox-auth-token"  # noqa: S105 - it opens nothing but this look-alike
API_KEY, API_SECRET = "SK" + "5" * 32, "sandbox-api-secret"
SERVICE_SID = "MG" + "5" * 32
NUMBER = "+12165550100"
NOWHERE = Place()


class Sandbox:
    """A Twilio look-alike on loopback; as a context manager it is started and stopped.

    `webhook_url` is the bot's `/sms` with its retry fragment, if any; it can be set later.
    `handles_stop` says whether Twilio's own opt-out handling is on. `now` is the clock that all
    its times come from. Nothing is kept beyond the process.
    """

    def __init__(
        self,
        *,
        webhook_url: str = "",
        fallback_url: str = "",
        handles_stop: bool = True,
        faults: Faults | None = None,
        now: Callable[[], datetime] | None = None,
        account_sid: str = ACCOUNT_SID,
        auth_token: str = AUTH_TOKEN,
        api_key: str = API_KEY,
        api_secret: str = API_SECRET,
        service_sid: str = SERVICE_SID,
        number: str = NUMBER,
        host: str = "127.0.0.1",
        port: int = 0,
        threads: int = 32,
    ) -> None:
        account = Account(account_sid, auth_token, api_key, api_secret, service_sid, number)
        self.carrier = Carrier(account, now or Clock().now, faults or Faults())
        self._inbound = Inbound(self.carrier, webhook_url, fallback_url, handles_stop=handles_stop)
        self._host = host
        self._server = Server(self._app(), host, port, threads)

    def start(self) -> Sandbox:
        """Begin to answer at `url`."""
        self.carrier.timetable.start()
        self._server.start()
        return self

    def stop(self) -> None:
        """Stop answering and forget the callbacks that are still to come."""
        self._server.stop()
        self.carrier.timetable.stop()
        self.carrier.webhooks.close()

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where it answers, for `TWILIO_API_URL`; without a slash at its end."""
        return f"http://{self._host}:{self._server.port}"

    @property
    def number(self) -> str:
        """The bot's own number."""
        return self.carrier.account.number

    @property
    def webhook_url(self) -> str:
        """Where texts are taken to."""
        return self._inbound.webhook_url

    @webhook_url.setter
    def webhook_url(self, url: str) -> None:
        self._inbound.webhook_url = url

    @property
    def handles_stop(self) -> bool:
        """Whether it answers opt-out words itself."""
        return self._inbound.handles_stop

    @property
    def faults(self) -> Faults:
        """How it misbehaves; setting it begins the plan anew."""
        return self.carrier.plan.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self.carrier.plan = Plan(faults)

    def text(
        self, from_: str, body: str, media: int = 0, *, to: str = "", place: Place = NOWHERE
    ) -> Exchange:
        """Text the bot from a phone; returns when its webhook has answered or given up."""
        return self._inbound.text(from_, body, media, to, place)

    def repeat(self, sid: str) -> Exchange:
        """Post an earlier text's webhook again, with the same MessageSid."""
        return self._inbound.repeat(sid)

    def conversation(self, person: str) -> list[Message]:
        """All messages from and to a person's number, oldest first."""
        return self.carrier.state.conversation(person)

    def messages(self, to: str | None = None) -> list[Message]:
        """All messages that were sent out (to one number, if given), oldest first."""
        found = list(self.carrier.state.newest_first(to, 0))
        return [message for message in reversed(found) if message.direction != "inbound"]

    def ledger(self) -> dict[str, Any]:
        """How often each text was asked for, accepted and delivered, with sums."""
        return self.carrier.state.ledger()

    @property
    def problems(self) -> list[Event]:
        """What Twilio's debugger would show."""
        return list(self.carrier.state.problems)

    def block(self, person: str) -> None:
        """Put a number on the block list, as if it had texted STOP."""
        self.carrier.state.blocked.add(person)

    def is_blocked(self, person: str) -> bool:
        """Whether a number is on the block list."""
        return person in self.carrier.state.blocked

    def deactivate(self, number: str, day: date) -> None:
        """Put a number, written as given, on that day's list of deactivated numbers."""
        with self.carrier.state.lock:
            self.carrier.state.deactivated[day].append(number)

    def wait_until_idle(self, timeout_seconds: float = 10) -> bool:
        """Wait until no callback is left to post; False if there still is one at the end."""
        return self.carrier.timetable.wait_until_idle(timeout_seconds)

    def _app(self) -> Flask:
        app = Flask("bot.sandbox", static_folder=None)
        app.config["PROPAGATE_EXCEPTIONS"] = True  # hanging up is an exception that must get out
        app.register_blueprint(twilio_api(self.carrier))
        app.register_blueprint(control_api(self))
        return app
