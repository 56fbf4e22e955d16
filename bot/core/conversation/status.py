"""STATUS: what am I getting, and when is the next?"""

from __future__ import annotations

from bot.core.conversation import wording
from bot.core.conversation.turn import Turn
from bot.core.model import Decision, EnrolmentState


def status(turn: Turn) -> Decision:
    """The programmes that run, and the next text in local words."""
    subscriber = turn.subscriber
    running = sorted(
        (turn.library.programmes[e.programme] for e in subscriber.active),
        key=lambda programme: programme.priority,
    )
    if not running:
        states = {enrolment.state for enrolment in subscriber.enrolments.values()}
        over = EnrolmentState.COMPLETED in states
        return turn.answer("status: none", "ended" if over else "status_none")
    if turn.paused and subscriber.paused_until is not None:
        until = wording.day(subscriber.paused_until, subscriber.zones)
        return turn.answer("status: paused", "status_paused", until=until)
    if turn.held:
        return turn.answer("status: held", "status_held")
    titles = " and ".join(programme.title for programme in running)
    reply = "status" if len(running) == 1 else "status_both"
    return turn.answer("status", reply, programme=titles, when=turn.next_text())
