"""A crash and load test that anybody can repeat: the real program against the sandbox."""

from bot.drill.drill import Drill, Options
from bot.drill.verdict import Verdict

__all__ = ["Drill", "Options", "Verdict"]
