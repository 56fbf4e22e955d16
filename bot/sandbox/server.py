"""Serves a WSGI application from a thread, on loopback, and can be stopped."""

from __future__ import annotations

import threading
from typing import Any

from waitress import wasyncore
from waitress.server import create_server


class Server:
    """A threaded production server; an application that raises `ClientDisconnected` hangs up."""

    def __init__(self, app: Any, host: str, port: int, threads: int) -> None:
        self._sockets: dict[int, Any] = {}
        self._server = create_server(
            app, map=self._sockets, host=host, port=port, threads=threads, connection_limit=4000,
            asyncore_use_poll=True, ident=None,
        )  # fmt: skip
        self._thread = threading.Thread(target=self._server.run, name="sandbox-web", daemon=True)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.effective_port)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Let what is being answered end, then close every connection."""
        self._server.task_dispatcher.shutdown()
        self._server.trigger.pull_trigger(lambda: wasyncore.close_all(self._sockets))
        self._thread.join()
