"""What a drill shows: the carrier's own ledger held against our records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from bot.store.database import Database
from bot.store.tables import receipts, texts

SETTLED = ("sent", "delivered", "undelivered", "failed")


@dataclass(slots=True)
class Disturbances:
    """What was done to the program."""

    kills: int = 0
    kills_with_nothing_in_hand: int = 0
    pauses: int = 0
    web_kills: int = 0
    database_restarts: int = 0
    in_hand: list[int] = field(default_factory=list)
    """Ids of the texts that a killed worker had claimed and not recorded."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The figures of a drill."""

    texts: int
    accepted: int
    delivered: int
    lost: int
    doubled: int
    unsettled: int
    states: Mapping[str, int]
    settled_by: Mapping[str, int]
    """How texts that were in doubt were settled: callback, list, again."""
    carrier_had_it: int
    """Of the texts in hand at a kill: the carrier had accepted them already."""
    carrier_never_had_it: int
    reports: int
    """Status reports that came through."""
    calls: Mapping[str, int]
    disturbances: Disturbances

    @property
    def passed(self) -> bool:
        """Nothing lost, nothing doubled, nothing unsettled."""
        return not (self.lost or self.doubled or self.unsettled)


def judge(database: Database, ledger: Mapping[str, Any], done: Disturbances) -> Verdict:
    """Compare text by text what the carrier accepted with what we believe."""
    accepted: Counter[int] = Counter()
    for row in ledger["texts"]:
        if row["reference"].isdecimal():
            accepted[int(row["reference"])] += row["accepted"]
    query = select(texts.c.id, texts.c.state, texts.c.settled)
    rows = database.read(lambda c: c.execute(query).all())
    final = [row for row in rows if row.state in SETTLED]
    in_hand = {row.id: row.settled for row in rows if row.id in set(done.in_hand)}
    return Verdict(
        texts=len(rows),
        accepted=sum(1 for row in rows if accepted[row.id]),
        delivered=ledger["summary"]["delivered"],
        lost=sum(1 for row in final if not accepted[row.id]),
        doubled=sum(1 for count in accepted.values() if count > 1),
        unsettled=len(rows) - len(final),
        states=Counter(row.state for row in rows),
        settled_by=Counter(row.settled for row in rows if row.settled),
        carrier_had_it=_count(done.in_hand, in_hand, ("callback", "list", None)),
        carrier_never_had_it=_count(done.in_hand, in_hand, ("again",)),
        reports=database.read(lambda c: c.scalar(select(func.count()).select_from(receipts))) or 0,
        calls=ledger["calls"],
        disturbances=done,
    )


def _count(ids: Sequence[int], settled: Mapping[int, Any], ways: tuple[str | None, ...]) -> int:
    return sum(1 for text in ids if settled.get(text) in ways)


def progress(database: Database) -> tuple[int, int]:
    """How many texts have come to an end, and how many are in doubt."""
    query = select(texts.c.state, func.count()).group_by(texts.c.state)
    counts = dict(database.read(lambda c: [(state, n) for state, n in c.execute(query)]))
    return sum(counts.get(state, 0) for state in SETTLED), counts.get("unknown", 0)
