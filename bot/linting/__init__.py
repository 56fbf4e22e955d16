"""The editorial rules as code: what may be sent, held against every text before it can be sent."""

from bot.linting.check import RULES, Figures, Report, check, grade_of
from bot.linting.model import Finding, Kind, TextRule, WholeRule, Wording
from bot.linting.reviews import awaiting, on_safety, unreviewed_safety
from bot.linting.wordings import wordings

__all__ = [
    "RULES",
    "Figures",
    "Finding",
    "Kind",
    "Report",
    "TextRule",
    "WholeRule",
    "Wording",
    "awaiting",
    "check",
    "grade_of",
    "on_safety",
    "unreviewed_safety",
    "wordings",
]
