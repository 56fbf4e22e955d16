"""`bot serve`, `bot web`, `bot worker`: run the program until it is told to stop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Sequence
from typing import Protocol

import click
from flask import Flask

from bot import app
from bot.commands.start import build_or_exit, plainly, settings_or_exit, stop
from bot.keys import require_keys
from bot.logs import guard_crashes, logger
from bot.readiness import obstacles
from bot.server import Server
from bot.settings import Settings
from bot.store.migrate import require_current, upgrade
from bot.ticks import Working

log = logger(__name__)


class Running(Protocol):
    """Something that was started and can be stopped."""

    def stop(self) -> object: ...


@click.command()
def serve() -> None:
    """Web and worker in one process; brings the schema up to date first."""
    parts = _parts()
    with plainly():
        upgrade(parts.database)
    _run(parts, web=True, work=True)


@click.command()
def web() -> None:
    """The web alone; any number may run on one PostgreSQL."""
    parts = _parts()
    with plainly():
        require_current(parts.database)
    _run(parts, web=True, work=False)


@click.command()
def worker() -> None:
    """The worker alone; any number may run on one PostgreSQL."""
    parts = _parts()
    with plainly():
        require_current(parts.database)
    _run(parts, web=False, work=True)


def _parts() -> app.Parts:
    """The parts, if nothing keeps them from real people."""
    parts = build_or_exit(settings_or_exit())
    if in_the_way := obstacles(parts.settings, parts.library):
        stop("This must not reach real people yet:", in_the_way)
    return parts


def _run(parts: app.Parts, *, web: bool, work: bool) -> None:
    hold_signals()
    guard_crashes()
    with plainly():
        require_keys(parts.database, parts.vault, parts.clock.now())
    running: list[Running] = []
    if web:
        running.append(start_web(parts))
    if work:
        running.append(Working(parts))
    wait_for_signal()
    log.info("stopping")
    stop_all(running)
    parts.close()


def start_web(parts: app.Parts) -> Server:
    """Answer on the host and port of the settings, or leave with a sentence."""
    server = listen(parts.settings, app.web_app(parts))
    server.start()
    log.info("ready", host=parts.settings.host, port=server.port)
    return server


def listen(settings: Settings, flask: Flask) -> Server:
    """A server on the host and port of the settings; a port that is taken ends the command."""
    try:
        return Server(flask, settings.host, settings.port, settings.web_threads)
    except OSError as error:
        stop(
            f"can't listen on {settings.host}:{settings.port} ({error.strerror}): set PORT or HOST"
        )


ASKED_TO_STOP = (signal.SIGTERM, signal.SIGINT)


def hold_signals() -> None:
    """Keep the wish to stop until `wait_for_signal`; before any thread is started.

    A handler would run in the middle of whatever the main thread does, and could wait for a lock
    that it holds itself.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, ASKED_TO_STOP)


def wait_for_signal() -> None:
    """Return once the process is asked to stop."""
    signal.sigwait(ASKED_TO_STOP)


def stop_all(running: Sequence[Running]) -> None:
    """Stop them at the same time, so that the slowest sets how long it takes."""
    threads = [threading.Thread(target=one.stop) for one in running]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
