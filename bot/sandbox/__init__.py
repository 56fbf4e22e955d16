"""A Twilio look-alike on loopback, with a phone in the browser, for demo, tests and drill."""

from bot.sandbox.faults import Faults, FaultsError
from bot.sandbox.inbound import Exchange, Place
from bot.sandbox.model import Event, Message
from bot.sandbox.sandbox import Sandbox

__all__ = ["Event", "Exchange", "Faults", "FaultsError", "Message", "Place", "Sandbox"]
