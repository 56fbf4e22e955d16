"""Two things that can't wait for a topic: stopping a medicine, and being pregnant."""

from __future__ import annotations

from collections.abc import Sequence

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
NEAR = 4
"""Words from the one to the other, at most."""

BEGINNING = frozenset({"start", "started", "starting", "using", "gets", "got", "getting"})
DISTANT = frozenset({
    "texts", "text", "messages", "texting", "years", "ago",
})  # fmt: skip
PREGNANT = ("pregnan", "embaraza", "prego", "preggo")


def medicine_stop(turn: Turn) -> Decision | None:
    """Somebody writes of stopping a medicine: talk with the clinic first."""
    words = folded(turn.words).split()
    if DISTANT & set(words) or not _stops(words):
        return None
    return turn.answer("stopping a medicine", "medicine_stop")


def _stops(words: Sequence[str]) -> bool:
    """Whether a medicine stands near a word for stopping, with nothing in between that begins."""
    verbs = [at for at, word in enumerate(words) if word in STOPPING]
    medicines = [at for at, word in enumerate(words) if word in MEDICINES]
    pairs = ((min(v, m), max(v, m)) for v in verbs for m in medicines)
    return any(
        end - start <= NEAR and not BEGINNING & set(words[start : end + 2]) for start, end in pairs
    )


def pregnant(turn: Turn) -> Decision | None:
    """Somebody writes of a pregnancy: don't stop alone, there is care that suits."""
    words = folded(turn.words).split()
    if not any(word.startswith(PREGNANT) for word in words):
        return None
    return turn.answer("pregnant", "pregnant")
