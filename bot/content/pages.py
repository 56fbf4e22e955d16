"""The words of the web pages, and their small markup.

Paragraphs are separated by blank lines, lists are lines that begin with "- ", links are written
`[words](target)` and strong words `**so**`. There is nothing else, so nothing can be injected.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path as File

from bot.content.complaints import Complaints
from bot.content.entries import Entry, opened
from bot.core.library import Service

NAMES = ("frame", "home", "join", "sent", "busy", "away", "privacy", "terms")
TARGETS = ("/", "tel:", "sms:", "mailto:", "https://")
SLOTS = ("morning", "noon", "evening")
FILL_IN = re.compile(r"\{(\w*)\}")
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]*)\)")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it, in markup."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """The words of one page."""

    title: str
    lead: str
    sections: tuple[Section, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    """Labels, hints and errors by name."""


@dataclass(frozen=True, slots=True)
class Pages:
    """The words of all pages, with the names of the service filled in."""

    name: str
    """What the service is called."""
    frame: Page
    home: Page
    join: Page
    sent: Page
    busy: Page
    away: Page
    privacy: Page
    terms: Page


WORDS = {
    "frame": "skip crisis crisis_label nav_label nav_home nav_join nav_privacy nav_terms foot",
    "home": "text_heading text_lead recovery_word recovery_about treatment_word treatment_about "
    "open_sms qr_label qr_caption form_heading form_lead form_button rates",
    "join": "required phone_label phone_hint programme_label programme_hint recovery treatment "
    "slot_label slot_hint slot_any slot_morning slot_noon slot_evening zip_label zip_hint consent "
    "consent_label button button_busy after leave_empty errors_heading error_empty "
    "error_not_a_number error_foreign error_no_texts error_unassigned error_consent error_zip "
    "error_choice error_again error_mark",
}
"""The words that a page must have; the others have none."""


def load_pages(directory: File, service: Service, number: str) -> Pages:
    """The pages of `messages/pages/`. Raises `ContentError` with every complaint.

    `number`: the number that people text to, as it is to be read.
    """
    complaints = Complaints()
    values = {
        "name": service.name,
        "contact": _contact(service.contact),
        "operator": service.operator,
        "number": number,
        "window_from": _hour(service.window_from),
        "window_to": _hour(service.window_to),
        "sunday_from": _hour(service.sunday_from),
    }
    for slot in SLOTS:
        if slot not in service.slots:
            says = f"the form of the sign-up page offers the slot {slot}: define it"
            complaints.add(f"{directory.name}/service.toml", 1, says)
    pages = {name: _page(directory, name, values, complaints) for name in NAMES}
    complaints.raise_if_any()
    return Pages(name=service.name, **pages)


def _page(directory: File, name: str, values: Mapping[str, str], complaints: Complaints) -> Page:
    entry = opened(directory, f"pages/{name}.toml", complaints)
    entry.only("title", "lead", "words", "section")
    words = entry.table("words")
    known = WORDS.get(name, "").split()
    words.only(*known)
    framed = name == "frame"
    return Page(
        title="" if framed else _filled(entry, "title", values),
        lead="" if framed else _filled(entry, "lead", values),
        sections=tuple(_section(section, values) for section in entry.entries("section")),
        words={key: _filled(words, key, values) for key in known},
    )


def _contact(contact: str) -> str:
    """A contact as people can use it: an e-mail address becomes a link."""
    return f"[{contact}](mailto:{contact})" if "@" in contact else contact


def _hour(wall: time) -> str:
    """A wall time as people say it: "10 am", "12:30 pm"."""
    minutes = f":{wall.minute:02d}" if wall.minute else ""
    return f"{wall.hour % 12 or 12}{minutes} {'am' if wall.hour < 12 else 'pm'}"


def _section(entry: Entry, values: Mapping[str, str]) -> Section:
    entry.only("heading", "text")
    return Section(_filled(entry, "heading", values), _filled(entry, "text", values).strip())


def _filled(entry: Entry, key: str, values: Mapping[str, str]) -> str:
    """The words with the service's names in place. `{word}` is left for the page to fill."""
    text = entry.text(key)
    for name in FILL_IN.findall(text):
        if name not in values and name != "word":
            entry.complain(f"nothing fills in {{{name}}}; known: {', '.join(values)}", key)
    for _, target in LINK.findall(text):
        if not target.startswith(TARGETS) or target.startswith("//"):
            entry.complain(f"a link leads to {' '.join(TARGETS)} only, not to {target}", key)
    return FILL_IN.sub(lambda found: values.get(found[1], found[0]), text)
