"""Reading the ledger of consent: one number's history, and all of it in batches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from bot.store.tables import consents, subscribers, wordings


@dataclass(frozen=True, slots=True)
class Event:
    """One row, with the words that were shown."""

    id: int
    number_index: bytes
    number_sealed: bytes | None
    """None once the number is no longer kept."""
    event: str
    at: datetime
    channel: str
    detail: str
    message_id: str | None
    language: str | None
    fingerprint: str | None
    words: str | None
    message_sid: str | None
    address_hash: bytes | None

    @classmethod
    def from_row(cls, row: Row[Any]) -> Event:
        """The value of a row of the query below."""
        return cls(**row._mapping)


def _events() -> Select[Any]:
    return (
        select(*consents.c, wordings.c.body.label("words"), subscribers.c.number_sealed)
        .select_from(consents)
        .outerjoin(wordings, wordings.c.fingerprint == consents.c.fingerprint)
        .outerjoin(subscribers, subscribers.c.number_index == consents.c.number_index)
        .order_by(consents.c.id)
    )


def history(connection: Connection, number_index: bytes) -> list[Event]:
    """Everything that happened to one number's consent, oldest first."""
    query = _events().where(consents.c.number_index == number_index)
    return [Event.from_row(row) for row in connection.execute(query)]


def events_after(connection: Connection, after: int, most: int) -> list[Event]:
    """The next rows of all, in their order."""
    query = _events().where(consents.c.id > after).limit(most)
    return [Event.from_row(row) for row in connection.execute(query)]
