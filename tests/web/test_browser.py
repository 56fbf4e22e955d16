"""The door in a real browser: with and without scripts, small and wide, by keyboard, for axe."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright
from sqlalchemy import select

from bot.store import tables

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATHS = ["/", "/join", "/join/sent", "/privacy", "/terms"]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no Chromium at {CHROMIUM}"),
]


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield opened
    opened.close()


class Visit:
    """A page in a browser, with every request and complaint that it caused."""

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        self.context = browser.new_context(base_url=address, **options)
        self.page = self.context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def close(self) -> None:
        self.context.close()


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def visit(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Visit]:
    small = {"width": 360, "height": 740}
    opened = Visit(browser, address, viewport=small, java_script_enabled=request.param)
    yield opened
    opened.close()


@pytest.fixture
def scripted(browser: Browser, address: str) -> Iterator[Visit]:
    opened = Visit(browser, address, viewport={"width": 360, "height": 740})
    yield opened
    opened.close()


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found]


def pass_time(house: Any) -> None:
    house.pass_time(seconds=20)


def test_somebody_signs_up_on_a_small_phone(visit: Visit, one_house: Any) -> None:
    page = visit.page
    page.goto("/")
    page.get_by_role("link", name="Use the form").click()
    expect(page).to_have_title("Sign up for text support · Harbor")
    page.get_by_label("Your mobile number").fill("216-555-0123")
    page.get_by_label("Treatment: 5 weeks").check()
    page.get_by_label("Late afternoon").check()
    page.get_by_label("ZIP code").fill("44101")
    consent = page.get_by_role("checkbox")
    expect(consent).not_to_be_checked()
    consent.check()
    pass_time(one_house)
    page.get_by_role("button", name="Text me to confirm").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look at your phone")
    person = one_house.database.read(lambda c: c.execute(select(tables.subscribers)).one())
    assert (person.pending_programme, person.slot) == ("treatment", "evening")
    assert visit.context.cookies() == []


def test_the_whole_form_can_be_filled_in_by_keyboard_alone(visit: Visit, one_house: Any) -> None:
    page = visit.page
    page.goto("/join")
    page.get_by_label("Your mobile number").focus()
    page.keyboard.type("216-555-0123")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("checkbox")).to_be_checked()
    pass_time(one_house)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Look at your phone")
    person = one_house.database.read(lambda c: c.execute(select(tables.subscribers)).one())
    assert person.slot == "morning"


def test_mistakes_are_announced_linked_and_easily_mended(visit: Visit, one_house: Any) -> None:
    page = visit.page
    page.goto("/join")
    page.get_by_label("Your mobile number").fill("216 555")
    page.get_by_label("ZIP code").fill("44101")
    pass_time(one_house)
    page.get_by_role("button").click()
    expect(page).to_have_title(re.compile("^Error: "))
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    alert.get_by_role("link", name="Write a number with its area code").click()
    number = page.get_by_label("Your mobile number")
    expect(number).to_be_focused()
    expect(number).to_have_value("216 555")
    expect(number).to_have_accessible_description(re.compile("Write a number with its area code"))
    expect(number).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("ZIP code")).to_have_value("44101")
    number.fill("216-555-0123")
    page.get_by_role("checkbox").check()
    page.get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look at your phone")


def test_nothing_is_loaded_from_elsewhere_and_no_policy_is_broken(
    visit: Visit, address: str
) -> None:
    for path in PATHS:
        visit.page.goto(path)
    assert visit.complaints == []
    assert [url for url in visit.requests if not url.startswith(address)] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 1280])
def test_axe_finds_nothing_and_nothing_runs_out_of_the_side(
    browser: Browser, address: str, width: int, scheme: Any
) -> None:
    size = {"width": width, "height": 800}
    seen = Visit(browser, address, viewport=size, color_scheme=scheme, bypass_csp=True)
    for path in PATHS:
        seen.page.goto(path)
        assert violations(seen.page) == [], path
        assert seen.page.evaluate("document.documentElement.scrollWidth") == width
    seen.close()


def test_axe_finds_nothing_where_mistakes_are_shown(
    browser: Browser, address: str, one_house: Any
) -> None:
    for scheme in ("light", "dark"):
        seen = Visit(browser, address, color_scheme=scheme, bypass_csp=True)
        seen.page.goto("/join")
        seen.page.get_by_label("ZIP code").fill("1")
        seen.page.get_by_role("button").click()
        expect(seen.page.get_by_role("alert")).to_be_visible()
        assert violations(seen.page) == []
        seen.close()


def test_the_page_says_first_how_to_skip_and_where_help_is(scripted: Visit) -> None:
    scripted.page.goto("/join")
    scripted.page.keyboard.press("Tab")
    skip = scripted.page.get_by_role("link", name="Skip to the main part")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    scripted.page.keyboard.press("Tab")
    expect(scripted.page.get_by_role("link", name="Call 911")).to_be_focused()


def test_a_second_press_does_not_send_the_form_twice(scripted: Visit, one_house: Any) -> None:
    page = scripted.page
    page.goto("/join")
    page.get_by_label("Your mobile number").fill("216-555-0123")
    page.get_by_role("checkbox").check()
    pass_time(one_house)
    page.get_by_role("button").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look at your phone")
    posts = [url for url in scripted.requests if url.endswith("/join")]
    assert len(posts) == 2, "one to show the form, one to send it"


def test_a_wide_screen_shows_a_code_for_the_phone_and_a_phone_does_not(
    browser: Browser, address: str
) -> None:
    for width, visible in ((1280, True), (360, False)):
        seen = Visit(browser, address, viewport={"width": width, "height": 800})
        seen.page.goto("/")
        assert seen.page.locator(".qr").is_visible() is visible
        seen.close()
