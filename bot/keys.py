"""Keys: new ones, the change to a new one while the service runs, and whether they still fit.

A change goes like this: put the new key in front of `NUMBER_KEYS` and restart everything, so that
all processes read both and write the new one; rotate; take the old key out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.crypto import SealError, Vault, new_key
from bot.store import facts, numbers
from bot.store.database import Database
from bot.store.numbers import Sealed

BATCH = 500
INDEX_KEY = "index key"

INDEX_KEY_CHANGE = """\
NUMBER_INDEX_KEY finds people again and can't be changed the way NUMBER_KEYS can. The keyed hash of
a number can be made anew only where the number itself is kept. The suppression list, the record of
consent of everybody who is gone, and the count of how often a number was asked hold nothing but the
hash: under another key they would no longer be found, and people who had themselves erased could be
texted again. So it is made once, kept safe, and changed only if it got out; then stop the service,
keep the old database as the record, and begin with an empty one."""


class KeyMismatchError(Exception):
    """The keys in the settings are not those that the data was made with."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation came upon."""

    resealed: int = 0
    current: int = 0
    """Values that were under the newest key already."""
    unreadable: int = 0
    """Values that no key opens."""

    def __add__(self, other: Rotated) -> Rotated:
        return Rotated(
            self.resealed + other.resealed,
            self.current + other.current,
            self.unreadable + other.unreadable,
        )


def new_settings() -> str:
    """The two lines for `.env`, with fresh keys."""
    return f"NUMBER_KEYS={new_key()}\nNUMBER_INDEX_KEY={new_key()}"


def rotate(database: Database, vault: Vault, advance: Callable[[int], object]) -> Rotated:
    """Seal everything with the newest key, a batch to a transaction; `advance` hears of progress.

    It may be broken off and begun again, and the service may run: what changes meanwhile is left
    alone, and what is under the newest key already is passed over.
    """
    done = Rotated()
    after = 0

    def next_batch(connection: Connection) -> list[Sealed]:
        return numbers.numbers_after(connection, after, BATCH)

    while batch := database.read(next_batch):
        done += _reseal(database, vault, batch, numbers.put_numbers)
        after = int(batch[-1].id)
        advance(len(batch))
    kept = database.read(numbers.bodies)
    for start in range(0, len(kept), BATCH):
        batch = kept[start : start + BATCH]
        done += _reseal(database, vault, batch, numbers.put_bodies)
        advance(len(batch))
    return done


def _reseal(
    database: Database,
    vault: Vault,
    batch: list[Sealed],
    put: Callable[[Connection, list[tuple[Sealed, bytes]]], None],
) -> Rotated:
    old = [sealed for sealed in batch if not vault.is_newest(sealed.value)]
    changes, unreadable = [], 0
    for sealed in old:
        try:
            changes.append((sealed, vault.reseal(sealed.value)))
        except SealError:
            unreadable += 1
    if changes:
        database.write(lambda c: put(c, changes))
    return Rotated(len(changes), len(batch) - len(old), unreadable)


def require_keys(database: Database, vault: Vault, now: datetime) -> None:
    """Raise `KeyMismatchError`, with what to do, unless the keys fit the data.

    The first time, a fingerprint of the index key is kept beside the data.
    """
    known, sample = database.read(lambda c: (facts.recall(c, INDEX_KEY), numbers.first_number(c)))
    if known is not None and known != vault.check():
        raise KeyMismatchError(
            "NUMBER_INDEX_KEY is not the one that this database was made with, so nobody would be "
            "found: put the old one back (`bot keys` says what a change takes)"
        )
    if sample is not None:
        _try_on(vault, *sample)
    if known is None:
        database.write(lambda c: facts.remember(c, INDEX_KEY, vault.check(), now))


def _try_on(vault: Vault, index: bytes, sealed: bytes) -> None:
    try:
        number = vault.open(sealed)
    except SealError:
        raise KeyMismatchError(
            "NUMBER_KEYS does not open the numbers in this database: put the key that they were "
            "sealed with back at the end of the list"
        ) from None
    if vault.index(number) != index:
        raise KeyMismatchError(
            "NUMBER_INDEX_KEY does not find the numbers in this database: put the old one back "
            "(`bot keys` says what a change takes)"
        )
