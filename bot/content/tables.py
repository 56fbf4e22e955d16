"""What stands beside the texts: the service, the commands, resources, claims, retired ids."""

from __future__ import annotations

from pathlib import Path as File

from bot.content.complaints import Complaints
from bot.content.entries import Entry, opened, unique
from bot.content.keywords import Keywords
from bot.core.calendar import Window
from bot.core.library import Claim, Resource, Service

STATUSES = ("OK", "OUTDATED", "MISSTATED", "HARMFUL", "GAP", "SYS")


def service(
    directory: File, complaints: Complaints, keywords: Keywords
) -> tuple[Service, dict[str, tuple[str, ...]]]:
    """Who runs this and when it may text; and the words of each command."""
    entry = opened(directory, "service.toml", complaints)
    entry.only(
        "name", "contact", "operator", "window_from", "window_to", "sunday_from",
        "default_slot", "spread_minutes", "slots", "commands",
    )  # fmt: skip
    slots = entry.table("slots")
    found = Service(
        name=_named(entry, "name"),
        contact=_named(entry, "contact"),
        operator=_named(entry, "operator"),
        window_from=entry.hour("window_from"),
        window_to=entry.hour("window_to"),
        sunday_from=entry.hour("sunday_from"),
        slots={name: slots.hour(name) for name in slots.data},
        default_slot=entry.text("default_slot"),
        spread_minutes=entry.number("spread_minutes"),
    )
    _check_hours(entry, found)
    commands = entry.table("commands")
    words = {name: commands.words(name) for name in commands.data}
    for name, spellings in words.items():
        keywords.add(commands, name, name, *spellings)
    for name in sorted({"help", "start", "menu"} - words.keys()):
        commands.complain(f"the command {name} is missing")
    return found, words


def _named(entry: Entry, key: str) -> str:
    """A name that is put into texts in the place of `{name}`."""
    found = entry.text(key)
    if "{" in found or "}" in found or "\n" in found:
        entry.complain(f'"{key}" stands in texts: no braces and one line only', key)
    return found


def _check_hours(entry: Entry, found: Service) -> None:
    if not found.window_from <= found.sunday_from < found.window_to:
        entry.complain("Sunday's window must begin inside the window", "sunday_from")
    try:
        Window.of(found)
    except ValueError as error:
        entry.complain(str(error), "window_to")
    slots = entry.table("slots")
    for name, begins in found.slots.items():
        if not found.window_from <= begins < found.window_to:
            slots.complain(f"the slot {name} begins outside the window", name)


def resources(directory: File, complaints: Complaints) -> dict[str, Resource]:
    """The numbers and sites that a text may name."""
    source = opened(directory, "resources.toml", complaints)
    source.only("resource")
    found = {}
    for name, entry in unique(source.entries("resource"), lambda entry: entry.text("id")):
        entry.only("id", "contact", "what", "checked_on", "source")
        found[name] = Resource(
            id=name,
            contact=entry.text("contact"),
            what=entry.text("what"),
            checked_on=entry.day("checked_on"),
            source=entry.text("source"),
            at=entry.at("checked_on"),
        )
    return found


def claims(directory: File, complaints: Complaints) -> dict[str, Claim]:
    """The claims ledger."""
    source = opened(directory, "claims.toml", complaints)
    source.only("claim")
    found = {}
    for name, entry in unique(source.entries("claim"), lambda entry: entry.text("id")):
        entry.only(
            "id", "article", "lines", "claim", "status", "corrected", "sources", "checked_on"
        )
        found[name] = Claim(
            id=name,
            article=_maybe(entry, "article"),
            lines=_maybe(entry, "lines"),
            claim=entry.text("claim"),
            status=entry.one_of("status", STATUSES) or "HARMFUL",
            corrected=_maybe(entry, "corrected"),
            sources=entry.words("sources"),
            checked_on=entry.day("checked_on"),
        )
        if "status" not in entry.data:
            entry.complain(f'"status" is missing: one of {", ".join(STATUSES)}')
    return found


def _maybe(entry: Entry, key: str) -> str:
    """A string that may be empty."""
    return "" if entry.data.get(key) == "" else entry.text(key)


def retired(directory: File, complaints: Complaints) -> frozenset[str]:
    """Ids that were used once and never may be again."""
    entry = opened(directory, "retired.toml", complaints)
    entry.only("ids")
    return frozenset(entry.words("ids"))
