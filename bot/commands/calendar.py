"""`bot messages calendar`: what one person gets, when, by their own clock."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from bot.content import ContentError, load
from bot.core.calendar import PACES, Change, NeverOpenError, Row, Window
from bot.core.calendar import calendar as played
from bot.core.library import Answer, Library, Programme
from bot.core.zones import EVERYWHERE, format_zones, zones_of_zip

JOINS_AT = time(12)
"""When somebody joins if only a day is given, and writes PAUSE; local."""
ANSWERS_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Life:
    """One person: what they join, where they live, what they choose and answer."""

    library: Library
    programmes: tuple[Programme, ...]
    joined_at: datetime
    zones: str
    slot: str
    pace: str
    changes: tuple[Change, ...] = ()

    def rows(self) -> list[Row]:
        """All that they get. Raises `NeverOpenError` where no hour is right in their zones."""
        return played(
            self.programmes,
            self.joined_at,
            self.zones,
            self.slot,
            self.pace,
            Window.of(self.library.service),
            changes=self.changes,
            also=tuple(self.library.programmes.values()),
        )

    def answering(self, answers: Sequence[tuple[str, Answer]]) -> Life:
        """The same life with answers to check-ins, each an hour after its question."""
        life, open_answers = self, dict(answers)
        while open_answers:
            asked = next((row for row in life.rows() if _question(row) in open_answers), None)
            if asked is None:
                raise click.ClickException(f"not sent to this person: {', '.join(open_answers)}")
            answer = open_answers.pop(_question(asked))
            at = asked.due_at + ANSWERS_AFTER
            change = Change(at, pace=answer.pace, tags=answer.set, join=answer.join)
            life = replace(life, changes=(*life.changes, change))
        return life


def _question(row: Row) -> str:
    """The id of the message, whichever of its wordings this is."""
    return row.message.id.partition(".")[0]


@click.command("calendar")
@click.option("--programme", "names", multiple=True, required=True, help="Its id; repeat for both.")
@click.option("--joined", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), required=True,
              help="Local day, or day and time, of joining.")  # fmt: skip
@click.option("--zip", "zip_code", help="Five digits; without it, the hours right everywhere.")
@click.option("--slot", help="morning, noon, evening, or an hour like 14:30.")
@click.option("--pace", type=click.Choice(list(PACES)), default="standard", show_default=True)
@click.option("--pause", "pauses", multiple=True, help="2026-12-10:7 pauses for 7 days.")
@click.option("--answer", "answers", multiple=True, help="T04=2 answers check-in T04 with 2.")
@click.option(
    "--messages",
    "directory",
    envvar="MESSAGES_DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path("messages"),
    show_default=True,
    help="Where the words are.",
)
def command(
    names: tuple[str, ...],
    joined: datetime,
    zip_code: str | None,
    slot: str | None,
    pace: str,
    pauses: tuple[str, ...],
    answers: tuple[str, ...],
    directory: Path,
) -> None:
    """Show what one person gets, and when, in their local time."""
    try:
        library = load(directory)
    except ContentError as error:
        raise click.ClickException(str(error)) from error
    zones = _zones(zip_code)
    life = Life(
        library=library,
        programmes=tuple(_programme(library, name) for name in names),
        joined_at=_instant(joined, zones),
        zones=zones,
        slot=_slot(library, slot),
        pace=pace,
        changes=tuple(_pause(pause, zones) for pause in pauses),
    )
    try:
        rows = life.answering([_answer(library, answer) for answer in answers]).rows()
    except NeverOpenError as error:
        raise click.ClickException(str(error)) from error
    _print(life, rows)


def _programme(library: Library, name: str) -> Programme:
    if name.lower() not in library.programmes:
        known = ", ".join(library.programmes)
        raise click.BadParameter(f"there is no programme {name}; known: {known}")
    return library.programmes[name.lower()]


def _zones(zip_code: str | None) -> str:
    if zip_code is None:
        return EVERYWHERE
    zones = zones_of_zip(zip_code)
    if not zones:
        raise click.BadParameter(f"no time zone is known for ZIP {zip_code}")
    return format_zones(zones)


def _zone(zones: str) -> ZoneInfo:
    return ZoneInfo(zones.split()[0])


def _instant(local: datetime, zones: str) -> datetime:
    """A wall time as an instant; noon where only a day is given."""
    if local.time() == time():
        local = datetime.combine(local.date(), JOINS_AT)
    return local.replace(tzinfo=_zone(zones)).astimezone(UTC)


def _slot(library: Library, slot: str | None) -> str:
    slots = library.service.slots
    if slot is None:
        return library.service.default_slot
    try:
        return slot if slot in slots else f"{time.fromisoformat(slot):%H:%M}"
    except ValueError:
        known = ", ".join(slots)
        raise click.BadParameter(f"there is no slot {slot}; known: {known}, 14:30") from None


def _pause(pause: str, zones: str) -> Change:
    """`2026-12-10:7`: PAUSE texted at noon of that day, for so many days."""
    day, _, length = pause.partition(":")
    try:
        at = _instant(datetime.fromisoformat(day), zones)
        days = int(length or 7)
    except ValueError:
        raise click.BadParameter(f"write a pause like 2026-12-10:7, not {pause}") from None
    return Change(at, paused_until=at + timedelta(days=days))


def _answer(library: Library, given: str) -> tuple[str, Answer]:
    """`T04=2`, in any spelling that the check-in takes."""
    id_, _, said = given.partition("=")
    message = library.by_id.get(id_.upper())
    if message is None or message.checkin is None:
        raise click.BadParameter(f"{id_} is no check-in")
    for answer in message.checkin.answers:
        if said.casefold() in (answer.value.casefold(), *answer.words):
            return message.id, answer
    known = ", ".join(answer.value for answer in message.checkin.answers) or "any words"
    raise click.BadParameter(f"{message.id} is answered with {known}, not {said}")


def _print(life: Life, rows: list[Row]) -> None:
    service = life.library.service
    console = Console(width=None if sys.stdout.isatty() else 140)
    titles = " and ".join(programme.title for programme in life.programmes)
    table = Table(
        title=f"{titles[:1].upper()}{titles[1:]}",
        caption=(
            f"{len(rows)} texts. Local time in {life.zones.replace(' ', ', ')}. A pushed text "
            f"comes up to {service.spread_minutes} minutes after its time, at most one a day."
        ),
        show_lines=True,
    )
    for name in ("Day", "Date", "From", "Text", ""):
        table.add_column(name, justify="right" if name == "Day" else "left", no_wrap=name != "")
    table.columns[-1].header = "Words"
    first = rows[0].on if rows else None
    for row in rows:
        day = (row.on - first).days + 1 if first else 1
        clock = f"{row.due_local:%H:%M}" if row.closes_at else f"{row.due_local:%H:%M} reply"
        table.add_row(str(day), f"{row.on:%a %d %b %Y}", clock, row.message.id, row.message.text)
    console.print(table)
