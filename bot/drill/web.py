"""`python -m bot.drill.web`: takes the status reports of a drill until SIGTERM."""

from __future__ import annotations

import sys

from waitress import serve

from bot.clock import Clock
from bot.drill.parts import Orders, receipts_app
from bot.logs import set_up
from bot.store.database import Database, StoreError


def main() -> None:
    """Answer on the port that the orders name."""
    set_up("json")
    orders = Orders.from_json(sys.stdin.read())
    app = receipts_app(orders, Database(orders.database_url), Clock())
    app.register_error_handler(StoreError, lambda error: ("the database is away\n", 503))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    serve(app, host="127.0.0.1", port=orders.web_port, threads=8, ident=None, _quiet=True)


if __name__ == "__main__":
    main()
