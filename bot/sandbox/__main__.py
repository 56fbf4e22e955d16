"""`python -m bot.sandbox`: the look-alike as a process of its own; prints its URL and serves."""

from __future__ import annotations

import json
import logging
import signal
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from bot.clock import Clock
from bot.sandbox import sandbox as defaults
from bot.sandbox.faults import Faults, FaultsError
from bot.sandbox.saved import load, save

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@click.command()
@click.option("--port", default=0, help="Port to listen on; 0 takes a free one.")
@click.option("--webhook-url", default="", help="The bot's /sms, with its retry fragment.")
@click.option("--handles-stop/--relays-stop", default=True, help="Twilio's opt-out handling.")
@click.option("--faults", default="{}", help="Fault plan as JSON, or @FILE.")
@click.option("--state", type=click.Path(path_type=Path), help="File that outlives the process.")
@click.option("--clock-at", help="ISO 8601 instant that its clock starts at.")
@click.option("--threads", default=32, help="How many requests it answers at once.")
@click.option("--account-sid", default=defaults.ACCOUNT_SID)
@click.option("--auth-token", default=defaults.AUTH_TOKEN)
@click.option("--api-key", default=defaults.API_KEY)
@click.option("--api-secret", default=defaults.API_SECRET)
@click.option("--service-sid", default=defaults.SERVICE_SID)
@click.option("--number", default=defaults.NUMBER)
def main(faults: str, state: Path | None, clock_at: str | None, **settings: Any) -> None:
    """Serve a Twilio look-alike on loopback until SIGTERM or SIGINT."""
    start = datetime.fromisoformat(clock_at) if clock_at else None
    if start is not None and start.tzinfo is None:
        raise click.UsageError("--clock-at needs a time zone, as in 2026-03-02T15:00:00Z")
    sandbox = defaults.Sandbox(faults=_faults(faults), now=Clock(start).now, **settings)
    if state is not None:
        load(sandbox.carrier.state, state)
    logging.getLogger("waitress").setLevel(logging.ERROR)  # it reports each connection dropped
    # Blocked in every thread and waited for: an Event that a handler sets can be missed when the
    # system hands the signal to a thread other than the main one.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    with sandbox:
        click.echo(sandbox.url)
        signal.sigwait(STOP_SIGNALS)
    if state is not None:
        save(sandbox.carrier.state, state)


def _faults(given: str) -> Faults:
    text = Path(given[1:]).read_text() if given.startswith("@") else given
    try:
        return Faults.from_json(json.loads(text))
    except (FaultsError, json.JSONDecodeError) as error:
        raise click.UsageError(f"--faults: {error}") from None


if __name__ == "__main__":
    main()
