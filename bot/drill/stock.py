"""Fills a database with people and texts to send."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert

from bot.core.library import fingerprint
from bot.crypto import Vault
from bot.store.database import Database
from bot.store.tables import subscribers, texts, wordings

BATCH = 2000
TEXTS_A_PERSON = 2
URGENT_SHARE = 0.05
OPEN = timedelta(hours=10)


def fill(database: Database, vault: Vault, count: int, seed: int, now: datetime) -> None:
    """Queue `count` texts, two a person, each in other words; a twentieth of them urgent."""
    draw = random.Random(seed)
    bodies = [f"Drill {n}: a small step is a step." for n in range(TEXTS_A_PERSON)]
    people = -(-count // TEXTS_A_PERSON)
    database.write(lambda c: _keep_words(c, bodies, now))
    for start in range(0, people, BATCH):
        ids = range(start + 1, min(start + BATCH, people) + 1)
        persons = [_person(vault, one, now) for one in ids]
        queued = [_text(one, body, draw, now) for one in ids for body in bodies]
        left = count - start * TEXTS_A_PERSON
        database.write(_insert(persons, queued[:left]))


def _insert(
    persons: list[dict[str, object]], queued: list[dict[str, object]]
) -> Callable[[Connection], None]:
    def work(connection: Connection) -> None:
        connection.execute(insert(subscribers), persons)
        connection.execute(insert(texts), queued)

    return work


def _keep_words(connection: Connection, bodies: list[str], now: datetime) -> None:
    for number, body in enumerate(bodies):
        values = {
            "fingerprint": fingerprint(body), "message_id": f"DRILL{number}", "language": "en",
            "body": body, "first_at": now,
        }  # fmt: skip
        connection.execute(insert(wordings).values(values))


def number(id: int) -> str:
    """A number for a person of the drill, from the block that is kept for fiction."""
    return f"+1{217 + id // 100 % 700}55501{id % 100:02}"


def _person(vault: Vault, id: int, now: datetime) -> dict[str, object]:
    return {
        "id": id,
        "number_index": vault.index(number(id)),
        "number_sealed": vault.seal(number(id)),
        "consent": "given",
        "zones": "America/New_York",
        "slot": "morning",
        "pace": "standard",
        "language": "en",
        "spread": 0,
        "created_at": now,
        "seen_at": now,
    }


def _text(person: int, body: str, draw: random.Random, now: datetime) -> dict[str, object]:
    urgent = draw.random() < URGENT_SHARE
    return {
        "subscriber_id": person,
        "kind": "notice" if urgent else "push",
        "state": "queued",
        "priority": 0 if urgent else 1,
        "message_id": "DRILL",
        "language": "en",
        "fingerprint": fingerprint(body),
        "segments": 1,
        "due_at": now,
        "closes_at": now + OPEN,
        "created_at": now,
        "changed_at": now,
    }
