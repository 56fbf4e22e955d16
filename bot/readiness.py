"""What must be right before anything is sent to real people, and what keeps the program from its
work once it runs."""

from __future__ import annotations

from bot.core.library import Library
from bot.settings import Settings
from bot.store import senders, stops
from bot.store.database import Database, StoreError
from bot.store.migrate import SchemaError, require_current

EXAMPLE = "example"


def obstacles(settings: Settings, library: Library) -> list[str]:
    """Why this must not go live: empty for a rehearsal, where no real person is texted."""
    if not settings.live:
        return []
    from bot.linting import unreviewed_safety  # a rehearsal starts without it

    found = []
    service = library.service
    for name in ("contact", "operator"):
        if EXAMPLE in str(getattr(service, name)).lower():
            found.append(f"messages/service.toml: {name} is still the example's: write your own")
    waiting = unreviewed_safety(library)
    if waiting and not settings.allow_unreviewed:
        found.append(
            f"{len(waiting)} texts on which somebody's safety rests await a clinician's review "
            "(`bot messages sheet` prints them): have them signed, or set ALLOW_UNREVIEWED=yes "
            "and answer for it"
        )
    return found


def troubles(database: Database, sender: str) -> list[str]:
    """What keeps the program from its work now, a sentence each."""
    try:
        require_current(database)
        stopped = database.read(lambda c: senders.stopped(c, sender))
        filtered = database.read(stops.stopped)
    except (StoreError, SchemaError) as error:
        return [str(error)]
    found = [
        f"the message {row.message_id} is stopped for everybody: the carrier answered {row.error}; "
        f"reword it, or let it go with `bot release {row.message_id}`"
        for row in filtered
    ]
    if stopped is not None:
        found.append(
            f"sending stands still since {stopped.since:%Y-%m-%d %H:%M} UTC: Twilio answered "
            f"{stopped.error}; mend the set-up there, it goes on by itself"
        )
    return found
