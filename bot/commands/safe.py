"""What the commands about people begin with: the database, the keys, a number as typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import click

from bot.clock import Clock
from bot.commands.start import database_of, plainly, settings_or_exit, stop
from bot.crypto import SealError, Vault
from bot.keys import KeyMismatchError, require_keys
from bot.settings import Settings
from bot.store.database import Database
from bot.store.migrate import require_current


@dataclass(frozen=True, slots=True)
class Safe:
    """An open database and the keys that fit it."""

    settings: Settings
    database: Database
    vault: Vault
    now: datetime


@contextmanager
def opened() -> Iterator[Safe]:
    """The safe, or a sentence about what is wrong and exit status 2."""
    settings = settings_or_exit()
    database = database_of(settings)
    vault = Vault(settings.number_keys, settings.number_index_key)
    now = Clock(settings.clock_at).now()
    with plainly():
        try:
            require_current(database)
            require_keys(database, vault, now)
            yield Safe(settings, database, vault, now)
        except (KeyMismatchError, SealError) as error:
            stop(str(error))
        finally:
            database.close()


def typed(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """The E.164 form of a US or Canadian number in any usual spelling.

    "-" asks for it, which keeps it out of the shell's history. A complaint does not repeat it.
    """
    if value == "-":
        value = click.prompt("Number", err=True)
    digits = re.sub(r"\D", "", value)
    national = digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
    if len(national) != 10 or not re.fullmatch(r"[-+.() \d]*", value):
        raise click.BadParameter("write a number of ten digits, such as 216-555-0123")
    return f"+1{national}"


number_argument = click.argument("number", callback=typed)
