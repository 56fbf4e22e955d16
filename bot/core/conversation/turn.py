"""One text and everything that a rule may look at to answer it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.core.conversation import wording
from bot.core.library import Library, Message
from bot.core.model import Change, Consent, Decision, Reply, Subscriber
from bot.core.reading import OptOut, Reading

SHORT = 3
"""Up to so many words say nothing about the language that somebody writes in."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came in: the reading of the words, and what came beside them or instead."""

    reading: Reading = field(repr=False)
    media: int = 0
    empty: bool = False
    """Whether there were no words in it, white space and control characters apart."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A subscriber, what was heard from them, and what can be said."""

    subscriber: Subscriber
    heard: Heard
    library: Library
    now: datetime
    handles_stop: bool
    """Whether the carrier itself answers the exact opt-out words."""

    @property
    def reading(self) -> Reading:
        """What the text means."""
        return self.heard.reading

    @property
    def words(self) -> str:
        """The cleaned words of the text."""
        return self.heard.reading.normalized

    @property
    def language(self) -> str:
        """Spanish where Spanish was read; where a text is too short to tell, as it was before."""
        reading = self.reading
        if reading.language != "en" or len(reading.normalized.split()) > SHORT:
            return reading.language
        return self.subscriber.language

    @property
    def wants_out(self) -> bool:
        """Whether the text asks for the texts to end; DELETE asks for more, and is asked about."""
        if self.reading.exact_optout:
            return True
        return self.reading.optout is OptOut.OPTOUT and self.reading.keyword != "delete"

    @property
    def opted_out(self) -> bool:
        """Whether the person opted out before this text."""
        return self.subscriber.consent is Consent.WITHDRAWN

    @property
    def paused(self) -> bool:
        """Whether a pause goes on."""
        return self.subscriber.paused_until is not None and self.subscriber.paused_until > self.now

    @property
    def held(self) -> bool:
        """Whether pushes are held after danger or an unclear "stop"."""
        return self.subscriber.held_until is not None and self.subscriber.held_until > self.now

    def next_text(self, resumed: bool = False) -> str:
        """When the next text comes, in local words; `resumed` if a pause is ending with this."""
        subscriber = self.subscriber
        due = [e.next_due_at for e in subscriber.active if e.next_due_at is not None]
        if not due:
            return "soon"
        at = max(min(due), self.now)
        if resumed and subscriber.resumed_due_at is not None:
            at = subscriber.resumed_due_at
        if subscriber.held_until is not None:
            at = max(at, subscriber.held_until)
        return wording.due(at, subscriber.zones, subscriber.slot)

    def say(self, id: str, **values: str) -> Reply:
        """A system reply in the person's language."""
        return Reply(self.library.reply(id, self.language), values)

    def tell(self, message: Message) -> Reply:
        """A message of a programme or topic, in the words for this person."""
        return Reply(message.worded_for(self.subscriber.tags))

    def answer(self, rule: str, id: str, *changes: Change, **values: str) -> Decision:
        """A decision with one system reply."""
        return Decision(rule, (self.say(id, **values),), changes)

    def reading_as(self, keyword: str, rest: str = "") -> Turn:
        """The same turn, had the text been this keyword."""
        meant = replace(self.reading, keyword=keyword, keyword_candidates=(), rest=rest)
        return replace(self, heard=replace(self.heard, reading=meant))
