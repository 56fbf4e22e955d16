"""Rules on the lines that a text must carry: who to call, naloxone, how to end it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bot.linting.model import Context, Place, TextRule, WholeRule, Wording

REMIND_EVERY = 35
"""Days between two reminders of STOP in a programme; about every fourth week."""

_NUMBER = {"988": r"\b988\b", "911": r"\b911\b", "STOP": r"\bSTOP\b"}
_NALOXONE = {
    "en": r"naloxone|narcan|(?:handles?|take) (?:far |much )?less",
    "es": r"naloxona|narcan|aguanta menos",
}
_CARE = re.compile(r"\b(?:FIND|GROUPS|FAMILY)\b")
CRISIS = ("911", "988")

LOW_MOOD = frozenset({
    "mental-health/12", "mental-health/13", "mental-health/14", "mental-health/16",
    "mental-health/18", "mental-health/20", "mental-health/33", "depression/11", "depression/12",
    "depression/13", "depression/14", "depression/15", "depression/16", "depression/22",
})  # fmt: skip
"""Claims on low mood, trauma and suicide."""
LESS_TOLERANCE = frozenset({"treatments/9", "treatments/14", "gap/3"})
"""Claims on detox, a break, a slip, or the end of a medicine."""
SAFETY = ("988", "911", "NAL", "STOP")


def _line(flag: str) -> Callable[[Wording, Context], Iterator[str]]:
    def check(wording: Wording, _: Context) -> Iterator[str]:
        carried = re.search(_NUMBER[flag], wording.message.text)
        if flag in wording.message.flags and not carried:
            yield f"it is flagged {flag} and does not say {flag}"

    return check


def _naloxone(wording: Wording, _: Context) -> Iterator[str]:
    words = _NALOXONE.get(wording.message.language, _NALOXONE["en"])
    carried = re.search(words, wording.message.text, re.IGNORECASE)
    if "NAL" in wording.message.flags and not carried:
        yield "it is flagged NAL and names neither naloxone nor that the body handles less"


def _resource(wording: Wording, context: Context) -> Iterator[str]:
    text = wording.message.text
    contacts = {resource.contact for resource in context.library.resources.values()}
    named = any(contact in text for contact in contacts - set(CRISIS))
    if "RES" in wording.message.flags and not named and not _CARE.search(text):
        yield "it is flagged RES and leads to no place of care or support"


def _flagged(wording: Wording, _: Context) -> Iterator[str]:
    """The other way round, so that the sheet and the review see every text with a crisis line."""
    for flag in CRISIS:
        if re.search(_NUMBER[flag], wording.message.text) and flag not in wording.message.flags:
            yield f"it says {flag} and is not flagged {flag}"


def _low_mood(wording: Wording, _: Context) -> Iterator[str]:
    found = sorted(LOW_MOOD.intersection(wording.message.claims))
    if found and "988" not in wording.message.flags:
        yield f"it rests on {', '.join(found)} and does not carry 988"


def _tolerance(wording: Wording, _: Context) -> Iterator[str]:
    found = sorted(LESS_TOLERANCE.intersection(wording.message.claims))
    if found and "NAL" not in wording.message.flags:
        yield f"it rests on {', '.join(found)} and carries neither naloxone nor the warning"


def _stop(context: Context) -> Iterator[tuple[Place, str]]:
    """The welcome says how to end the texts and where to turn; reminders follow."""
    for programme in context.library.programmes.values():
        if programme.keyword is None or not programme.messages:
            continue
        welcome = programme.messages[0]
        if missing := {"STOP", "988"} - welcome.flags:
            yield welcome, f"the welcome is not flagged {', '.join(sorted(missing))}"
        reminded = 1
        for message in programme.messages:
            if (message.day or 0) - reminded > REMIND_EVERY:
                yield message, f"nobody was reminded of STOP since day {reminded}"
            if "STOP" in message.flags:
                reminded = message.day or reminded


def _twins(context: Context) -> Iterator[tuple[Place, str]]:
    """A translation carries what its English twin carries."""
    system = context.library.system
    for message in system.values():
        if message.language == "en":
            continue
        name = message.id.removeprefix("sys.").removesuffix(f".{message.language}")
        twin = system.get(name)
        if twin is None:
            yield message, f"it translates sys.{name}, which is not there"
        elif missing := {flag for flag in SAFETY if flag in twin.flags} - message.flags:
            yield message, f"{twin.id} carries {', '.join(sorted(missing))}, it does not"


def _overdose(context: Context) -> Iterator[tuple[Place, str]]:
    """Whoever texts SAFE and whoever has an emergency get the same steps."""
    safe, reply = context.library.topics.get("safe"), context.library.system.get("overdose")
    if safe and reply and safe.messages[0].text != reply.text:
        yield safe.messages[0], f"its words are not those of {reply.id}"


RULES: tuple[TextRule | WholeRule, ...] = (
    TextRule("line-988", 'Write "call or text 988", or take the flag off.', _line("988")),
    TextRule("line-911", 'Write "call 911", or take the flag off.', _line("911")),
    TextRule("line-stop", 'Write "reply STOP to end", or take the flag off.', _line("STOP")),
    TextRule("line-naloxone", 'Write "keep naloxone near", or take the flag off.', _naloxone),
    TextRule(
        "line-resource",
        "Name a contact of resources.toml, or FIND, GROUPS or FAMILY; or take the flag off.",
        _resource,
    ),
    TextRule("flag-missing", "Add the flag.", _flagged),
    TextRule("low-mood-988", "Add a line on 988, and the flag.", _low_mood),
    TextRule("less-tolerance", "Add naloxone or the warning, and the flag NAL.", _tolerance),
    WholeRule("stop-reminder", 'Add "reply STOP to end" to a text, and the flag STOP.', _stop),
    WholeRule("twin-flags", "Add the line to the translation, and the flag.", _twins),
    WholeRule("overdose-twin", "Copy the words of the one into the other.", _overdose),
)
