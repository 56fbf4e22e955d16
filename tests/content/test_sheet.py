"""The page on which a clinician reads and signs every text."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from bot.core.library import Library, Review
from bot.linting import check
from bot.sheet import render
from tests.content.edits import on_demand, pushed

TODAY = date(2026, 11, 21)
CHROMIUM = Path("/usr/bin/chromium")


def page_of(library: Library) -> str:
    return render(library, check(library, frozenset(), TODAY), TODAY)


@pytest.fixture(scope="module")
def page(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page in a real browser; `requests` are what it asked for."""
    file = tmp_path_factory.mktemp("sheet") / "sheet.html"
    file.write_text(page_of(library), "utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 1100, "height": 1300})
        asked: list[str] = []
        said: list[str] = []
        opened.on("request", lambda request: asked.append(request.url))
        opened.on("console", lambda message: said.append(message.text))
        opened.goto(file.as_uri())
        assert asked == [file.as_uri()]
        assert said == []
        yield opened
        browser.close()


pytestmark = pytest.mark.browser


def test_every_text_stands_on_the_page_as_a_phone_shows_it(page: Page, library: Library) -> None:
    shown = page.locator(".bubble").all_inner_texts()
    assert sorted(shown) == sorted(message.text for message in library.by_id.values())


def test_every_text_has_a_line_to_sign_with_its_fingerprint(page: Page, library: Library) -> None:
    lines = "\n".join(page.locator(".card footer code").all_inner_texts())
    for message in library.by_id.values():
        assert f'of = "{message.fingerprint}"' in lines
    assert 'free_review = { by = "", on = 2026-11-21, of = "' in lines


def test_a_text_shows_its_claims_with_status_and_source(page: Page, library: Library) -> None:
    card = page.locator("article", has=page.locator("h3", has_text="T06")).first
    words = card.inner_text()
    for name in library.by_id["T06"].claims:
        claim = library.claims[name]
        assert name in words
        assert claim.status in words
        assert claim.corrected in words
        assert ", ".join(claim.sources) in words
    assert "NAL" in words
    assert "2 segments, grade 4.2" in words


def test_a_pushed_text_shows_what_a_locked_phone_would(page: Page, library: Library) -> None:
    card = page.locator("article", has=page.locator("h3", has_text="R02")).first
    assert library.by_id["R02"].text[:40].strip() in card.locator(".locked").inner_text()


def test_an_answer_shows_how_people_say_it_and_what_it_changes(page: Page) -> None:
    words = page.locator("article", has=page.get_by_role("heading", name="R04.3")).inner_text()
    assert "When R04 is answered 3" in words
    assert "Heard as this answer: 3, three, hard" in words
    assert "Remembered: today: hard" in words


def test_the_contents_lead_to_every_section(page: Page) -> None:
    targets = [link.get_attribute("href") for link in page.locator("nav a").all()]
    assert len(targets) == page.locator("main > section").count()
    for target in targets:
        assert page.locator(f"main h2{target}").count() == 1


@pytest.mark.parametrize("width", [390, 768, 1400])
def test_nothing_runs_out_of_the_page(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1100, "height": 1300})


def test_the_printed_page_has_room_for_a_signature(page: Page) -> None:
    assert not page.locator(".pen").first.is_visible()
    page.emulate_media(media="print")
    assert page.locator(".pen").first.is_visible()
    page.emulate_media(media="screen")


def test_a_signed_text_names_its_reviewer_and_has_no_line_to_sign(library: Library) -> None:
    of = library.by_id["BRAIN.1"].fingerprint
    made = page_of(on_demand(review=Review("A. Reader", TODAY, of))(library))
    assert "signed by A. Reader on 2026-11-21" in made
    assert made.count(of) == 0


def test_a_signature_for_other_words_is_shown_as_such(library: Library) -> None:
    made = page_of(pushed(review=Review("A. Reader", TODAY, "0" * 16))(library))
    assert "signed for other words" in made
    assert "stale-review" in made


def test_words_are_shown_and_never_run(library: Library) -> None:
    made = page_of(on_demand("<script>alert(1)</script> & more")(library))
    assert "<script" not in made
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in made


def test_the_page_can_be_made_without_topics(library: Library) -> None:
    assert "for review" in page_of(replace(library, topics={}))
