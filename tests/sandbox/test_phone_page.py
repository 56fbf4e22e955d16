"""The page in a real Chromium: what a person sees, types and hears."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no Chromium at /usr/bin/chromium"),
]


@pytest.fixture
def page(browser: Any, talk: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 360, "height": 740}, device_scale_factor=2)
    tab = context.new_page()
    complaints: list[str] = []
    strangers: list[str] = []
    tab.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("request", lambda r: strangers.append(r.url) if not _ours(r.url, talk) else None)
    tab.goto(talk.page_url)
    yield tab
    assert complaints == []
    assert strangers == []
    context.close()


def _ours(url: str, talk: Any) -> bool:
    return url.startswith((talk.bot.url + "/sandbox/", "data:,"))


def _bubbles(page: Any) -> list[str]:
    return [b.inner_text() for b in page.locator(".bubble p:not(.about-text)").all()]


def _wait_for(page: Any, count: int) -> None:
    page.wait_for_function("n => document.querySelectorAll('.bubble').length >= n", arg=count)


def test_a_tapped_keyword_is_sent_and_answered(page: Any, talk: Any) -> None:
    page.get_by_role("button", name="RECOVERY").click()
    _wait_for(page, 2)
    assert _bubbles(page) == ["RECOVERY", talk.bot.replies["RECOVERY"][0]]
    assert page.locator(".about-text").all_inner_texts() == [
        "3:41 PM · 1 segment",
        "3:41 PM · 2 segments",
    ]
    assert talk.bot.texts[0]["FromZip"] == "44113"


def test_the_keyboard_alone_is_enough(page: Any, talk: Any) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.type("recovery")
    page.keyboard.press("Enter")
    _wait_for(page, 2)
    assert talk.bot.texts[0]["Body"] == "recovery"
    assert page.evaluate("document.activeElement.id") == "words"
    [(_, words), *_] = talk.planned
    page.get_by_role("button", name="Skip to the next message").focus()
    page.keyboard.press("Enter")
    _wait_for(page, 3)
    assert _bubbles(page)[2] == words


def test_shift_and_enter_breaks_the_line_and_the_text_keeps_it(page: Any, talk: Any) -> None:
    page.locator("#words").fill("one")
    page.keyboard.press("End")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    page.keyboard.press("Enter")
    _wait_for(page, 1)
    assert talk.bot.texts[0]["Body"] == "one\ntwo"


def test_skipping_moves_the_clock_and_brings_the_next_message(page: Any) -> None:
    page.get_by_role("button", name="RECOVERY").click()
    _wait_for(page, 2)
    page.get_by_role("button", name="Skip to the next message").click()
    _wait_for(page, 3)
    assert page.locator("#day").inner_text() == "Saturday, March 7"
    assert page.locator("#clock").inner_text() == "11:41 AM"
    assert page.locator("#notice").inner_text() == "It is now Saturday, March 7, 11:41 AM."
    assert page.locator(".talk .day").all_inner_texts() == ["Friday, March 6", "Saturday, March 7"]


def test_skipping_with_nothing_planned_says_what_to_do(page: Any, talk: Any) -> None:
    talk.planned.clear()
    page.get_by_role("button", name="Skip to the next message").click()
    page.get_by_text("Nothing is planned yet.").wait_for()


def test_new_bubbles_are_announced_and_named(page: Any) -> None:
    log = page.get_by_role("log", name="Conversation")
    assert log.get_attribute("aria-live") == "polite"
    page.get_by_role("button", name="RECOVERY").click()
    _wait_for(page, 2)
    assert log.locator(".unseen").all_text_contents() == ["You:", "Text support:"]


def test_a_second_phone_has_its_own_number_time_and_conversation(page: Any, talk: Any) -> None:
    page.get_by_role("button", name="RECOVERY").click()
    _wait_for(page, 2)
    page.get_by_role("button", name="Add a phone").click()
    page.get_by_label("Where is it?").select_option("808")
    page.get_by_role("button", name="Open phone").click()
    page.wait_for_function("() => document.getElementById('clock').textContent === '10:41 AM'")
    assert _bubbles(page) == []
    page.get_by_role("button", name="RECOVERY").click()
    _wait_for(page, 2)
    assert [t["From"] for t in talk.bot.texts] == ["+12165550123", "+18085550124"]
    page.get_by_role("button", name="Cleveland").click()
    page.wait_for_function("() => document.getElementById('clock').textContent === '3:41 PM'")
    page.reload()
    page.get_by_role("button", name="Honolulu").wait_for()
    page.keyboard.press("Escape")


def test_the_dialog_closes_without_a_phone_when_cancelled(page: Any) -> None:
    page.get_by_role("button", name="Add a phone").click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add a phone").click()
    page.get_by_role("button", name="Cancel").click()
    assert page.locator("#phones button").count() == 2


def test_what_happened_behind_is_told_in_order(page: Any) -> None:
    page.get_by_role("button", name="RECOVERY").click()
    _wait_for(page, 2)
    page.get_by_role("button", name="Behind it").click()
    page.wait_for_function("() => document.querySelectorAll('.row').length >= 5")
    where = page.locator(".row b").all_inner_texts()
    assert where[0] == "Phone"
    assert {"Webhook", "Reply", "Database"} <= set(where)
    times = page.locator(".row time").all_inner_texts()
    assert times == sorted(times)


def test_nothing_sticks_out_sideways_at_360_pixels(page: Any, talk: Any) -> None:
    talk.bot.replies["RECOVERY"] = ["x" * 400]
    page.get_by_role("button", name="RECOVERY").click()
    _wait_for(page, 2)
    for view in ("Phone", "Behind it"):
        page.get_by_role("button", name=view, exact=True).click()
        assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.evaluate("document.documentElement.scrollHeight") == 740


def test_every_control_has_a_name_and_room_for_a_thumb(page: Any) -> None:
    for control in page.locator("button:visible, textarea, select:visible").all():
        box = control.bounding_box()
        assert box["height"] >= 36, control.inner_text()
        named = control.get_attribute("aria-label") or control.inner_text()
        assert named.strip() or control.get_attribute("id") == "words"


def test_a_program_that_stopped_is_told_and_the_words_are_kept(page: Any, talk: Any) -> None:
    page.route("**/phone/text", lambda route: route.fulfill(status=200, json={"answered": False}))
    page.get_by_role("button", name="MENU").click()
    page.get_by_text("The program did not answer.").wait_for()
