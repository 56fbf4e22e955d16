"""Time zones of people: one string of IANA names, and where it comes from.

A person's zones are kept as IANA names separated by blanks ("America/Chicago America/Denver"). More
than one means that we know the area, not the side of the line that runs through it; hours must then
be right in all of them. No zone at all ("") means that nothing is known.

The ZIP table goes by prefix: three digits, a few longer. It is drawn from the borders of 49 CFR 71
and the areas that post offices serve, so it can't be sharper than these: a prefix that a border
crosses gets both zones, at the price of an hour of the window. Where people live by another clock
than the law's (Phenix City, West Wendover, Hyder) both count. A hamlet on the far side of a border
from its post office can still be an hour off. Military post goes anywhere and is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from zoneinfo import ZoneInfo

_ZIP = re.compile(r"(\d{5})(?:-\d{4})?", re.ASCII)

_NAMES = {
    "AT": "America/Puerto_Rico",
    "VI": "America/St_Thomas",
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "AZ": "America/Phoenix",
    "PT": "America/Los_Angeles",
    "AK": "America/Anchorage",
    "AD": "America/Adak",
    "HI": "Pacific/Honolulu",
    "GU": "Pacific/Guam",
    "SA": "Pacific/Saipan",
    "SM": "Pacific/Pago_Pago",
    "NL": "America/St_Johns",
    "NS": "America/Halifax",
    "ON": "America/Toronto",
    "MB": "America/Winnipeg",
    "SK": "America/Regina",
    "AB": "America/Edmonton",
    "BC": "America/Vancouver",
    "FN": "America/Fort_Nelson",
    "YT": "America/Whitehorse",
}

_ZIP_PREFIXES = {
    "AT": "006-007 009",
    "VI": "008",
    "ET": (
        "005 010-089 100-323 326-339 341-349 374 376 378-379 398-400 402-418 425 430-462 "
        "466-469 470-474 478 480-497"
    ),
    "CT": (
        "325 350-367 369-372 375 380-397 420-424 463-464 476-477 500-528 530-567 570-574 580-584 "
        "587-588 600-629 630-658 660-676 679 680-689 700-729 730-797"
    ),
    "MT": ("577 590-599 693 799 800-816 820-831 832-834 836-837 840-847 870-884 885"),
    "AZ": "850-859 863-864",
    "PT": "838 889-897 900-961 970-978 980-994",
    "AK": "995-999",
    "AD": "99546 99547",
    "HI": "967-968",
    "SM": "96799",
    "GU": "9691 9692 96931 96932",
    "SA": "9695",
    "ET CT": "324 368 373 377 401 426-427 465 475 479 498-499",
    "CT MT": "575-576 585-586 677-678 690-692 798",
    "MT PT": "835 898 979",
    "AZ MT": "860 865",
    "AK PT": "99903 99923",
}

_SPLIT_AREA_CODES = {
    "MT PT": "208 986 541 458 775",
    "ET CT": "219 574 812 930 270 364 606 423 850 448 906",
    "CT MT": "308 605 620 701 785",
    "AZ MT": "928",
    "AK AD": "907",
    "BC AB FN": "236 250 257 672 778",
    "ON MB": "807",
    "ON NS": "367 418 581",
    "NL NS": "709 879",
    "SK AB": "306 474 639",
    "YT AB MB ON": "867",
}

EVERYWHERE = "America/New_York America/Chicago America/Denver America/Los_Angeles"
"""For people of whom nothing is known: hours that are right from coast to coast."""


def parse_zones(zones: str) -> tuple[str, ...]:
    """The IANA names in a person's zones."""
    return tuple(zones.split())


def format_zones(names: Iterable[str]) -> str:
    """Names as they are kept: each once and sorted, so that equal sets are equal strings.

    Raises `zoneinfo.ZoneInfoNotFoundError` for a name that is no time zone.
    """
    kept = sorted(set(names))
    for name in kept:
        ZoneInfo(name)
    return " ".join(kept)


def zones_of_zip(zip_code: str) -> tuple[str, ...]:
    """The zones of a five-digit ZIP (ZIP+4 too), or none if it is not one or its place unknown."""
    form = _ZIP.fullmatch(zip_code.strip())
    if form is None:
        return ()
    digits, lengths = form[1], (5, 4, 3)
    table = _by_prefix()
    return next((table[digits[:n]] for n in lengths if digits[:n] in table), ())


def split_area_codes() -> Mapping[str, tuple[str, ...]]:
    """The area codes of the US and Canada that a zone border runs through, with their zones."""
    return _by_area_code()


@cache
def _by_prefix() -> dict[str, tuple[str, ...]]:
    return _expand(_ZIP_PREFIXES)


@cache
def _by_area_code() -> dict[str, tuple[str, ...]]:
    return _expand(_SPLIT_AREA_CODES)


def _expand(table: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    expanded: dict[str, tuple[str, ...]] = {}
    for short, prefixes in table.items():
        zones = tuple(_NAMES[name] for name in short.split())
        for prefix in prefixes.split():
            first, _, last = prefix.partition("-")
            width = len(first)
            for number in range(int(first), int(last or first) + 1):
                expanded[f"{number:0{width}}"] = zones
    return expanded
