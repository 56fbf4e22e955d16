"""Serves a WSGI application with waitress, from threads of this process, and can be stopped."""

from __future__ import annotations

import logging
import threading
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

CONNECTIONS = 2000
LONGEST_DRAIN_S = 8


class Server:
    """A production server in a thread: start it, and stop it within seconds.

    An application that raises waitress's `ClientDisconnected` hangs up without an answer.
    """

    def __init__(self, app: Flask, host: str, port: int, threads: int) -> None:
        """Raises `OSError` if the port is taken."""
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a queue is no news
        self._sockets: dict[int, Any] = {}
        self._server = create_server(
            app,
            map=self._sockets,
            host=host,
            port=port,
            threads=threads,
            connection_limit=CONNECTIONS,
            max_request_body_size=64 * 1024,
            channel_timeout=30,
            asyncore_use_poll=True,
            ident=None,
        )
        self._thread = threading.Thread(target=self._server.run, name="web", daemon=True)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.effective_port)

    def start(self) -> None:
        """Begin to answer; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Answer what is being answered, then close every connection."""
        self._server.task_dispatcher.shutdown(cancel_pending=True, timeout=LONGEST_DRAIN_S)
        self._server.trigger.pull_trigger(lambda: wasyncore.close_all(self._sockets))
        self._thread.join()
