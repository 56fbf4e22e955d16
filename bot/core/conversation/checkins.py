"""Reading the answer to a check-in: digits, letters or words, with whatever is around them."""

from __future__ import annotations

import re
import unicodedata

from bot.core.library import Answer, CheckIn

LONGEST = 8
"""A word of an answer counts inside a text of at most so many words."""

NOT_AN_ANSWER = frozenset({
    "day", "days", "week", "weeks", "month", "months", "year", "years", "hour", "hours",
    "min", "minutes", "am", "pm",
})  # fmt: skip
"""After a digit, one of these makes it a measure: "3 days" does not mean the third choice."""

NEGATIONS = frozenset({
    "not", "no", "never", "isnt", "aint", "dont", "didnt", "wasnt", "cant", "without", "nada",
})  # fmt: skip
AROUND = frozenset({
    "its", "it", "is", "id", "say", "like", "a", "number", "option", "answer", "choice", "im",
    "i", "am", "my", "the",
})  # fmt: skip


def folded(words: str) -> str:
    """Lower case without accents and punctuation: "Sí!" and "si" are one."""
    plain = unicodedata.normalize("NFKD", words.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c) and c not in "'’")
    return " ".join(re.findall(r"\w+", plain))


def match(checkin: CheckIn, said: str) -> Answer | None:
    """The one answer that the text gives, or None if it gives none, or more than one."""
    text = folded(said)
    for answer in checkin.answers:
        if text in _names(answer):
            return answer
    return _by_value(checkin, text.split()) or _by_words(checkin, text)


def names(checkin: CheckIn, said: str) -> bool:
    """Whether the whole text is one of the ways to say an answer."""
    return any(folded(said) in _names(answer) for answer in checkin.answers)


def _names(answer: Answer) -> set[str]:
    own = {answer.value.lower(), *(folded(word) for word in answer.words)}
    own |= {word.replace(" ", "") for word in own}  # "so-so" is read as one word
    return own | {"si"} if answer.value == "Y" else own


def _by_value(checkin: CheckIn, words: list[str]) -> Answer | None:
    """ "3 rough day", "its a 3", "c money": the value in front, or a digit in a short text."""
    values = {answer.value.lower(): answer for answer in checkin.answers}
    named = [word for word in words if word in values and not (word == "a" and word != words[0])]
    if len(set(named)) != 1:
        return None
    value = named[0]
    after = words[words.index(value) + 1 :]
    if after and after[0] in NOT_AN_ANSWER:
        return None
    if value.isdigit():
        framed = all(word in AROUND for word in words[: words.index(value)])
        return values[value] if framed else None
    rest = " ".join(after)
    mentions = any(_contains(rest, name) for name in _names(values[value]) if len(name) > 1)
    return values[value] if words[0] == value and (mentions or value in "yn") else None


def _by_words(checkin: CheckIn, text: str) -> Answer | None:
    """ "it was pretty rough": a word of exactly one answer, and nothing that turns it round."""
    if len(text.split()) > LONGEST:
        return None
    found = [
        (len(name), name, answer)
        for answer in checkin.answers
        for name in _names(answer)
        if len(name) > 1 and _contains(text, name)
    ]
    if not found:
        return None
    _, longest, answer = max(found, key=lambda hit: hit[0])
    others = [name for _, name, other in found if other is not answer]
    rest = f" {text} ".replace(f" {longest} ", " ", 1).split()
    if any(not _contains(longest, name) for name in others) or NEGATIONS & set(rest):
        return None
    return answer


def _contains(text: str, phrase: str) -> bool:
    return f" {phrase} " in f" {text} "
