"""What a person can ask for: no more texts, a copy of what is held on them, and that it goes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from bot import enrolment
from bot.crypto import SealError, Vault
from bot.enrolment import Occasion
from bot.store import consents, dossier, erasure, subscribers
from bot.store.database import Database

UNREADABLE = "(sealed with a key that is not at hand)"


def erase(
    database: Database, vault: Vault, number: str, now: datetime, channel: str = "operator"
) -> bool:
    """Erase everything about a number (E.164) and suppress it; whether anything was known of it.

    Somebody who is not known is suppressed all the same: that is what they ask for.
    """
    number_index = vault.index(number)

    def work(connection: Connection) -> bool:
        person = subscribers.lock(connection, number_index)
        if person is None:
            erasure.close_ledger(connection, number_index, channel, now)
            return False
        erasure.erase(connection, person.subscriber.id, number_index, now, channel=channel)
        return True

    return database.write(work)


def withdraw(database: Database, vault: Vault, number: str, how: str, now: datetime) -> None:
    """Opt a number (E.164) out for its owner, who asked by `how`: email, phone or letter.

    A number that is not known is put on the suppression list: it is never asked by the form.
    """
    number_index = vault.index(number)

    def work(connection: Connection) -> None:
        person = subscribers.lock(connection, number_index)
        if person is not None:
            enrolment.opt_out(connection, person, how, Occasion("operator", now))
            return
        subscribers.suppress(connection, number_index, "opted out", now)
        consents.append(connection, number_index, "opted_out", now, "operator", how)

    database.write(work)


def export(database: Database, vault: Vault, number: str) -> dict[str, Any]:
    """Everything that is held on a number (E.164), by table, opened and fit for JSON."""
    held = database.read(lambda c: dossier.gather(c, vault.index(number)))
    return {name: [_readable(row, vault) for row in rows] for name, rows in held.items() if rows}


def _readable(row: Mapping[str, Any], vault: Vault) -> dict[str, Any]:
    return {name.removesuffix("_sealed"): _value(name, value, vault) for name, value in row.items()}


def _value(name: str, value: Any, vault: Vault) -> Any:
    if isinstance(value, bytes) and name.endswith("_sealed"):
        try:
            return vault.open(value)
        except SealError:
            return UNREADABLE
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, date):
        return value.isoformat()
    return value
