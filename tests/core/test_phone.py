"""Who a text came from, what may be typed into the form, and by which clock a number lives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers.tzdata import TIMEZONE_DATA

from bot.core import phone
from bot.core.phone import (
    NumberError,
    Problem,
    Sender,
    SenderKind,
    mask,
    parse_sender,
    parse_typed,
    zones_of_number,
)
from bot.core.zones import split_area_codes


@pytest.mark.parametrize(
    "number",
    ["+12165550123", "+14165550123", "+17875550123", "+16715550123", "+16845550123"],
)
def test_numbers_of_the_us_canada_and_the_territories_are_people(number: str) -> None:
    assert parse_sender(number) == Sender(SenderKind.PERSON, number)


def test_an_area_code_that_no_table_knows_yet_is_a_person() -> None:
    assert parse_sender("+12585550123").kind is SenderKind.PERSON


@pytest.mark.parametrize(
    "value", ["88202", "898211", "+474", "AMAZON", "My Bank", "+18665550123", "+19005550123"]
)
def test_short_codes_names_and_toll_free_numbers_are_machines(value: str) -> None:
    assert parse_sender(value) == Sender(SenderKind.MACHINE)


@pytest.mark.parametrize(
    "number", ["+447911123456", "+18765550123", "+12425550123", "+525550123456"]
)
def test_other_countries_are_foreign_also_under_plus_one(number: str) -> None:
    assert parse_sender(number) == Sender(SenderKind.FOREIGN, number)


@pytest.mark.parametrize(
    "value",
    ["", " ", "+", "+1", "+1216555012", "+121655501234", "+11165550123", "+19115550123",
     "whatsapp:+12165550123", "+266696687", "2165550123", "+1216555012٣", "\x00", "+0123456789",
     "x" * 400],
)  # fmt: skip
def test_what_could_not_be_answered_is_unusable(value: str) -> None:
    assert parse_sender(value) == Sender(SenderKind.UNUSABLE)


@given(st.text() | st.from_regex(r"\+?[0-9]{0,16}", fullmatch=True))
def test_every_sender_is_one_of_the_four_kinds(value: str) -> None:
    sender = parse_sender(value)
    assert bool(sender.number) == (sender.kind in (SenderKind.PERSON, SenderKind.FOREIGN))


def test_a_sender_does_not_show_its_number() -> None:
    assert "0123" not in repr(parse_sender("+12165550123"))


@pytest.mark.parametrize(
    "text",
    ["216-555-0123", "(216) 555 0123", "+1 216.555.0123", "12165550123", "1 216 555 0123",
     " 2165550123 ", "tel:+1-216-555-0123", "２１６５５５０１２３"],
)  # fmt: skip
def test_a_number_is_taken_as_people_type_it(text: str) -> None:
    assert parse_typed(text) == "+12165550123"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", Problem.EMPTY),
        ("  ", Problem.EMPTY),
        ("hello", Problem.NOT_A_NUMBER),
        ("5550123", Problem.NOT_A_NUMBER),
        ("216 555 01234", Problem.NOT_A_NUMBER),
        ("216-555-0123 ext 9", Problem.NOT_A_NUMBER),
        ("1" * 500, Problem.NOT_A_NUMBER),
        ("+44 7911 123456", Problem.FOREIGN),
        ("876 555 0123", Problem.FOREIGN),
        ("242 555 0123", Problem.FOREIGN),
        ("800 555 0123", Problem.NO_TEXTS),
        ("900 555 0123", Problem.NO_TEXTS),
        ("500 555 0006", Problem.NO_TEXTS),
        ("600 234 5678", Problem.NO_TEXTS),
        ("258 555 0123", Problem.UNASSIGNED),
        ("911", Problem.NOT_A_NUMBER),
    ],
)
def test_a_number_that_cannot_be_taken_is_refused_with_its_reason(
    text: str, problem: Problem
) -> None:
    with pytest.raises(NumberError) as refused:
        parse_typed(text)
    assert refused.value.problem is problem


def test_a_refusal_does_not_repeat_the_number() -> None:
    with pytest.raises(NumberError) as refused:
        parse_typed("+44 7911 123456")
    assert "7911" not in str(refused.value)


@given(st.text(max_size=60) | st.from_regex(r"[+(]?[0-9 ().-]{7,20}", fullmatch=True))
def test_whatever_is_typed_gives_a_person_or_a_refusal(text: str) -> None:
    try:
        number = parse_typed(text)
    except NumberError:
        return
    assert parse_sender(number) == Sender(SenderKind.PERSON, number)


@pytest.mark.parametrize(
    ("area", "zones"),
    [
        ("216", {"America/New_York"}),
        ("602", {"America/Phoenix"}),
        ("808", {"Pacific/Honolulu"}),
        ("787", {"America/Puerto_Rico"}),
        ("340", {"America/St_Thomas"}),
        ("671", {"Pacific/Guam"}),
        ("684", {"Pacific/Pago_Pago"}),
        ("850", {"America/New_York", "America/Chicago"}),
        ("606", {"America/New_York", "America/Chicago"}),
        ("208", {"America/Denver", "America/Los_Angeles"}),
        ("907", {"America/Anchorage", "America/Adak"}),
        ("928", {"America/Phoenix", "America/Denver"}),
        ("709", {"America/St_Johns", "America/Halifax"}),
        ("876", set()),
        ("258", set()),
        ("800", set()),
    ],
)
def test_an_area_code_tells_its_zones(area: str, zones: set[str]) -> None:
    assert set(zones_of_number(f"+1{area}5550123")) == zones


def test_what_is_no_number_has_no_zones() -> None:
    assert zones_of_number("88202") == ()


def test_every_zone_that_phonenumbers_knows_in_an_area_code_is_counted() -> None:
    """Our table of split area codes must hold at least what the library's exchanges say."""
    same = {**phone._SAME_CLOCK, "America/Fort_Nelson": "America/Whitehorse"}
    stray = {  # exchanges that the library puts where they are not
        ("907", "Pacific/Honolulu"),
        ("879", "America/Puerto_Rico"),
        ("867", "America/Vancouver"),
        ("474", "America/Winnipeg"),
    }
    for prefix, names in TIMEZONE_DATA.items():
        area = prefix[1:4]
        if not prefix.startswith("1") or len(prefix) < 4 or area in phone._OTHER_COUNTRIES:
            continue
        ours = {same.get(name, name) for name in zones_of_number(f"+1{area}5550123")}
        theirs = {same.get(name, name) for name in names if (area, name) not in stray}
        assert theirs <= ours, prefix


def test_split_area_codes_are_in_use() -> None:
    for area in split_area_codes():
        assert parse_sender(f"+1{area}5550123").kind is SenderKind.PERSON


def test_a_masked_number_shows_four_digits() -> None:
    assert mask("+12165550123") == "...0123"
    assert mask("88202") == "..."
