"""Outbox to carrier to record: the hand-over of texts, each exactly once."""

from bot.sending.handover import Handover, OptOut, Timing
from bot.sending.sender import Sender, Sent

__all__ = ["Handover", "OptOut", "Sender", "Sent", "Timing"]
