"""Joining a programme by its keyword, by START, by JOIN after the web page."""

from __future__ import annotations

from bot.core.conversation.turn import Turn
from bot.core.library import Programme
from bot.core.model import (
    Change,
    Consent,
    Decision,
    EndProgrammes,
    Join,
    Remember,
    Reply,
    Resume,
    SetTag,
)


def keyword(turn: Turn) -> Decision | None:
    """RECOVERY, TREATMENT or both: joined at once, since the person texted first."""
    named = named_in(turn, f"{turn.reading.keyword or ''} {turn.reading.rest}")
    if turn.reading.keyword not in named:
        return None
    return join(turn, named)


def named_in(turn: Turn, words: str) -> tuple[str, ...]:
    """The ids of the programmes that the words name, in the order of the words."""
    found = []
    for word in words.split():
        for programme in turn.library.programmes.values():
            names = {programme.id, (programme.keyword or "").lower(), *programme.aliases}
            if programme.keyword and word in names and programme.id not in found:
                found.append(programme.id)
    return tuple(found)


def join(turn: Turn, ids: tuple[str, ...], *before: Change, adult: bool = False) -> Decision:
    """Join those of the programmes that do not run yet, each with its welcome."""
    if turn.subscriber.tags.get("minor") and not adult:
        return turn.answer("join: under 18", "under18")
    running = {enrolment.programme for enrolment in turn.subscriber.active}
    new = [turn.library.programmes[name] for name in ids if name not in running]
    if not new:
        title = turn.library.programmes[ids[0]].title
        return turn.answer("join: already in", "already", *before, programme=title)
    changes: list[Change] = [*before, *(Join(programme.id) for programme in new)]
    if turn.paused:
        changes.append(Resume())
    welcomes = tuple(welcome(turn, programme) for programme in new)
    changes.append(Remember(message=welcomes[-1].message.id))
    return Decision("join", welcomes, tuple(changes))


def welcome(turn: Turn, programme: Programme) -> Reply:
    """The first message, which is the answer to the keyword."""
    return turn.tell(programme.messages[0])


def confirm(turn: Turn) -> Decision | None:
    """JOIN: the owner of a number that was typed on the web page says yes."""
    if turn.reading.keyword != "join":
        return None
    subscriber = turn.subscriber
    asked = subscriber.pending_programme
    until = subscriber.pending_until
    agreeable = subscriber.consent in (Consent.PENDING, Consent.GIVEN)
    waiting = agreeable and (until is None or until > turn.now)
    if asked is None or asked not in turn.library.programmes or not waiting:
        if subscriber.active:
            title = turn.library.programmes[subscriber.active[0].programme].title
            return turn.answer("join: already in", "already", programme=title)
        return turn.answer("join: nothing waits", "join_none")
    reply = welcome(turn, turn.library.programmes[asked])
    changes = (Join(asked, confirmed=True), Remember(message=reply.message.id))
    return Decision("join: confirmed", (reply,), changes)


def under_age(turn: Turn) -> Decision | None:
    """Someone younger than 18: a kind reply with 988, and the programmes end."""
    if turn.reading.age is None:
        return None
    changes = (EndProgrammes("under_18"), SetTag("minor", "yes"))
    return turn.answer("under 18", "under18", *changes)
