"""`bot catch-up`: feed in texts that came while it was down."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from bot import app
from bot.carrier import CarrierError
from bot.commands.start import plainly, settings_or_exit, stop


@click.command("catch-up")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]),
    help="UTC instant to go back to; by default the last time that all was known.",
)
def command(since: datetime | None) -> None:
    """List Twilio's inbound texts and answer the ones that never reached us."""
    with plainly():
        parts = app.build(settings_or_exit())
        try:
            after = since.replace(tzinfo=UTC) if since else None
            done = app.catch_up(parts).run(parts.clock.now(), after)
        except CarrierError as error:
            stop(f"Twilio did not give its list ({error.kind}, code {error.code}): try again")
        finally:
            parts.close()
    click.echo(f"listed {done.listed}, fed {done.fed}, overtaken by newer texts {done.overtaken}")
