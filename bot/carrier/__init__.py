"""The only user of the Twilio client: send, look up, and what each error means."""

from bot.carrier.client import Accepted, Carrier, InboundRecord, Sighting
from bot.carrier.faults import CarrierError, Fault, HeldUpError, Meaning, meaning

__all__ = [
    "Accepted",
    "Carrier",
    "CarrierError",
    "Fault",
    "HeldUpError",
    "InboundRecord",
    "Meaning",
    "Sighting",
    "meaning",
]
