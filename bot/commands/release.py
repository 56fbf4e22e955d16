"""`bot release`: let a message go out again that a carrier had filtered."""

from __future__ import annotations

import click

from bot.commands.start import database_of, plainly, settings_or_exit
from bot.store.stops import release


@click.command("release")
@click.argument("message_id")
def command(message_id: str) -> None:
    """Let MESSAGE_ID ("R05") go out again, once its words or the carrier's mind have changed."""
    database = database_of(settings_or_exit())
    with plainly():
        count = database.write(lambda c: release(c, message_id))
    database.close()
    if count == 0:
        raise click.ClickException(f"{message_id} is not stopped; `bot check` lists what is")
    click.echo(f"{message_id} may go out again")
