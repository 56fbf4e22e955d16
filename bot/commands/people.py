"""`bot export` and `bot erase`: what one person can ask for."""

from __future__ import annotations

import json

import click

from bot import privacy
from bot.commands.safe import number_argument, opened


@click.command("export")
@number_argument
def export(number: str) -> None:
    """Print all that is held on NUMBER as JSON. NUMBER may be "-", to be asked for it."""
    with opened() as safe:
        held = privacy.export(safe.database, safe.vault, number)
    click.echo(json.dumps(held, indent=2, ensure_ascii=False))
    if not held:
        click.echo("nothing is held on this number", err=True)


@click.command("erase")
@number_argument
@click.option("--yes", is_flag=True, help="Do not ask first.")
def erase(number: str, yes: bool) -> None:
    """Erase NUMBER and everything about it, for good. NUMBER may be "-", to be asked for it.

    What stays is a keyed hash, so that the number is never texted again by accident. Its owner can
    come back by texting a keyword.
    """
    if not yes:
        click.confirm(
            "Everything about this number goes: settings, texts, consent record. Go on?",
            abort=True,
            err=True,
        )
    with opened() as safe:
        known = privacy.erase(safe.database, safe.vault, number, safe.now)
    if known:
        click.echo("erased; the words at the carrier are blanked by the worker's next ticks")
    else:
        click.echo("nothing was held on it; it is on the suppression list now")
