"""`bot keys`: make them, change them, and what a change takes."""

from __future__ import annotations

import sys

import click
from rich.console import Console
from rich.progress import Progress

from bot import keys
from bot.commands.safe import Safe, opened
from bot.store import numbers

PASSES = 5


@click.group("keys", invoke_without_command=True, epilog=keys.INDEX_KEY_CHANGE)
@click.pass_context
def command(context: click.Context) -> None:
    """The keys that seal numbers and texts.

    To change NUMBER_KEYS: put a new key in front of the old one, restart every process, run
    `bot keys rotate`, take the old key out, restart.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@command.command()
def new() -> None:
    """Print fresh lines for .env. Keep a copy where the database is not."""
    click.echo(keys.new_settings())


@command.command()
def rotate() -> None:
    """Seal everything with the newest of NUMBER_KEYS, while the service runs.

    It may be broken off and started again.
    """
    with opened() as safe:
        done = _until_nothing_is_old(safe)
    if done.unreadable:
        click.echo(f"{done.unreadable} values are opened by no key: put the key back", err=True)
        sys.exit(1)
    if done.resealed:
        click.echo(
            "values are still being sealed with an old key: restart every process with the new key "
            "in front, then run this again",
            err=True,
        )
        sys.exit(1)
    click.echo(f"all {done.current} values are under the newest key: the others can be taken out")


def _until_nothing_is_old(safe: Safe) -> keys.Rotated:
    """What the last pass came upon; in a right set-up the second finds nothing old."""
    done = keys.Rotated(resealed=1)
    with Progress(console=Console(stderr=True)) as progress:
        while done.resealed and len(progress.tasks) < PASSES:
            done = _pass(safe, progress)
    return done


def _pass(safe: Safe, progress: Progress) -> keys.Rotated:
    total = safe.database.read(numbers.count_sealed)
    bar = progress.add_task(f"pass {len(progress.tasks) + 1}", total=total)
    return keys.rotate(safe.database, safe.vault, lambda count: progress.advance(bar, count))
