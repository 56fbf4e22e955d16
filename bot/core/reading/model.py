"""What a text can mean: the answer that `Reader.read` gives."""

from dataclasses import dataclass
from enum import StrEnum


class Danger(StrEnum):
    """The danger a text speaks of, for the writer or for somebody near."""

    NONE = "none"
    SUICIDE = "suicide"
    OVERDOSE = "overdose"
    OTHER = "other_danger"


class OptOut(StrEnum):
    """Whether the writer wants the texts to end."""

    OPTOUT = "optout"
    UNCLEAR = "unclear"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a text was read as it was.

    `rule` may be logged. `words` are the writer's own and may not: they are for a
    clinician who has the text at hand anyway.
    """

    rule: str
    words: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything the conversation needs to know about one text.

    `exact_optout` says that the whole message is one of the words that the carrier
    answers by itself. `keyword_candidates` are near misses: take a single one, ask about
    several. `rest` is what follows a leading command word. `age` is a stated age under 18.
    `normalized` is the cleaned text, for the answers to check-ins.
    """

    danger: Danger = Danger.NONE
    danger_reason: Reason | None = None
    danger_subject: str = "unknown"
    optout: OptOut = OptOut.KEEP
    optout_reason: Reason | None = None
    exact_optout: bool = False
    keyword: str | None = None
    keyword_candidates: tuple[str, ...] = ()
    rest: str = ""
    age: int | None = None
    language: str = "en"
    tapback: bool = False
    normalized: str = ""
