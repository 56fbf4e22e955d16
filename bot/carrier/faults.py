"""What each of the carrier's error codes means for us: one table.

The codes are Twilio's; what to do about each is our judgement. A code arrives either as the answer
to a send or later in a receipt. After a receipt a text is queued again only where the code says
that it certainly did not arrive: "unknown error" (30008) and the time-outs of networks (30410,
30500, 20504) don't, so they are final.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """The kinds of failure, each with its own way on."""

    OPTED_OUT = "opted_out"
    """The person opted out with the carrier: an opt-out here too."""
    PERMANENT = "permanent"
    """This number can't be reached: nothing more to it until its owner writes."""
    TRANSIENT = "transient"
    """Refused for now: a few more tries, further and further apart."""
    THROTTLED = "throttled"
    """Never processed, through no fault of the text: back into the queue, and slow down."""
    CONFIGURATION = "configuration"
    """The account, sender or settings are wrong: everything stops until that is mended."""
    CONTENT = "content"
    """Carriers filter these words: stop them for everybody."""
    BUG = "bug"
    """Our request was wrong, or refused for a reason that we don't know."""
    UNKNOWN = "unknown"
    """Nobody knows whether the text was accepted: look before trying again."""


class CarrierError(Exception):
    """A call to the carrier failed. Its words name neither a number nor a text."""

    def __init__(
        self, kind: Fault, code: int | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(f"the carrier call failed: {kind}, code {code or 'none'}")
        self.kind = kind
        self.code = code
        self.retry_after_s = retry_after_s


class HeldUpError(Exception):
    """The call did not begin before its deadline, so it was not made at all."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code stands for."""

    fault: Fault
    again: int = 0
    """How often a text is tried again in its window after a receipt with this code."""
    next_window: bool = False
    """Whether the text is worth planning again for the next window."""
    daily_cap: bool = False
    """Whether nothing routine will pass until the carriers' day ends (midnight Pacific)."""


def _table() -> Iterator[tuple[int, Meaning]]:
    for code in (21610, 30630, 30640):
        yield code, Meaning(Fault.OPTED_OUT)
    for code in (21211, 21612, 21614, 21635, 30004, 30006):
        yield code, Meaning(Fault.PERMANENT)
    # 30003 handset off, 30005 number unknown: worth another try, but never many.
    for code, again in ((30003, 2), (30005, 1), (30017, 2), (30047, 1), (30450, 1), (30485, 1)):
        yield code, Meaning(Fault.TRANSIENT, again=again)
    # 30036 validity ran out, 30610 and 30615 quiet hours of the carrier's own tool.
    for code in (30036, 30610, 30615):
        yield code, Meaning(Fault.TRANSIENT, next_window=True)
    for code in (30008, 30410, 30500, 20504):  # may have arrived all the same
        yield code, Meaning(Fault.TRANSIENT)
    for code in (20429, 21611, 30001, 30022):
        yield code, Meaning(Fault.THROTTLED, again=3)
    for code in (30023, 30027, 63038):
        yield code, Meaning(Fault.THROTTLED, next_window=True, daily_cap=True)
    for code in (20003, 20404, 21212, 21219, 21606, 21607, 21660, 21661, *range(21701, 21706)):
        yield code, Meaning(Fault.CONFIGURATION, again=3)
    # 21608: a trial account may text verified numbers only. 21609: our status URL is wrong, and
    # with it every text would be refused, so it stops the sender and burns nobody's text.
    for code in (21608, 21609, 30002, 30024, 30032, 30033, 30034, 30035, 30037, 30620):
        yield code, Meaning(Fault.CONFIGURATION, again=3)
    for code in (30007, 30019):
        yield code, Meaning(Fault.CONTENT)
    for code in (14107, 21602, 21617, 21619, 21620, 21654, 21656, 35111, *range(35114, 35119)):
        yield code, Meaning(Fault.BUG)
    yield 35126, Meaning(Fault.BUG)
    for code in (20500, 20503):
        yield code, Meaning(Fault.UNKNOWN)


CODES: dict[int, Meaning] = dict(_table())

TOLL_FREE = ("+1800", "+1833", "+1844", "+1855", "+1866", "+1877", "+1888")

_OTHER = Meaning(Fault.BUG)


def meaning(code: int | None, *, sender: str = "", domestic: bool = True) -> Meaning:
    """What a code means; one that the table doesn't know is a refusal that we can't explain.

    `sender`: the number or service that sent. On toll-free numbers 30004 is a STOP texted to the
    network. `domestic`: whether the person's number is in the country of the service (21408: its
    region is not enabled, which is a wrong set-up at home and nothing of ours abroad).
    """
    if code == 30004 and sender.startswith(TOLL_FREE):
        return Meaning(Fault.OPTED_OUT)
    if code == 21408:
        return Meaning(Fault.CONFIGURATION if domestic else Fault.PERMANENT)
    return CODES.get(code or 0, _OTHER)


def refusal(status: int, code: int | None, *, sender: str, domestic: bool) -> Fault:
    """The fault behind an HTTP answer that is no success, from its status and its code."""
    if status >= 500 or status == 408:
        return Fault.UNKNOWN
    if status == 429:
        return Fault.THROTTLED
    if code in CODES or code == 21408:
        return meaning(code, sender=sender, domestic=domestic).fault
    if status in (401, 403, 404, 407) or status < 400:
        return Fault.CONFIGURATION
    return Fault.BUG
