"""Finding the people behind a batch of numbers that went out of use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, select

from bot.core.model import Consent
from bot.store.tables import subscribers


@dataclass(frozen=True, slots=True)
class Hit:
    """Somebody whose number is on the list and who has not opted out."""

    id: int
    number_index: bytes


def is_any_known(connection: Connection, indexes: Sequence[bytes]) -> bool:
    """Whether any of these keyed hashes is somebody's."""
    query = select(subscribers.c.id).where(_hit(indexes)).limit(1)
    return connection.execute(query).first() is not None


def lock(connection: Connection, indexes: Sequence[bytes]) -> list[Hit]:
    """The people behind these keyed hashes, locked until the transaction ends."""
    query = select(subscribers.c.id, subscribers.c.number_index).where(_hit(indexes))
    rows = connection.execute(query.order_by(subscribers.c.id).with_for_update())
    return [Hit(row.id, row.number_index) for row in rows]


def _hit(indexes: Sequence[bytes]) -> ColumnElement[bool]:
    return and_(subscribers.c.number_index.in_(indexes), subscribers.c.consent != Consent.WITHDRAWN)
