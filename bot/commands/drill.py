"""`bot drill`: crash and load test against the sandbox."""

from __future__ import annotations

import signal
import sys

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bot.drill import Drill, Options, Verdict
from bot.drill.ground import DrillError


@click.command()
@click.option("--texts", default=20_000, show_default=True, help="Texts to send.")
@click.option("--kills", default=200, show_default=True, help="Workers to kill (SIGKILL).")
@click.option(
    "--faults", type=click.Choice(["storm", "calm", "none"]), default="storm", show_default=True,
    help="How the carrier misbehaves.",
)  # fmt: skip
@click.option("--workers", default=1, show_default=True, help="Worker processes.")
@click.option(
    "--database", default="sqlite", show_default=True,
    help="sqlite, postgresql (thrown away afterwards), or the URL of an empty database.",
)  # fmt: skip
@click.option("--seed", default=1, show_default=True, help="Draws the same drill again.")
@click.option("--rate", default=200.0, show_default=True, help="Segments a second.")
def command(
    texts: int, kills: int, faults: str, workers: int, database: str, seed: int, rate: float
) -> None:
    """Run the program against the sandbox, kill it at random instants, and count.

    Exit status 1 if a text was lost, doubled or left unsettled, 2 if the drill can't be held.
    """
    if database.startswith("sqlite") and workers > 1:
        raise click.UsageError("SQLite has one writer: use --workers 1, or --database postgresql")
    options = Options(texts, kills, faults, workers, database, seed, rate)
    console = Console(stderr=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # end what was started
    try:
        verdict = _hold(options, console)
    except DrillError as error:
        console.print(str(error))
        sys.exit(2)
    Console().print(table(verdict, options))
    sys.exit(0 if verdict.passed else 1)


def _hold(options: Options, console: Console) -> Verdict:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as bar:
        task = bar.add_task("starting", total=options.texts)

        def tell(done: int, doubt: int, note: str) -> None:
            bar.update(task, completed=done, description=f"{note}, {doubt} in doubt")

        return Drill(options, tell).run()


def table(verdict: Verdict, options: Options) -> Table:
    """The figures as a person reads them."""
    done = verdict.disturbances
    rows: list[tuple[str, object]] = [
        ("texts", verdict.texts),
        ("accepted by the carrier", verdict.accepted),
        ("delivered", verdict.delivered),
        ("status reports recorded", verdict.reports),
        ("lost", verdict.lost),
        ("doubled", verdict.doubled),
        ("unsettled", verdict.unsettled),
        *((f"in doubt, settled by {way}", n) for way, n in sorted(verdict.settled_by.items())),
        ("workers killed", done.kills),
        ("  with nothing in hand", done.kills_with_nothing_in_hand),
        ("  texts in hand", len(done.in_hand)),
        ("  of them accepted already", verdict.carrier_had_it),
        ("  of them never at the carrier", verdict.carrier_never_had_it),
        ("workers stopped for a while", done.pauses),
        ("web killed", done.web_kills),
        ("database restarted", done.database_restarts),
        *((f"carrier: {what}", n) for what, n in sorted(verdict.calls.items())),
        ("seconds", round(done.seconds)),
    ]
    title = f"drill: {options.faults}, {options.workers} worker(s), seed {options.seed}"
    made = Table("what", "count", title=title)
    for what, count in rows:
        made.add_row(what, str(count))
    return made
