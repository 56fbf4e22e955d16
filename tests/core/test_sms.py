"""Segments are money, and a cut emoji is a broken text: the count must be the carrier's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.sms import Encoding, encoding, foreign, segments, units

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"
FAMILY = "👩‍👩‍👧‍👦"
gsm_texts = st.text(alphabet=BASIC + EXTENSION, max_size=700)
any_texts = st.text(max_size=400) | st.text(alphabet="a’é😀👍🏽\u0301\u200d🇺🇸{", max_size=400)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 159 + "{", 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        (("a" * 152 + "{") * 2, 3),
        ("a" * 152 + "{" + "a" * 152, 3),
        ("’" * 70, 1),
        ("’" * 71, 2),
        ("’" * 134, 2),
        ("’" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("", 0),
        ("a", 1),
    ],
)
def test_segments_are_counted_as_the_carrier_counts_them(text: str, expected: int) -> None:
    assert segments(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("😀" * 66, 2),  # 33 fit in 67 units, the 34th would be cut in two
        ("😀" * 67, 3),
        ("’" * 66 + "😀" + "’" * 66, 3),
        ("’" * 60 + FAMILY + "’" * 60, 3),
        ("’" * 60 + "🇺🇸" + "’" * 4, 1),
        ("’" * 65 + "🇺🇸" + "’" * 4, 2),
        ("’" * 63 + "🇺🇸" * 3 + "’" * 59, 2),  # flags side by side are three characters
        ("’" * 66 + "e\u0301" + "’" * 66, 3),
        ("’" * 66 + "👍🏽" + "’" * 64, 3),
        ("’" * 66 + "\r\n" + "’" * 66, 2),
        ("a" + "\u0301" * 133, 2),
        ("a" + "\u0301" * 134, 3),
        ("’" + "a" + "\u0301" * 70, 3),
    ],
)
def test_what_a_reader_sees_as_one_character_is_not_cut(text: str, expected: int) -> None:
    assert segments(text) == expected


@pytest.mark.parametrize("char", BASIC)
def test_a_basic_character_takes_one_unit(char: str) -> None:
    assert (encoding(char), units(char)) == (Encoding.GSM_7, 1)


@pytest.mark.parametrize("char", EXTENSION)
def test_an_extension_character_takes_two_units(char: str) -> None:
    assert (encoding(char), units(char)) == (Encoding.GSM_7, 2)


@pytest.mark.parametrize("char", "`áíóúç“”‘’–—…\t\u00a0😀\x1b")
def test_other_characters_move_the_text_to_ucs_2(char: str) -> None:
    assert encoding("a" + char) is Encoding.UCS_2
    assert foreign("a" + char + "b" + char) == (char,)


def test_the_basic_set_is_complete() -> None:
    assert len(set(BASIC)) == 127


def test_foreign_characters_come_once_each_in_order() -> None:
    assert foreign("“Don’t – don’t” ñ €") == ("“", "’", "–", "”")


def test_a_lone_surrogate_is_counted_and_does_not_raise() -> None:
    assert (segments("\ud83d"), units("\ud83d")) == (1, 1)


@given(gsm_texts)
def test_gsm_texts_have_nothing_foreign(text: str) -> None:
    assert encoding(text) is Encoding.GSM_7
    assert foreign(text) == ()
    assert units(text) == len(text) + sum(text.count(char) for char in EXTENSION)


@given(any_texts)
def test_units_of_ucs_2_are_those_of_utf_16(text: str) -> None:
    if encoding(text) is Encoding.UCS_2:
        assert units(text) == len(text.encode("utf-16-be", "surrogatepass")) // 2
        assert foreign(text)


@given(any_texts | gsm_texts)
def test_the_parts_can_hold_the_text_and_one_part_less_could_not_by_much(text: str) -> None:
    whole, part = (160, 153) if encoding(text) is Encoding.GSM_7 else (70, 67)
    count, length = segments(text), units(text)
    if length <= whole:
        assert count == (1 if text else 0)
    else:
        assert count * part >= length
        assert count >= 2


@given(any_texts | gsm_texts, any_texts | gsm_texts)
def test_a_longer_text_never_takes_fewer_segments(text: str, more: str) -> None:
    if encoding(text) is encoding(text + more):
        assert segments(text + more) >= segments(text)


@given(st.text(alphabet=BASIC, max_size=1000))
def test_without_extension_pairs_the_count_is_a_division(text: str) -> None:
    expected = -(-len(text) // 153) if len(text) > 160 else min(len(text), 1)
    assert segments(text) == expected
