"""The pages: what they must say, and how they are sent."""

import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import content
from bot.content import ContentError
from bot.content.pages import load_pages
from bot.web import markup
from bot.web.pages import qr_code, readable, sms_link

MESSAGES = Path(__file__).parents[2] / "messages"
PUBLIC = ["/", "/join", "/join/sent", "/privacy", "/terms"]


def words_of(html: str) -> str:
    body = re.sub(r"<(script|style|svg).*?</\1>", " ", html, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", body)))


def said(house: Any, path: str) -> str:
    return words_of(house.client().get(path).text)


def test_the_first_page_says_what_this_is_and_is_not_and_who_runs_it(one_house: Any) -> None:
    html = one_house.client().get("/").text
    says = words_of(html)
    for fact in (
        "A computer sends and reads these texts",
        "Not a crisis line",
        "Nothing is sold",
        "Harbor, an example service",
        "Call 911",
        "text 988",
        "216-555-0100",
    ):
        assert fact in says, fact
    assert 'href="sms:+12165550100?&amp;body=RECOVERY"' in html
    assert "<svg" in html
    assert 'href="/join"' in html
    assert 'href="/privacy"' in html


CONSENT = ["Harbor", "automated", "one a day", "Msg & data rates may apply", "HELP", "STOP"]


def test_the_consent_words_hold_what_carriers_and_the_law_ask_for(one_house: Any) -> None:
    html = one_house.client().get("/join").text
    consent = words_of(html[html.index('id="consent-words"') : html.index('name="token"')])
    for word in [*CONSENT, "don't have to agree", "18"]:
        assert word in consent, word
    assert 'href="/terms"' in html
    assert 'href="/privacy"' in html
    box = re.search(r"<input[^>]*type=\"checkbox\"[^>]*>", html)
    assert box
    assert "checked" not in box[0]


def test_only_number_and_consent_are_required_and_the_star_is_explained(one_house: Any) -> None:
    html = one_house.client().get("/join").text
    required = re.findall(r"<input[^>]*name=\"(\w+)\"[^>]*\brequired\b", html)
    assert required == ["phone", "consent"]
    assert "Fields marked with * must be filled in" in words_of(html)


def test_the_terms_hold_what_registration_asks_for(one_house: Any) -> None:
    says = said(one_house, "/terms")
    for fact in [
        "Message frequency",
        "between 10 am and 5 pm",
        "Msg & data rates may apply",
        "Carriers are not liable for delayed or undelivered messages",
        "help@example.org",
    ]:
        assert fact in says, fact
    html = one_house.client().get("/terms").text
    assert "<strong>HELP</strong>" in html
    assert "<strong>STOP</strong>" in html


def test_the_privacy_page_says_that_nothing_goes_to_others_for_marketing(one_house: Any) -> None:
    says = said(one_house, "/privacy")
    assert "not shared with third parties or affiliates for marketing" in says
    assert "Washington" in says


def test_every_number_on_a_page_is_one_that_was_checked(one_house: Any) -> None:
    library = content.load(MESSAGES)
    known = {resource.contact for resource in library.resources.values()}
    ours = {"216-555-0100", "216-555-0123"}
    for path in PUBLIC:
        html = one_house.client().get(path).text
        found = set(re.findall(r"\b(?:1-)?\d{3}-\d{3}-\d{4}\b", words_of(html)))
        linked = set(re.findall(r'href="(?:tel|sms):(\d{3})"', html))
        assert found | linked <= known | ours, path
        dialled = re.findall(r'href="tel:\+1(\d{3})(\d{3})(\d{4})"', html)
        assert {f"1-{'-'.join(parts)}" for parts in dialled} <= known


@pytest.mark.parametrize("path", PUBLIC)
def test_every_page_is_sent_with_the_headers_that_protect_its_reader(
    one_house: Any, path: str
) -> None:
    headers = one_house.client().get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "max-age=31536000" in headers["Strict-Transport-Security"]
    assert headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("path", PUBLIC)
def test_no_page_has_anything_inline_that_the_policy_forbids(one_house: Any, path: str) -> None:
    html = one_house.client().get(path).text
    assert not re.search(r"<style|style=|<script>|\son\w+=", html)
    assert not re.search(r"(src|href)=\"https?://(?!findtreatment\.gov\")", html)


@given(st.text())
def test_markup_lets_nothing_through_but_its_own(text: str) -> None:
    html = str(markup.blocks(text))
    left = re.sub(r"</?(p|ul|li|strong)>|<a href=\"[^\"<>]*\">|</a>", "", html)
    assert "<" not in left
    assert ">" not in left


def test_a_link_leads_only_where_pages_may_lead(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    for file in (MESSAGES / "pages").glob("*.toml"):
        (pages / file.name).write_text(file.read_text())
    (pages / "away.toml").write_text(
        'title = "x"\nlead = "[see](javascript:alert(1)) {nobody}"\n[words]\nodd = "x"\n'
    )
    with pytest.raises(ContentError) as caught:
        load_pages(tmp_path, content.load(MESSAGES).service, "")
    complaints = "\n".join(caught.value.complaints)
    assert "away.toml:2" in complaints
    assert "javascript:alert(1" in complaints
    assert "{nobody}" in complaints
    assert '"odd" means nothing here' in complaints


def test_the_code_and_the_link_open_a_text_to_our_number() -> None:
    assert sms_link("+12165550100", "RECOVERY") == "sms:+12165550100?&body=RECOVERY"
    assert qr_code("+12165550100", "RECOVERY").startswith("<svg")
    assert readable("+12165550100") == "216-555-0100"
    assert readable("55501") == "55501"


def test_the_retention_that_the_privacy_page_promises_is_the_one_that_is_kept(
    one_house: Any,
) -> None:
    from bot.core.signup import PENDING_FOR
    from bot.retention import KEEP

    says = said(one_house, "/privacy")
    assert f"{PENDING_FOR.days * 24} hours" in says
    assert f"{KEEP.texts.days} days" in says
    assert KEEP.people.days == 365
    assert "a year after your last text" in says
    five_years = date(2031, 12, 1) - date(2026, 12, 1)
    assert abs(KEEP.consents.days - five_years.days) <= 1
    assert "five years after its last entry" in says
