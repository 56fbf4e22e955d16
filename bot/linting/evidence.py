"""Rules on what texts rest on: claims, reviews, the articles that they must not repeat."""

from __future__ import annotations

from collections.abc import Iterator

from bot.linting import shingles
from bot.linting.model import Context, Place, TextRule, WholeRule, Wording

CORRECTED_ONLY = ("HARMFUL", "OUTDATED", "MISSTATED")


def _named(wording: Wording, _: Context) -> Iterator[str]:
    if not wording.message.claims:
        yield "it names no claim"


def _known(wording: Wording, context: Context) -> Iterator[str]:
    for claim in wording.message.claims:
        if claim not in context.library.claims:
            yield f"there is no claim {claim} in the ledger"


def _corrected(wording: Wording, context: Context) -> Iterator[str]:
    for name in wording.message.claims:
        claim = context.library.claims.get(name)
        if claim and claim.status in CORRECTED_ONLY and not claim.corrected.strip():
            yield f"{name} is {claim.status} and has no corrected wording"


def _copied(wording: Wording, context: Context) -> Iterator[str]:
    for run, found in shingles.runs(wording.own):
        if found in context.shingles:
            yield f'"{run}" stands in an article'


def _stale(wording: Wording, _: Context) -> Iterator[str]:
    message = wording.message
    if message.review and not message.reviewed:
        yield (
            f"{message.review.by} signed {message.review.of}, but these words are "
            f"{message.fingerprint}"
        )


def _future(context: Context) -> Iterator[tuple[Place, str]]:
    for wording in context.wordings:
        review = wording.message.review
        if review and review.on > context.today:
            yield wording.message, f"it was reviewed on {review.on}, which is still to come"
    for resource in context.library.resources.values():
        if resource.checked_on > context.today:
            yield resource, f"{resource.id} was checked on {resource.checked_on}, which is to come"


RULES: tuple[TextRule | WholeRule, ...] = (
    TextRule("names-claims", "Name the claims of claims.toml that it rests on.", _named),
    TextRule("known-claim", "Name a claim of claims.toml, or add it there.", _known),
    TextRule(
        "corrected-claim",
        "Say what the ledger's corrected wording says; a claim without one is never sent.",
        _corrected,
    ),
    TextRule("six-word-run", "Say it in words of your own.", _copied),
    TextRule(
        "stale-review",
        "Have the new words read and signed, or take the old signature out.",
        _stale,
        warning=True,
    ),
    WholeRule("dates", "Write the day on which it was done.", _future),
)
