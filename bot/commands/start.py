"""What commands begin with: settings, logs, parts; and how they say that something is wrong."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click
from dotenv import dotenv_values

from bot import app, logs
from bot.clock import Clock
from bot.content import ContentError
from bot.core.reading.patterns import PatternsError
from bot.keys import KeyMismatchError
from bot.settings import Settings, SettingsError, read
from bot.store.database import Database, StoreError
from bot.store.migrate import SchemaError

WRONG = 2
"""Exit status when settings, content or schema keep a command from starting."""


def environment() -> dict[str, str]:
    """`.env` of this folder, and over it the environment."""
    from_file = {name: value or "" for name, value in dotenv_values(Path(".env")).items()}
    return from_file | dict(os.environ)


def settings_or_exit() -> Settings:
    """The settings, or every complaint on standard error and exit status 2."""
    try:
        settings = read(environment())
    except SettingsError as error:
        stop("The settings are not right yet (see .env.example):", error.complaints)
    logs.set_up(settings.log_format)
    return settings


def database_of(settings: Settings, patience_s: float = 10.0) -> Database:
    """The database that the settings name."""
    return Database(settings.database_url, patience_s=patience_s)


def stop(headline: str, complaints: list[str] | None = None) -> NoReturn:
    """Say what is wrong and leave."""
    click.echo(headline, err=True)
    for complaint in complaints or ():
        click.echo(f"  {complaint}", err=True)
    sys.exit(WRONG)


@contextmanager
def plainly() -> Iterator[None]:
    """Turn what an operator can mend into a sentence instead of a traceback."""
    try:
        yield
    except (StoreError, SchemaError, KeyMismatchError) as error:
        stop(str(error))


def build_or_exit(settings: Settings, clock: Clock | None = None) -> app.Parts:
    """The parts, or every complaint about the words and exit status 2."""
    gc.disable()  # they stay for good: kept from being looked through, also later
    try:
        parts = app.build(settings, clock)
        gc.freeze()
        return parts
    except ContentError as error:
        stop("The words in MESSAGES_DIR can't be used yet:", error.complaints)
    except PatternsError as error:
        stop("The words for reading texts can't be used yet:", str(error).splitlines())
    finally:
        gc.enable()
