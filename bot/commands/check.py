"""`bot check`: settings, words, database and carrier; what is wrong and how to mend it."""

from __future__ import annotations

import sys

import click

from bot import app
from bot.carrier import CarrierError
from bot.commands.start import build_or_exit, settings_or_exit
from bot.readiness import obstacles, troubles


@click.command("check")
@click.option("--offline", is_flag=True, help="Don't ask the carrier.")
def command(offline: bool) -> None:
    """Say what is missing or wrong, and how to mend it; exit status 1 if anything is."""
    parts = build_or_exit(settings_or_exit())
    found = obstacles(parts.settings, parts.library)
    found += troubles(parts.database, parts.settings.sender)
    if not offline:
        found += _carrier(parts)
    parts.close()
    for sentence in found:
        click.echo(f"- {sentence}")
    if not found:
        click.echo("settings, words, database and carrier are right")
    click.echo(_for_the_carrier(parts))
    sys.exit(1 if found else 0)


def _carrier(parts: app.Parts) -> list[str]:
    try:
        parts.carrier.check()
    except CarrierError as error:
        what = f"{error.kind.value}, code {error.code}" if error.code else error.kind.value
        return [
            f"Twilio did not take a request for its list ({what}): look at TWILIO_ACCOUNT_SID and "
            "the key or token that sends, and at Twilio's status page"
        ]
    return []


def _for_the_carrier(parts: app.Parts) -> str:
    """The words for Advanced Opt-Out in Twilio's console."""
    words = parts.library.reply("stop").text
    return (
        "\nFor Twilio's Advanced Opt-Out (Messaging Service, Opt-Out Management), as the answer to "
        f"STOP:\n  {words}\nLeave its answers to START and HELP as they are: this program answers "
        "those too, in other words."
    )
