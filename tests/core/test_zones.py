"""A ZIP tells the clock somebody lives by, and says so when it can't."""

from zoneinfo import ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.zones import EVERYWHERE, format_zones, parse_zones, zones_of_zip

ET, CT, MT, PT = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
)


@pytest.mark.parametrize(
    ("zip_code", "zones"),
    [
        ("44113", {ET}),  # Cleveland
        ("44113-1234", {ET}),
        (" 10001 ", {ET}),
        ("60601", {CT}),
        ("80202", {MT}),
        ("90210", {PT}),
        ("85001", {"America/Phoenix"}),
        ("86503", {"America/Phoenix", MT}),  # Chinle, Navajo Nation
        ("99501", {"America/Anchorage"}),
        ("99546", {"America/Adak"}),  # Adak
        ("96813", {"Pacific/Honolulu"}),
        ("96799", {"Pacific/Pago_Pago"}),
        ("96910", {"Pacific/Guam"}),
        ("96950", {"Pacific/Saipan"}),
        ("00901", {"America/Puerto_Rico"}),
        ("00802", {"America/St_Thomas"}),
        ("32401", {ET, CT}),  # Panama City shares its prefix with Port St. Joe
        ("32501", {CT}),  # Pensacola
        ("32301", {ET}),  # Tallahassee
        ("46402", {CT}),  # Gary
        ("46201", {ET}),  # Indianapolis
        ("47978", {ET, CT}),  # Rensselaer
        ("47586", {ET, CT}),  # Tell City
        ("47708", {CT}),  # Evansville
        ("46534", {ET, CT}),  # Knox
        ("42101", {CT}),  # Bowling Green
        ("40202", {ET}),  # Louisville
        ("40143", {ET, CT}),  # Hardinsburg
        ("42602", {ET, CT}),  # Albany, Kentucky
        ("42728", {ET, CT}),  # Columbia, Kentucky
        ("37402", {ET}),  # Chattanooga
        ("37367", {ET, CT}),  # Pikeville, Tennessee
        ("38555", {CT}),  # Crossville
        ("37201", {CT}),  # Nashville
        ("49938", {ET, CT}),  # Ironwood
        ("57501", {CT, MT}),  # Pierre
        ("57701", {MT}),  # Rapid City
        ("58501", {CT, MT}),  # Bismarck
        ("58102", {CT}),  # Fargo
        ("69153", {CT, MT}),  # Ogallala
        ("67735", {CT, MT}),  # Goodland
        ("67878", {CT, MT}),  # Syracuse, Kansas
        ("79901", {MT}),  # El Paso
        ("79843", {CT, MT}),  # Marfa
        ("83501", {MT, PT}),  # Lewiston
        ("83814", {PT}),  # Coeur d'Alene
        ("83702", {MT}),  # Boise
        ("97914", {MT, PT}),  # Ontario, Oregon
        ("89883", {MT, PT}),  # West Wendover
        ("89101", {PT}),  # Las Vegas
        ("36867", {ET, CT}),  # Phenix City
        ("84101", {MT}),
        ("87101", {MT}),
    ],
)
def test_a_zip_tells_its_zones(zip_code: str, zones: set[str]) -> None:
    assert set(zones_of_zip(zip_code)) == zones


@pytest.mark.parametrize(
    "zip_code",
    ["", "4411", "441133", "4411a", "00000", "09012", "34002", "96201", "96940", "96939",
     "44113-12", "44113-", "M5V 2T6", "４４１１３"],
)  # fmt: skip
def test_an_unknown_zip_has_no_zones(zip_code: str) -> None:
    assert zones_of_zip(zip_code) == ()


@given(st.from_regex(r"[0-9]{5}", fullmatch=True))
def test_the_zones_of_any_zip_can_be_kept_and_read_back(zip_code: str) -> None:
    zones = zones_of_zip(zip_code)
    assert set(parse_zones(format_zones(zones))) == set(zones)


def test_equal_sets_of_zones_are_equal_strings() -> None:
    assert format_zones([MT, CT, MT]) == format_zones([CT, MT]) == "America/Chicago America/Denver"
    assert format_zones([]) == ""


def test_a_name_that_is_no_zone_is_refused() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        format_zones(["America/Cleveland"])


def test_everywhere_can_be_kept() -> None:
    assert set(parse_zones(EVERYWHERE)) == {ET, CT, MT, PT}
