"""What the processes of a drill are told, and the real parts that they put together from it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from flask import Flask

from bot import receipts
from bot.carrier import Carrier
from bot.clock import Clock
from bot.crypto import Vault
from bot.sandbox.sandbox import ACCOUNT_SID, AUTH_TOKEN, SERVICE_SID
from bot.sending import Sender, Timing
from bot.settling import Settler
from bot.store.database import Database
from bot.store.senders import Pace
from bot.web import twilio


@dataclass(frozen=True, slots=True)
class Orders:
    """All that a worker or web process needs; handed over on its standard input."""

    database_url: str
    api_url: str
    web_port: int
    keys: tuple[str, ...]
    index_key: str
    rate: float
    connections: int
    timeout_s: float
    settle_after_s: float

    def to_json(self) -> str:
        """As `from_json` reads it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Orders:
        """Read what `to_json` wrote."""
        values = json.loads(text)
        return cls(**{**values, "keys": tuple(values["keys"])})

    @property
    def public_url(self) -> str:
        """Where the web process answers."""
        return f"http://127.0.0.1:{self.web_port}"


class Outfit:
    """The parts of a worker, as the program puts them together."""

    def __init__(self, orders: Orders) -> None:
        self.clock = Clock()
        self.database = Database(orders.database_url)
        vault = Vault(orders.keys, orders.index_key)
        timing = Timing(orders.timeout_s)
        carrier = Carrier(
            account_sid=ACCOUNT_SID,
            auth_token=AUTH_TOKEN,
            messaging_service_sid=SERVICE_SID,
            api_url=orders.api_url,
            timeout_s=orders.timeout_s,
            connections=orders.connections,
        )
        self.sender = Sender(
            self.database, vault, carrier, self.clock,
            pace=Pace(carrier.sender, orders.rate),
            status_url=f"{orders.public_url}{twilio.STATUS_PATH}",
            opt_out=receipts.opt_out_by_carrier,
            timing=timing,
            connections=orders.connections,
        )  # fmt: skip
        self.settler = Settler(
            self.database, vault, carrier,
            sender=carrier.sender,
            opt_out=receipts.opt_out_by_carrier,
            settle_after_s=orders.settle_after_s,
            timing=timing,
        )  # fmt: skip


def receipts_app(orders: Orders, database: Database, clock: Clock) -> Flask:
    """The program's webhook for status reports."""

    def record(callback: receipts.Callback, now: datetime) -> None:
        receipts.record(database, callback, now, sender=SERVICE_SID)

    app = Flask("drill")
    signature = twilio.Signature(AUTH_TOKEN, ACCOUNT_SID, orders.public_url)
    app.register_blueprint(
        twilio.blueprint(signature, lambda i, n: (), record, clock.now, orders.public_url)
    )
    return app
