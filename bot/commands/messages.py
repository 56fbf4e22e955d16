"""`bot messages`: check the words, print them for a reviewer, show what one person gets."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn

import click

from bot.clock import Clock
from bot.commands.calendar import command as calendar
from bot.content import ContentError, load, load_patterns
from bot.core.library import Library
from bot.linting import RULES, Report, awaiting, shingles, unreviewed_safety
from bot.linting import check as hold
from bot.sheet import render

ARTICLES = "articles.shingles"

words = click.option(
    "--messages",
    "directory",
    envvar="MESSAGES_DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path("messages"),
    show_default=True,
    help="Where the words are.",
)


@click.group("messages")
def command() -> None:
    """Check, print and plan the words."""


@command.command("check")
@words
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="As if on this day; today if left.")
def check(directory: Path, on: datetime | None) -> None:
    """Hold every text against the rules; exit status 1 if one is broken."""
    library = _library(directory)
    report = hold(library, _shingles(directory), _day(on))
    for finding in report.findings:
        click.echo(str(finding))
    click.echo(_summary(report, library), nl=False)
    sys.exit(1 if report.errors else 0)


@command.command("sheet")
@words
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("sheet.html"),
    show_default=True,
    help="The page to write.",
)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="As if on this day; today if left.")
def sheet(directory: Path, out: Path, on: datetime | None) -> None:
    """Write one page on which a clinician reads and signs every text."""
    library = _library(directory)
    report = hold(library, _shingles(directory), _day(on))
    out.write_text(render(library, report, _day(on)), encoding="utf-8")
    click.echo(f"{out}: {report.figures.texts} texts, {len(awaiting(library))} await review")


command.add_command(calendar)


def _library(directory: Path) -> Library:
    """The library, or every complaint and exit status 1."""
    complaints: list[str] = []
    try:
        load_patterns(directory)
    except ContentError as error:
        complaints += error.complaints
    try:
        library = load(directory)
    except ContentError as error:
        _give_up(complaints + error.complaints)
    if complaints:
        _give_up(complaints)
    return library


def _give_up(complaints: list[str]) -> NoReturn:
    for complaint in complaints:
        click.echo(complaint)
    click.echo(f"{len(complaints)} to mend before the rules can be held against the texts")
    sys.exit(1)


def _shingles(directory: Path) -> frozenset[str]:
    try:
        return shingles.read(directory / ARTICLES)
    except OSError as error:
        _give_up([f"{directory.name}/{ARTICLES}:1: can't be read: {error.strerror}"])


def _day(on: datetime | None) -> date:
    return on.date() if on else Clock().now().date()


def _summary(report: Report, library: Library) -> str:
    figures = report.figures
    share = figures.pushed_in_one_segment / figures.pushed if figures.pushed else 0
    return (
        f"{figures.texts} texts, {len(RULES)} rules: {len(report.errors)} errors, "
        f"{len(report.warnings)} warnings, {figures.exceptions} exceptions\n"
        f"{figures.pushed_in_one_segment} of {figures.pushed} pushed texts ({share:.0%}) fit in "
        f"one segment\n"
        f"reading grade: {figures.mean_grade:.1f} on average, {figures.highest_grade:.1f} at most\n"
        f"{figures.awaiting_review} texts await review, {len(unreviewed_safety(library))} of them "
        f"on safety\n"
    )
