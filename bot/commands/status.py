"""`bot status`: how it goes."""

from __future__ import annotations

from datetime import datetime

import click
from rich.console import Console
from rich.table import Table

from bot import status
from bot.clock import Clock
from bot.commands.start import database_of, plainly, settings_or_exit
from bot.status import Status
from bot.store.migrate import require_current


@click.command("status")
def command() -> None:
    """Queue, pace, doubts, flags and ticks, at a glance."""
    settings = settings_or_exit()
    with plainly():
        database = database_of(settings)
        require_current(database)
        found = status.gather(database, settings.sender, Clock(settings.clock_at).now())
        database.close()
    Console().print(table(found, settings.send_rate))


def table(found: Status, rate: float) -> Table:
    """The figures as a person reads them."""
    made = Table("what", "now", title="Text support")
    for what, value in rows(found, rate):
        made.add_row(what, value)
    return made


def rows(found: Status, rate: float) -> list[tuple[str, str]]:
    """What is shown, in the order of what matters."""
    stopped = f"since {_time(found.stopped_since)}: {found.stopped_error}"
    return [
        ("sending", stopped if found.stopped_since else "goes"),
        ("pace", _pace(found, rate)),
        ("daily cap reached until", _time(found.capped_until)),
        ("segments on the carriers' day", str(found.day_segments)),
        *((f"waiting, {name}", _queue(found, p)) for p, name in ((0, "urgent"), (1, "routine"))),
        ("planning behind by", f"{found.planning_lag_s:.0f} s"),
        ("in doubt", f"{found.in_doubt}, oldest {_time(found.oldest_doubt_at)}"),
        ("in doubt, to look at", str(found.not_settled)),
        *((f"settled by {way}, last day", str(n)) for way, n in sorted(found.settled.items())),
        *((f"texts {s}, {k}", str(n)) for (s, k), n in sorted(found.texts.items())),
        ("messages stopped", ", ".join(found.stopped_messages) or "none"),
        *((f"to follow up: {kind}", str(n)) for kind, n in sorted(found.flags.items())),
        ("last text in", _time(found.last_inbound_at)),
        ("last report of the carrier", _time(found.last_report_at)),
        *((f"tick {tick.name}", _tick(tick)) for tick in found.ticks),
    ]


def _pace(found: Status, rate: float) -> str:
    slowed = f", slowed {found.slow_factor} times" if found.slow_factor > 1 else ""
    return f"{rate:g} segments a second{slowed}"


def _queue(found: Status, priority: int) -> str:
    queue = found.queues[priority]
    return f"{queue.length}, oldest due {_time(queue.oldest_due_at)}"


def _tick(tick: status.TickStatus) -> str:
    trouble = f", failed {tick.failures} times" if tick.failures else ""
    last = f", last with {tick.error}" if tick.error else ""
    return f"{_time(tick.ended_at)}{trouble}{last}"


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else "-"
