"""Outbox to carrier to record: the hand-over of texts, each exactly once."""

from bot.sending.handover import Handover, Timing
from bot.sending.outcomes import OptOut
from bot.sending.sender import Sender, Sent

__all__ = ["Handover", "OptOut", "Sender", "Sent", "Timing"]
