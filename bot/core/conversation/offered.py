"""Words that the service itself taught people to say are taken as what they are.

Beside its phrases the reader weighs how much a text is like others. That is for sentences: a whole
text that is a keyword, or one of the answers that the open check-in offers, says what it says. A
phrase for danger or for an opt-out still counts ("OD" is an overdose, whatever topic it names).
"""

from __future__ import annotations

from dataclasses import replace

from bot.core.conversation import checkins
from bot.core.conversation.questions import checkin_of, open_question
from bot.core.conversation.turn import Turn
from bot.core.reading import Danger, OptOut, Reason

WEIGHED = "weighed/"


def taken_at_its_word(turn: Turn) -> Turn:
    """The turn without what was only weighed, if the whole text is a word that was offered."""
    if not _offered(turn):
        return turn
    reading = turn.reading
    if _weighed(reading.danger_reason):
        reading = replace(reading, danger=Danger.NONE, danger_reason=None, danger_subject="unknown")
    if _weighed(reading.optout_reason):
        reading = replace(reading, optout=OptOut.KEEP, optout_reason=None)
    return replace(turn, heard=replace(turn.heard, reading=reading))


def _weighed(reason: Reason | None) -> bool:
    return reason is not None and reason.rule.startswith(WEIGHED)


def _offered(turn: Turn) -> bool:
    if turn.reading.keyword is not None and not turn.reading.rest:
        return True
    if checkins.folded(turn.words) in turn.library.commands.get("thanks", ()):
        return True
    question = open_question(turn)
    checkin = checkin_of(turn, question.id) if question is not None else None
    return checkin is not None and checkins.names(checkin, turn.words)
