"""Letters as people meant them: decorated, full-width, look-alike and accented ones made plain."""

import unicodedata
from functools import lru_cache

LONGEST_TEXT = 1600
"""Characters that are read: the most a carrier hands over in one text."""

_LOOKALIKES = dict(
    zip(
        "абвгдеёзиіїјкмнорстуфхцѕԁԛԝһᴦαβγδεζηικνορτυχω",
        "abbrdeeeuiijkmhopctyoxusdqwhrabyseznikvoptuxw",
        strict=True,
    )
)
_SYMBOLS = {
    "‘": "'", "’": "'", "ʼ": "'", "`": "'", "´": "'", "＇": "'", "′": "'",
    "“": '"', "”": '"', "«": '"', "»": '"', "„": '"', "‟": '"', "″": '"',
    "‐": "-", "‑": "-", "–": " - ", "—": " - ", "…": "... ", "¿": " ", "¡": " ",
    "🛑": " stop ", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i",
}  # fmt: skip
_LETTER_RANGES = ((0x1F150, 26), (0x1F170, 26), (0x1F1E6, 26), (0x1F130, 26), (0x24B6, 26))
_NAME_PREFIXES = ("LATIN LETTER SMALL CAPITAL ", "LATIN SMALL LETTER ", "LATIN CAPITAL LETTER ")


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    """One character as plain lower-case ASCII where it stands for a letter; "" for an invisible."""
    if character in _SYMBOLS:
        return _SYMBOLS[character]
    code = ord(character)
    for first, size in _LETTER_RANGES:
        if first <= code < first + size:
            return chr(ord("a") + code - first)
    out = []
    for part in unicodedata.normalize("NFKD", character).lower():
        category = unicodedata.category(part)
        if category in ("Mn", "Me", "Cf"):
            continue
        if category == "Cc":
            out.append(part if part == "\n" else " ")
        elif part.isascii():
            out.append(part)
        else:
            out.append(_SYMBOLS.get(part) or _LOOKALIKES.get(part) or _by_name(part))
    return "".join(out)


def _by_name(character: str) -> str:
    """The letter that a Latin variant (small capital, hooked, stroked) is a variant of."""
    name = unicodedata.name(character, "")
    for prefix in _NAME_PREFIXES:
        if name.startswith(prefix):
            letter = name[len(prefix) :].split(" ")[0]
            if len(letter) == 1 and letter.isascii():
                return letter.lower()
    return character


def plain(text: str) -> str:
    """The text in lower-case letters a to z as far as it has any, bounded in length.

    Zero-width and combining characters go, accents are folded, letters that only look Latin
    become the letter they look like. Emoji and letters of other scripts stay.
    """
    clean = text[:LONGEST_TEXT].replace("\r", "\n")
    if clean.isascii():
        return "".join(c if c >= " " or c == "\n" else " " for c in clean.lower())
    return "".join(map(_plain, clean))[: 2 * LONGEST_TEXT]
