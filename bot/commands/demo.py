"""`bot demo`: everything on this machine, with a phone in the browser to text from."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from bot import logs, rehearsal
from bot.commands.run import hold_signals, listen, stop_all, wait_for_signal
from bot.commands.start import build_or_exit, environment, stop
from bot.settings import SettingsError, read
from bot.store.migrate import upgrade
from bot.ticks import Working


@click.command("demo")
def command() -> None:
    """Web, worker and a look-alike of Twilio together, on a throw-away database."""
    given = environment()
    logs.set_up("text" if given.get("LOG_FORMAT", "auto") == "auto" else given["LOG_FORMAT"])
    with tempfile.TemporaryDirectory(prefix="text-support-") as folder:
        _run(given, Path(folder))


def _run(given: dict[str, str], folder: Path) -> None:
    hold_signals()
    handles_stop = given.get("TWILIO_HANDLES_STOP", "true").lower() in {"true", "yes", "1", "on"}
    stage = rehearsal.Stage(handles_stop=handles_stop)
    port = given.get("PORT", "8000")
    host = given.get("HOST", "127.0.0.1")
    wanted = stage.environment(f"sqlite:///{folder / 'demo.sqlite3'}", f"http://127.0.0.1:{port}")
    keep = {name: value for name, value in given.items() if name in rehearsal.KEPT}
    try:
        settings = read(keep | wanted | {"PORT": port, "HOST": host})
    except SettingsError as error:
        stop("The demo can't start with these settings:", error.complaints)
    parts = build_or_exit(settings, stage.clock_at(settings))
    upgrade(parts.database)
    server = listen(settings, stage.web_app(parts))
    stage.sandbox.webhook_url = f"http://127.0.0.1:{server.port}/sms"
    server.start()
    working = Working(parts)
    click.echo(
        f"\n  A phone to text from:  http://127.0.0.1:{server.port}/sandbox/\n"
        f"  The sign-up page:      http://127.0.0.1:{server.port}/\n\n"
        "  Nothing here reaches a real phone, and all of it is gone when you press Ctrl-C.\n"
    )
    wait_for_signal()
    stop_all([server, working, stage.sandbox])
    parts.close()
