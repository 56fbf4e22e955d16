"""`bot trace`: the whole story of one text or one person."""

from __future__ import annotations

import re
import sys

import click

from bot import tracing
from bot.clock import Clock
from bot.commands.start import database_of, plainly, settings_or_exit
from bot.store.migrate import require_current

NAMED = re.compile(r"(?:(text|subscriber):)?(\d{1,18})")


@click.command("trace")
@click.argument("id")
def command(id: str) -> None:
    """Tell the story of text:ID, or of subscriber:ID. Neither number nor words are shown."""
    named = NAMED.fullmatch(id)
    if named is None:
        raise click.UsageError("write text:ID or subscriber:ID, as in text:12")
    settings = settings_or_exit()
    with plainly():
        database = database_of(settings)
        require_current(database)
        now = Clock(settings.clock_at).now()
        if named[1] == "subscriber":
            lines = tracing.of_person(database, int(named[2]), now)
        else:
            lines = tracing.of_text(database, int(named[2]), settings.sender, now)
        database.close()
    if lines is None:
        click.echo(f"there is no {named[1] or 'text'} {named[2]}", err=True)
        sys.exit(1)
    for line in lines:
        at = f"{line.at:%Y-%m-%d %H:%M:%S}" if line.at else ""
        click.echo(f"{at:19}  {line.what}")
