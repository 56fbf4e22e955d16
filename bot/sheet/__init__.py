"""One page on which a clinician reads and signs every text: no script, no request to anywhere."""

from bot.sheet.page import render

__all__ = ["render"]
