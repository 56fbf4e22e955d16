"""`bot deactivations`: end the consent of recycled numbers."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from bot import deactivations
from bot.carrier import Carrier, CarrierError
from bot.commands.safe import opened
from bot.settings import Settings


@click.command("deactivations")
@click.option(
    "--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day; without it all since last."
)
def command(day: datetime | None) -> None:
    """Fetch the list of numbers that carriers took out of use, and end the consent of those.

    The worker does so every day; this is for a day that it missed.
    """
    with opened() as safe:
        carrier = _carrier(safe.settings)
        try:
            if day is None:
                done = deactivations.catch_up(
                    safe.database, safe.vault, carrier.deactivations, safe.now
                )
            else:
                numbers = carrier.deactivations(day.replace(tzinfo=UTC).date())
                done = deactivations.end_recycled(safe.database, safe.vault, numbers, safe.now)
        except CarrierError as error:
            raise click.ClickException(_said(error)) from None
        finally:
            carrier.close()
    click.echo(f"{done.listed} numbers on the list, {done.ended} of them ours: consent ended")


def _said(error: CarrierError) -> str:
    if error.code == deactivations.NOT_YET:
        return "the list of that day is not there yet: try again in some hours"
    if error.code == deactivations.TOO_OLD:
        return "there is no list of a day so long ago"
    return f"Twilio gave no list ({error.kind}, code {error.code or 'none'}): try again later"


def _carrier(settings: Settings) -> Carrier:
    return Carrier(
        account_sid=settings.account_sid,
        auth_token=settings.auth_token,
        api_key=settings.api_key,
        api_secret=settings.api_secret,
        messaging_service_sid=settings.messaging_service_sid,
        from_number=settings.from_number,
        api_url=settings.api_url,
        timeout_s=60,
    )
