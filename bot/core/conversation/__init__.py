"""What to answer to a text, and what to change: pure rules in one readable order."""

from bot.core.conversation.policy import POLICY, respond
from bot.core.conversation.turn import Heard, Turn

__all__ = ["POLICY", "Heard", "Turn", "respond"]
