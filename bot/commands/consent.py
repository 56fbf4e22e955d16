"""`bot consent`: the ledger, one number's or all of it."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from typing import TextIO

import click

from bot import privacy
from bot.commands.safe import Safe, number_argument, opened
from bot.crypto import SealError, Vault
from bot.store import ledger
from bot.store.ledger import Event

BATCH = 1000
COLUMNS = (
    "id", "number", "event", "at", "channel", "detail", "message_id", "language", "fingerprint",
    "words", "message_sid", "address",
)  # fmt: skip


@click.group("consent")
def command() -> None:
    """The consent ledger: who agreed to what, when, how, and to which words."""


@command.command()
@number_argument
def show(number: str) -> None:
    """Tell the history of NUMBER. NUMBER may be "-", to be asked for it."""
    with opened() as safe:
        index = safe.vault.index(number)
        events = safe.database.read(lambda c: ledger.history(c, index))
    if not events:
        click.echo("the ledger has nothing on this number", err=True)
    for event in events:
        for line in told(event):
            click.echo(line)


def told(event: Event) -> Iterator[str]:
    """One event in a few lines."""
    what = event.event.replace("_", " ")
    detail = f" ({event.detail})" if event.detail else ""
    yield f"{event.at:%Y-%m-%d %H:%M:%S} UTC  {what}{detail}, by {event.channel}"
    if event.words is not None:
        yield f"    words shown: {event.message_id} [{event.language}, {event.fingerprint}]"
        yield from (f"    | {line}" for line in event.words.splitlines())
    if event.message_sid:
        yield f"    text: {event.message_sid}"
    if event.address_hash:
        yield f"    from the network address with the keyed hash {event.address_hash.hex()}"


@command.command()
@number_argument
@click.option(
    "--by", "how", type=click.Choice(["email", "phone", "letter"]), required=True,
    help="The way by which its owner said so.",
)  # fmt: skip
def withdraw(number: str, how: str) -> None:
    """Opt NUMBER out for its owner, who asked otherwise than by text. No text is sent.

    NUMBER may be "-", to be asked for it.
    """
    with opened() as safe:
        privacy.withdraw(safe.database, safe.vault, number, how, safe.now)
    click.echo("opted out: every series is ended, and what was queued is cancelled")


@command.command()
@click.option("--format", "form", type=click.Choice(["csv", "jsonl"]), default="csv")
@click.option(
    "--with-numbers", is_flag=True, help="Open the numbers that are still kept; else keyed hashes."
)
def export(form: str, with_numbers: bool) -> None:
    """Write the whole ledger to standard output, oldest first."""
    with opened() as safe:
        write(safe, sys.stdout, form, with_numbers)


def write(safe: Safe, to: TextIO, form: str, with_numbers: bool) -> None:
    """The whole ledger, a batch at a time."""
    rows = (_row(event, safe.vault, with_numbers) for event in _all(safe))
    if form == "jsonl":
        to.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        return
    table = csv.DictWriter(to, COLUMNS)
    table.writeheader()
    table.writerows(rows)


def _all(safe: Safe) -> Iterator[Event]:
    after = 0

    def next_batch() -> list[Event]:
        return safe.database.read(lambda c: ledger.events_after(c, after, BATCH))

    while batch := next_batch():
        yield from batch
        after = batch[-1].id


def _row(event: Event, vault: Vault, with_numbers: bool) -> dict[str, object]:
    values = {name: getattr(event, name, None) for name in COLUMNS}
    number = _opened(event, vault) if with_numbers else None
    address = event.address_hash.hex() if event.address_hash else None
    said = {"number": number or event.number_index.hex(), "address": address}
    return values | said | {"at": event.at.isoformat()}


def _opened(event: Event, vault: Vault) -> str | None:
    if event.number_sealed is None:
        return None
    try:
        return vault.open(event.number_sealed)
    except SealError:
        return None
