"""The pages that only tell: what this is and how to join by text, privacy, terms."""

from __future__ import annotations

from flask import Blueprint
from markupsafe import Markup

from bot.content.pages import Pages
from bot.web.rendering import render


def blueprint(pages: Pages, join_number: str) -> Blueprint:
    """`GET /`, `/privacy`, `/terms`. `join_number`: E.164 or a short code, which people text to."""
    routes = Blueprint("pages", __name__)
    words = pages.home.words
    keywords = [words["recovery_word"], words["treatment_word"]]
    links = {word: sms_link(join_number, word) for word in keywords}
    code = qr_code(join_number, keywords[0])

    @routes.get("/")
    def home() -> str:
        return render("home.html", pages, pages.home, links=links, qr_code=code)

    @routes.get("/privacy")
    def privacy() -> str:
        return render("page.html", pages, pages.privacy)

    @routes.get("/terms")
    def terms() -> str:
        return render("page.html", pages, pages.terms)

    return routes


def sms_link(number: str, word: str) -> str:
    """Opens the texting app with number and word filled in, on either kind of phone."""
    return f"sms:{number}?&body={word}"


def qr_code(number: str, word: str) -> Markup:
    """An inline picture of the same for a phone's camera, made here."""
    import segno  # drawn once a page, not at the start

    code = segno.make(f"SMSTO:{number}:{word}", error="m", micro=False)
    picture = code.svg_inline(
        border=0, omitsize=True, svgclass="qr", lineclass=None, dark="#16302e"
    )
    return Markup(picture)  # noqa: S704 - drawn by segno from our own number


def readable(number: str) -> str:
    """A number as people read it: "216-555-0100"; a short code stays as it is."""
    if len(number) == 12 and number.startswith("+1"):
        return f"{number[2:5]}-{number[5:8]}-{number[8:]}"
    return number
