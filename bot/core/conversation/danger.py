"""Danger: answered at any hour, to anyone, each time, before anything else is looked at.

Whoever writes of danger and of leaving in one text is taken off the list first, and the one reply
carries both the numbers and the confirmation.
"""

from __future__ import annotations

from datetime import timedelta

from bot.core.conversation.turn import Turn
from bot.core.model import (
    Change,
    CloseQuestion,
    Decision,
    EndProgrammes,
    Hold,
    KeepBody,
    OptOut,
    RaiseFlag,
)
from bot.core.reading import Danger

HELD_FOR = timedelta(hours=24)
"""How long pushes rest after a danger reading: nothing chatty into somebody's worst night."""

REPLIES = {
    Danger.SUICIDE: ("crisis", "stop_crisis"),
    Danger.OVERDOSE: ("overdose", "stop_overdose"),
    Danger.OTHER: ("danger", "stop_danger"),
}
"""The reply to each danger: alone, and with the confirmation of an opt-out in it."""

KINDS = (
    ("danger.violence", ("violence",)),
    ("danger.medical", ("medical", "seizure", "withdrawal", "pregnan")),
)
"""Which replies to other danger there are, by a part of the name of the rule that read it."""


def overdose(turn: Turn) -> Decision | None:
    """Somebody may be dying now: first aid and 911."""
    return _answer(turn, Danger.OVERDOSE)


def suicide(turn: Turn) -> Decision | None:
    """Thoughts of suicide or self-harm: 988 and 911."""
    return _answer(turn, Danger.SUICIDE)


def other(turn: Turn) -> Decision | None:
    """Violence, a child at risk, a body in trouble: 911 and 988."""
    return _answer(turn, Danger.OTHER)


def _answer(turn: Turn, danger: Danger) -> Decision | None:
    if turn.reading.danger is not danger:
        return None
    alone, with_stop = REPLIES[danger]
    leaves = turn.wants_out and not turn.opted_out
    carrier_confirms = turn.handles_stop and turn.reading.exact_optout
    reply = with_stop if leaves and not carrier_confirms else _kind_of(turn, alone)
    rule = _rule(turn, danger)
    changes: list[Change] = []
    if leaves:
        changes.append(OptOut("exact" if turn.reading.exact_optout else "sentence"))
    elif turn.reading.age is not None:
        changes.append(EndProgrammes("under_18"))
    until = turn.now + HELD_FOR
    changes += [RaiseFlag(danger.value, rule), Hold(until), KeepBody("flag"), CloseQuestion()]
    return Decision(f"danger: {danger.value}", (turn.say(reply),), tuple(changes))


def _rule(turn: Turn, danger: Danger) -> str:
    reason = turn.reading.danger_reason
    return reason.rule if reason is not None else danger.value


def _kind_of(turn: Turn, alone: str) -> str:
    if alone != "danger":
        return alone
    rule = _rule(turn, Danger.OTHER)
    return next((reply for reply, parts in KINDS if any(p in rule for p in parts)), alone)
