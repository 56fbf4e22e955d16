"""`bot flags`: people to follow up."""

from __future__ import annotations

import click

from bot.commands.safe import Safe, opened
from bot.store import flags
from bot.store.flags import Flag

MOST = 500


@click.group("flags", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """Texts in which danger was read, and feedback. Without a word after it: the open ones."""
    if context.invoked_subcommand is None:
        context.invoke(show_open)


@command.command("list")
def show_open() -> None:
    """List the open flags, oldest first. No number and no words are shown."""
    with opened() as safe:
        found = safe.database.read(lambda c: flags.open_flags(c, MOST))
    if not found:
        click.echo("no flag is open")
    for flag in found:
        kept = "  words kept" if flag.body_sealed else ""
        click.echo(_line(flag) + kept)


@command.command()
@click.argument("id", type=int)
def settle(id: int) -> None:
    """Close flag ID once it is followed up; the words that were kept for it are overwritten."""
    with opened() as safe:
        done = safe.database.write(lambda c: flags.settle(c, id, safe.now))
    if not done:
        raise click.ClickException(f"there is no open flag {id}; `bot flags` lists them")
    click.echo(f"flag {id} is settled")


@command.command()
@click.argument("id", type=int)
@click.option("--number", "with_number", is_flag=True, help="Show number and words, after asking.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
def show(id: int, with_number: bool, yes: bool) -> None:
    """Show flag ID; with --number also who wrote and what, for the person who follows up."""
    with opened() as safe:
        flag = safe.database.read(lambda c: flags.find(c, id))
        if flag is None:
            raise click.ClickException(f"there is no flag {id}; `bot flags` lists the open ones")
        click.echo(_line(flag))
        if with_number:
            _reveal(safe, flag, yes)


def _reveal(safe: Safe, flag: Flag, yes: bool) -> None:
    if not yes:
        click.confirm("Number and words will stand on this screen. Go on?", abort=True, err=True)
    sealed = flag.number_sealed
    click.echo(f"number: {safe.vault.open(sealed) if sealed else 'no longer kept'}")
    kept = flag.body_sealed
    click.echo(f"words:  {safe.vault.open(kept) if kept else 'no longer kept'}")


def _line(flag: Flag) -> str:
    settled = f"  settled {flag.settled_at:%Y-%m-%d %H:%M}" if flag.settled_at else ""
    return (
        f"{flag.id:6}  {flag.raised_at:%Y-%m-%d %H:%M} UTC  {flag.kind} ({flag.rule})  "
        f"subscriber:{flag.subscriber_id}{settled}"
    )
