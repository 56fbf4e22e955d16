"""Two things that can't wait for a topic: stopping a medicine, and being pregnant."""

from __future__ import annotations

from bot.core.conversation.checkins import folded
from bot.core.conversation.turn import Turn
from bot.core.model import Decision

MEDICINES = frozenset({
    "methadone", "suboxone", "subutex", "sublocade", "bup", "buprenorphine", "naltrexone",
    "vivitrol", "brixadi", "zubsolv", "medicine", "medicines", "medication", "medications",
    "meds", "medicina", "benzo", "benzos", "xanax", "klonopin", "valium", "ativan",
    "antidepressant", "antidepressants", "zoloft", "prozac", "lexapro", "metadona",
    "buprenorfina",
})  # fmt: skip
STOPPING = frozenset({
    "stop", "stopping", "stopped", "quit", "quitting", "taper", "tapering", "off", "skip",
    "skipping", "dejar", "turkey",
})  # fmt: skip
DISTANT = frozenset({
    "texts", "text", "messages", "texting", "years", "ago",
})  # fmt: skip
PREGNANT = ("pregnan", "embaraza", "prego", "preggo")


def medicine_stop(turn: Turn) -> Decision | None:
    """Somebody writes of stopping a medicine: talk with the clinic first."""
    words = set(folded(turn.words).split())
    if not (words & MEDICINES and words & STOPPING) or words & DISTANT:
        return None
    return turn.answer("stopping a medicine", "medicine_stop")


def pregnant(turn: Turn) -> Decision | None:
    """Somebody writes of a pregnancy: don't stop alone, there is care that suits."""
    words = folded(turn.words).split()
    if not any(word.startswith(PREGNANT) for word in words):
        return None
    return turn.answer("pregnant", "pregnant")
