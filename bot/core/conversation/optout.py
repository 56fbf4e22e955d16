"""No means no: opt-outs in any words, the one question where they are unclear, and the silence."""

from __future__ import annotations

from bot.core.conversation import own, questions
from bot.core.conversation.turn import Turn
from bot.core.model import Decision, OptOut
from bot.core.reading import Danger
from bot.core.reading import OptOut as Meaning

AFTER_OPT_OUT = frozenset({"help", "start", "delete"})
"""What is still answered after an opt-out, beside danger."""


def exact(turn: Turn) -> Decision | None:
    """One of the carrier's own words. Beside danger the rules for danger act on both."""
    if not turn.reading.exact_optout or turn.reading.danger is not Danger.NONE:
        return None
    if turn.opted_out:
        return Decision("opt-out again")
    if turn.handles_stop:
        return Decision("opt-out: exact", changes=(OptOut("exact"),))
    return turn.answer("opt-out: exact", "stop", OptOut("exact"))


def in_words(turn: Turn) -> Decision | None:
    """An opt-out in a person's own words, which no carrier knows: confirmed once, here."""
    if not turn.wants_out:
        return None
    if turn.opted_out:
        return Decision("opt-out again")
    return turn.answer("opt-out: sentence", "stop", OptOut("sentence"))


def silence(turn: Turn) -> Decision | None:
    """After an opt-out nothing is said but to danger, HELP, START and DELETE."""
    if not turn.opted_out:
        return None
    candidates = turn.reading.keyword_candidates
    meant = turn.reading.keyword or (candidates[0] if len(candidates) == 1 else None)
    return None if meant in AFTER_OPT_OUT else Decision("silence after opt-out")


def unclear(turn: Turn) -> Decision | None:
    """Stop the texts, or stop using? Asked once. A command is clear, so is an asked-for "no"."""
    if turn.reading.optout is not Meaning.UNCLEAR or turn.reading.keyword is not None:
        return None
    if own.answered(turn) is not None or questions.answered(turn) is not None:
        return None
    asked = questions.open_question(turn)
    if asked is not None and asked.id == "ask_stop":
        return turn.answer("unclear stop again", "ask_stop_rest")
    return turn.answer("unclear stop", "ask_stop", *questions.holding(turn, "ask_stop"))
