"""`bot migrate`."""

from __future__ import annotations

import click

from bot.commands.start import database_of, plainly, settings_or_exit
from bot.store.migrate import head, upgrade


@click.command("migrate")
def command() -> None:
    """Bring the database's schema up to date; what is up to date stays as it is."""
    database = database_of(settings_or_exit())
    with plainly():
        upgrade(database)
    database.close()
    click.echo(f"the database is at revision {head()}")
