"""An age under eighteen that writers state of themselves."""

from collections.abc import Sequence

from bot.core.reading.matcher import Token

ADULT = 18
YOUNGEST = 6
_NUMBERS = {
    word: number
    for number, words in {
        6: "six seis", 7: "seven siete", 8: "eight ocho", 9: "nine nueve", 10: "ten diez",
        11: "eleven once", 12: "twelve doce", 13: "thirteen trece", 14: "fourteen catorce",
        15: "fifteen quince", 16: "sixteen dieciseis", 17: "seventeen diecisiete",
    }.items()
    for word in words.split()
}  # fmt: skip
_GRADES = {
    "1st": 6, "2nd": 7, "3rd": 8, "4th": 9, "5th": 10, "6th": 11, "7th": 12, "8th": 13,
    "9th": 14, "10th": 15, "11th": 16, "12th": 17, "first": 6, "second": 7, "third": 8,
    "fourth": 9, "fifth": 10, "sixth": 11, "seventh": 12, "eighth": 13, "ninth": 14,
    "tenth": 15, "eleventh": 16, "twelfth": 17,
}  # fmt: skip
_YEARS = frozenset(
    ["year", "years", "yr", "yrs", "yo", "old", "yearold", "yro", "y/o", "anos", "anitos"]
)
_AFTER = frozenset(
    [
        "and",
        "so",
        "but",
        "i",
        "my",
        "can",
        "is",
        "will",
        "do",
        "too",
        "or",
        "what",
        "in",
        "because",
        "cause",
        "pls",
        "please",
        "help",
        "dont",
        "with",
        "if",
        "am",
        "no",
        "y",
        "f",
        "m",
        "male",
        "female",
        "girl",
        "boy",
        "years",
        "yr",
        "yrs",
        "old",
        "y/o",
        "yo",
        "now",
        "still",
        "almost",
        "going",
    ]
)
_SCHOOL = {"freshman": 14, "sophomore": 15, "junior": 16, "senior": 17}


def stated_age(tokens: Sequence[Token]) -> int | None:
    """The writer's age in years if the text states one under eighteen.

    A school grade gives the age that is usual in it.
    """
    words = [token.readings[0] for token in tokens]
    for index, word in enumerate(words):
        age = _age_in_years(tokens, words, index, word)
        if age is None:
            age = _age_in_school(words, index, word)
        if age is not None and YOUNGEST <= age < ADULT:
            return age
    return None


def _age_in_years(
    tokens: Sequence[Token], words: Sequence[str], index: int, word: str
) -> int | None:
    joined = word.removesuffix("yo").removesuffix("yrs").removesuffix("yr")
    number = int(joined) if joined.isdigit() and len(joined) < 3 else _NUMBERS.get(word)
    if number is None:
        return None
    before = [w for w in words[max(0, index - 4) : index] if w not in _SOFT]
    after = words[index + 1] if index + 1 < len(words) else ""
    own = before[-2:] == ["i", "am"] or before[-1:] in (["tengo"], ["cumpli"])
    if own and before[-1:] == ["tengo"]:
        return number if after == "anos" else None
    ends = index + 1 == len(words) or tokens[index + 1].boundary > 0
    if own and (ends or after in _YEARS | _AFTER or joined != word):
        return number if after not in ("years", "yrs", "year") or _is_age(words, index) else None
    alone = index == 0 and (after in _YEARS or joined != word) and _is_age(words, index)
    return number if alone else None


_SOFT = frozenset(
    [
        "only",
        "just",
        "like",
        "almost",
        "turning",
        "about",
        "barely",
        "still",
        "a",
        "solo",
        "apenas",
        "age",
    ]
)


def _is_age(words: Sequence[str], index: int) -> bool:
    """Not "16 years clean", "17 years sober", "15 years ago"."""
    following = words[index + 2] if index + 2 < len(words) else ""
    return following == "old" or words[index + 1 : index + 2] in ([], ["yo"], ["old"], ["y/o"]) or (
        following in ("", "i", "and", "f", "m", "female", "male", "girl", "boy")
    )  # fmt: skip


def _age_in_school(words: Sequence[str], index: int, word: str) -> int | None:
    own = "i" in words[max(0, index - 5) : index] and not {"when", "since", "was", "teach"} & set(
        words[max(0, index - 6) : index]
    )
    if not own:
        return None
    if word in _GRADES and words[index + 1 : index + 2] in (["grade"], ["grader"], ["graders"]):
        return _GRADES[word]
    if word in _SCHOOL and words[index + 1 : index + 4] == ["in", "high", "school"]:
        return _SCHOOL[word]
    if word == "middle" and words[index + 1 : index + 2] == ["school"] and "in" in words[:index]:
        return 12
    return None
