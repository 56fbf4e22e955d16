"""The ledger of consent: rows are added, never changed, and deleted by erasure alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert

from bot.store.tables import consents


@dataclass(frozen=True, slots=True)
class Shown:
    """The words that somebody was shown when they agreed or left; their text is in `wordings`."""

    message_id: str
    language: str
    fingerprint: str


def append(
    connection: Connection,
    number_index: bytes,
    event: str,
    at: datetime,
    channel: str,
    detail: str,
    shown: Shown | None = None,
    message_sid: str | None = None,
    address_hash: bytes | None = None,
) -> None:
    """Add one event: asked, joined, confirmed, opted_out, came_back, ended or erased.

    `channel`: keyword, web, carrier or operator. `detail`: the programme, or how it was said.
    """
    connection.execute(
        insert(consents).values(
            number_index=number_index,
            event=event,
            at=at,
            channel=channel,
            detail=detail[:40],
            message_id=shown.message_id if shown else None,
            language=shown.language if shown else None,
            fingerprint=shown.fingerprint if shown else None,
            message_sid=message_sid,
            address_hash=address_hash,
        )
    )
