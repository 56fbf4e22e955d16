"""Reading a text: danger, opt-out, keyword, age, each with its reason. Pure and deterministic."""

from bot.core.reading.model import Danger, OptOut, Reading, Reason
from bot.core.reading.patterns import Patterns, PatternsError, load_patterns
from bot.core.reading.reader import CARRIER_WORDS, Reader

__all__ = [
    "CARRIER_WORDS",
    "Danger",
    "OptOut",
    "Patterns",
    "PatternsError",
    "Reader",
    "Reading",
    "Reason",
    "load_patterns",
]
