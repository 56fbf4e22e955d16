"""Sentences that must not be met with a shrug.

Stopping a medicine, being pregnant, wanting to stop using, having used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.core.conversation import questions, topics
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
TEXTS = frozenset({"text", "texts", "texting", "message", "messages", "msgs", "mensajes"})
DISTANT = TEXTS | {"years", "ago"}
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


WANTS_TO_STOP = re.compile(
    r"\b(help me (to )?|how (do|can|to|did|should) (i |you |people )?"
    r"|(want|need|trying|try|ready) to |wanna |cant |can not |cannot "
    r"|quiero |como puedo |ayuda para )"
    r"(stop|quit|get (clean|sober|off)|come off|dejar)\b"
)
USED = re.compile(
    r"\bi (just |kinda |kind of |already )?(relapsed|slipped|messed up and used|used (again|last "
    r"night|today|yesterday|this morning|tonight|this week|after)|got high|shot up)\b|"
    r"\b(recai|volvi a (usar|consumir))\b"
)


def stopping_use(turn: Turn) -> Decision | None:
    """Somebody wants to stop using: where help is. If it may be the texts, they are asked."""
    said = folded(turn.words)
    if not WANTS_TO_STOP.search(said):
        return None
    if TEXTS & set(said.split()):
        return turn.answer("unclear stop", "ask_stop", *questions.holding(turn, "ask_stop"))
    return turn.answer("stopping use", "stop_using")


def slip(turn: Turn) -> Decision | None:
    """Somebody says that they used: the answer to SLIP."""
    if not USED.search(folded(turn.words)) or "slip" not in turn.library.topics:
        return None
    return topics.topic(turn.reading_as("slip"))
