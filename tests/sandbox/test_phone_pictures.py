"""The page is photographed: for the README, and for whoever changes how it looks."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no Chromium at /usr/bin/chromium"),
]


def _wait_for(page: Any, count: int) -> None:
    page.wait_for_function("n => document.querySelectorAll('.bubble').length >= n", arg=count)


def test_the_picture_of_the_readme_can_be_taken(browser: Any, talk: Any, tmp_path: Path) -> None:
    """Writes docs/phone.png when TAKE_PICTURES names a directory; else to a throw-away one."""
    directory = Path(os.environ.get("TAKE_PICTURES", tmp_path))
    _picture(browser, talk, directory / "phone.png", 1280, 860, _join_and_skip)
    _picture(browser, talk, directory / "dark.png", 1280, 860, _answer_the_check_in, dark=True)
    _picture(browser, talk, directory / "tablet.png", 820, 1000)
    _picture(browser, talk, directory / "small.png", 360, 740)
    _picture(browser, talk, directory / "behind.png", 360, 740, _look_behind)
    assert (directory / "phone.png").stat().st_size > 20_000


def _picture(
    browser: Any,
    talk: Any,
    path: Path,
    width: int,
    height: int,
    act: Any = None,
    dark: bool = False,
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=2,
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    tab = context.new_page()
    tab.goto(talk.page_url)
    if act:
        act(tab)
    tab.wait_for_function("() => document.querySelectorAll('.row').length > 9")
    tab.screenshot(path=path)
    context.close()


def _join_and_skip(tab: Any) -> None:
    tab.locator("#words").fill("recovery")
    tab.keyboard.press("Enter")
    _wait_for(tab, 2)
    tab.get_by_role("button", name=re.compile("Skip")).click()
    tab.locator("#notice").get_by_text("It is now").wait_for()
    _wait_for(tab, 3)
    tab.locator("body").hover(position={"x": 5, "y": 5})


def _answer_the_check_in(tab: Any) -> None:
    for count in (4, 5):
        tab.get_by_role("button", name=re.compile("Skip")).click()
        _wait_for(tab, count)
    tab.locator("#words").fill("3")
    tab.keyboard.press("Enter")
    _wait_for(tab, 7)


def _look_behind(tab: Any) -> None:
    tab.get_by_role("button", name="Behind it").click()
