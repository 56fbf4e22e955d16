"""Twilio's own handling of opt-out, opt-in and help words: the exact word alone, in any case."""

from __future__ import annotations

OPT_OUT = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
OPT_IN = frozenset({"START", "YES", "UNSTOP"})
HELP = frozenset({"HELP", "INFO"})

# Twilio's standard answers, as a phone gets them where no other text was set up.
STOP_TEXT = (
    "You have successfully been unsubscribed. You will not receive any more messages from this "
    "number. Reply START to resubscribe."
)
START_TEXT = (
    "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
)
HELP_TEXT = "Reply STOP to unsubscribe. Msg&Data Rates May Apply."


def keyword_kind(body: str) -> str:
    """`stop`, `start`, `help`, or empty for any other text."""
    word = body.strip().upper()
    if word in OPT_OUT:
        return "stop"
    if word in OPT_IN:
        return "start"
    return "help" if word in HELP else ""


def handle(body: str, person: str, blocked: set[str]) -> str:
    """Block or unblock the person as the word says; the text that Twilio answers, or empty.

    Who is blocked already gets no second confirmation; a START of somebody who was never blocked
    is only passed on.
    """
    kind = keyword_kind(body)
    if kind == "stop" and person not in blocked:
        blocked.add(person)
        return STOP_TEXT
    if kind == "start" and person in blocked:
        blocked.discard(person)
        return START_TEXT
    return HELP_TEXT if kind == "help" else ""
