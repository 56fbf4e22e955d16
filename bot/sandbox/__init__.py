"""A Twilio look-alike on loopback, with a phone in the browser, for demo, tests and drill."""

from bot.sandbox.faults import FaultsError, Faults
from bot.sandbox.inbound import Exchange, Place
from bot.sandbox.model import Event, Message
from bot.sandbox.sandbox import Sandbox

__all__ = ["FaultsError", "Event", "Exchange", "Faults", "Message", "Place", "Sandbox"]
