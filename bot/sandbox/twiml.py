"""Reads the TwiML that the bot answers a text with."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass


class TwimlError(ValueError):
    """An answer that Twilio could not use; `code` is the one in its debugger."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        super().__init__(f"{code}: {message}")


@dataclass(frozen=True, slots=True)
class Reply:
    """One `<Message>`: words, where it goes (empty: to the writer), where its status goes."""

    body: str
    to: str = ""
    callback_url: str = ""


def replies_in(text: str, content_type: str) -> list[Reply]:
    """The messages of an answer; raises `TwimlError` with 12100, 12200 or 12300."""
    if not text.strip():
        return []
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "text/plain":
        return [Reply(text)]
    if kind not in {"text/xml", "application/xml", "text/html"}:
        raise TwimlError(12300, f"the answer's content type is {kind or 'missing'}")
    try:
        root = ET.fromstring(text.encode())  # noqa: S314 - our own bot wrote it, on loopback
    except ET.ParseError as error:
        raise TwimlError(12100, f"the answer is not well-formed XML ({error})") from None
    if root.tag != "Response":
        raise TwimlError(12200, f"the answer begins with <{root.tag}>, not <Response>")
    return [_reply(element) for element in root]


def _reply(element: ET.Element) -> Reply:
    if element.tag not in {"Message", "Sms"}:
        raise TwimlError(12200, f"<{element.tag}> is not a verb that a text can be answered with")
    bodies = [part.text or "" for part in element if part.tag == "Body"]
    return Reply(
        body="".join(bodies) if bodies else (element.text or "").strip(),
        to=element.get("to", ""),
        callback_url=element.get("statusCallback") or element.get("action") or "",
    )
