"""One text in: one transaction from the inbox row to the replies that travel back as TwiML."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Incoming:
    """One inbound text as the carrier hands it over."""

    sid: str
    """The carrier's MessageSid: a text that comes twice comes with the same one."""
    sender: str
    """E.164, or whatever machines use: a short code, letters."""
    recipient: str
    """Our own number, E.164."""
    body: str = ""
    media: int = 0
    """How many pictures or sounds came with it; they are never fetched."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One reply: the words, and the id of its row in `texts`, under which receipts report it."""

    text_id: int
    body: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of one inbound text."""

    replies: tuple[Outgoing, ...] = ()
    rule: str = ""
    """Which policy decided; may be logged."""
    repeated: bool = False
    """Whether this MessageSid was answered before: the stored replies, and nothing changed."""
