"""A person as the rules see them, and everything that a text can ask to have changed.

No phone number is in here, nor any words that a person wrote: the rules need neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from bot.core.library import Message


class Consent(StrEnum):
    """Whether a person may be sent what they did not just ask for."""

    NONE = "none"
    PENDING = "pending"
    """A number typed on the sign-up page, not yet confirmed by its owner."""
    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class EnrolmentState(StrEnum):
    """Where somebody stands in a programme."""

    ACTIVE = "active"
    COMPLETED = "completed"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One person's way through one programme."""

    id: int
    programme: str
    state: EnrolmentState
    received: tuple[str, ...]
    """Ids of the programme's messages that were planned for them so far, in order."""
    next_due_at: datetime | None
    """When the next one is due; None once nothing more will come."""
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """A question that waits for its answer: a check-in, or one of the bot's own.

    `id` is a message id ("R04") or a reply id ("ask_stop", "delete_ask", "did_you_mean", "start",
    "feedback", "time_ask"); `about` holds what the answer needs (the two candidates, say).
    """

    id: str
    asked_at: datetime
    unclear: int = 0
    about: str = ""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """What is known of a person who texts, whether or not they are in a programme."""

    id: int
    consent: Consent = Consent.NONE
    zones: str = ""
    """IANA names, separated by blanks; hours must be right in all of them."""
    slot: str = "morning"
    pace: str = "standard"
    language: str = "en"
    paused_until: datetime | None = None
    held_until: datetime | None = None
    """Until when pushes are held after a danger reading or an unclear "stop"."""
    question: Question | None = None
    topic: str | None = None
    topic_position: int = 0
    """How many messages of `topic` were sent: where MORE goes on."""
    last_message: str | None = None
    """Id of the message last sent, pushed or not, for AGAIN."""
    fallback_at: datetime | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    enrolments: Mapping[str, Enrolment] = field(default_factory=dict)
    """The latest enrolment of each programme, by programme id."""
    pending_programme: str | None = None
    """The programme asked for on the sign-up page, while consent is pending."""
    pending_until: datetime | None = None
    """Until when the sign-up page's question can be confirmed."""
    resumed_due_at: datetime | None = None
    """When the next text would be due if a pause ended now."""
    last_push_on: date | None = None
    """The local date of the last pushed text."""

    @property
    def active(self) -> tuple[Enrolment, ...]:
        """The programmes that go on."""
        return tuple(e for e in self.enrolments.values() if e.state is EnrolmentState.ACTIVE)


# --- what can change -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Join:
    """Start (or go on with) a programme; consent is given by the text that asked."""

    programme: str
    confirmed: bool = False
    """Whether this confirms a sign-up on the web page (double opt-in)."""


@dataclass(frozen=True, slots=True)
class EndProgrammes:
    """End every programme without calling it an opt-out: under 18, say."""

    reason: str


@dataclass(frozen=True, slots=True)
class OptOut:
    """No means no: consent withdrawn, everything queued is cancelled."""

    how: str
    """"exact" for one of the carrier's words, "sentence" for plain language; never the words."""


@dataclass(frozen=True, slots=True)
class ComeBack:
    """START after an opt-out: texts may be answered again, no programme is joined yet."""


@dataclass(frozen=True, slots=True)
class Pause:
    """No pushes until then."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Resume:
    """End a pause now."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Hold pushes until then, after a danger reading or an unclear "stop", instead of any other."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Release:
    """End a hold now."""


@dataclass(frozen=True, slots=True)
class SetPace:
    """ "standard", "fewer", "weekly" or "more"."""

    pace: str


@dataclass(frozen=True, slots=True)
class SetSlot:
    """A slot's name, or a wall time "HH:MM" inside the window."""

    slot: str


@dataclass(frozen=True, slots=True)
class SetZones:
    """Time zones from a ZIP; the ZIP itself is not kept."""

    zones: str


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """The language that a person writes in: "en" or "es"."""

    language: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Open a question, in place of any other."""

    question: Question


@dataclass(frozen=True, slots=True)
class CloseQuestion:
    """The open question is answered, or let go."""


@dataclass(frozen=True, slots=True)
class SetTag:
    """Keep an answer that later messages are worded or ordered by."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class RaiseFlag:
    """Something that people should follow up: "suicide", "overdose", "other_danger", "feedback"."""

    kind: str
    rule: str


@dataclass(frozen=True, slots=True)
class Remember:
    """Where MORE goes on and what AGAIN repeats."""

    topic: str | None = None
    position: int = 0
    message: str | None = None


@dataclass(frozen=True, slots=True)
class NoteFallback:
    """A fallback was sent: at most one an hour."""


@dataclass(frozen=True, slots=True)
class Erase:
    """Everything about the person goes, but a keyed hash that keeps the number untexted."""


@dataclass(frozen=True, slots=True)
class KeepBody:
    """Keep the words of this text, sealed, for as long as something needs them."""

    reason: str


Change: TypeAlias = (
    Join
    | EndProgrammes
    | OptOut
    | ComeBack
    | Pause
    | Resume
    | Hold
    | Release
    | SetPace
    | SetSlot
    | SetZones
    | SetLanguage
    | Ask
    | CloseQuestion
    | SetTag
    | RaiseFlag
    | Remember
    | NoteFallback
    | Erase
    | KeepBody
)


@dataclass(frozen=True, slots=True)
class Reply:
    """A message to answer with, and the values for its variables."""

    message: Message
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The words as they travel."""
        if not self.message.variables:
            return self.message.text
        return self.message.text.format(**self.values)


@dataclass(frozen=True, slots=True)
class Decision:
    """What to say and what to change; `rule` names the policy that decided, for logs and traces."""

    rule: str
    replies: tuple[Reply, ...] = ()
    changes: tuple[Change, ...] = ()
