"""The sign-up form, and the page that follows it, which is the same for everybody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Blueprint, Request, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from bot.content.pages import SLOTS, Pages
from bot.core import phone
from bot.core.zones import zones_of_zip
from bot.logs import logger
from bot.signup import Outcome, SignUp
from bot.store.database import StoreError
from bot.web.address import client_network
from bot.web.rendering import render
from bot.web.tokens import FormTokens

log = logger(__name__)

LARGEST_FORM = 8 * 1024
FASTEST = timedelta(seconds=2)
"""Nobody fills the form in that quickly."""
OLDEST = timedelta(hours=4)
PROGRAMMES = ("recovery", "treatment")
HONEYPOT = "website"

Takes = Callable[[SignUp, datetime], Outcome]


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the fields, to show it again; and by field what is wrong with it."""

    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    errors: Mapping[str, str] = field(default_factory=dict)
    """Field -> name of the words that say what to do."""
    number: str = field(default="", repr=False)


def blueprint(
    pages: Pages,
    take: Takes,
    tokens: FormTokens,
    now: Callable[[], datetime],
    trusted_proxies: int = 0,
) -> Blueprint:
    """`take` asks the number's owner; `trusted_proxies`: how many set `X-Forwarded-For`."""
    routes = Blueprint("signup", __name__)
    door = Door(pages, take, tokens, now, trusted_proxies)

    @routes.before_request
    def _limit_size() -> None:
        request.max_content_length = LARGEST_FORM

    @routes.errorhandler(StoreError)
    def _away(error: StoreError) -> ResponseReturnValue:
        log.error("the database is away: a sign-up was not taken")
        return render("page.html", pages, pages.away), 503, {"Retry-After": "120"}

    routes.get("/join")(door.show)
    routes.post("/join")(door.send)
    routes.get("/join/sent")(door.sent)
    return routes


class Door:
    """The form: shown, read, and handed on."""

    def __init__(
        self,
        pages: Pages,
        take: Takes,
        tokens: FormTokens,
        now: Callable[[], datetime],
        trusted_proxies: int,
    ) -> None:
        self._pages = pages
        self._take = take
        self._tokens = tokens
        self._now = now
        self._trusted_proxies = trusted_proxies

    def show(self) -> ResponseReturnValue:
        """An empty form."""
        network = client_network(request, self._trusted_proxies)
        return self._form(Filled(), self._tokens.make(network, self._now()), 200)

    def send(self) -> ResponseReturnValue:
        """A form that somebody filled in, or something that acts like it."""
        if is_cross_site(request):
            return Response("sent from another site\n", 403, content_type="text/plain")
        if request.form.get(HONEYPOT):
            log.info("sign-up", outcome="honeypot")
            return redirect(url_for("signup.sent"), 303)
        now = self._now()
        network = client_network(request, self._trusted_proxies)
        token, in_time = self._checked(request.form.get("token", ""), network, now)
        filled = read(request.form)
        if not filled.errors and not in_time:
            filled = Filled(filled.values, {"form": "error_again"})
        if filled.errors:
            return self._form(filled, token, 422)
        outcome = self._take(_signup(filled, network), now)
        log.info("sign-up", outcome=outcome.value)
        if outcome is Outcome.BUSY:
            busy = render("page.html", self._pages, self._pages.busy)
            return busy, 429, {"Retry-After": "3600"}
        return redirect(url_for("signup.sent"), 303)

    def sent(self) -> ResponseReturnValue:
        """What everybody sees afterwards."""
        return render("page.html", self._pages, self._pages.sent)

    def _checked(self, token: str, network: str, now: datetime) -> tuple[str, bool]:
        """A token to show the form with again, and whether this one was in time."""
        age = self._tokens.age(token, network, now)
        if age is None or age > OLDEST:
            return self._tokens.make(network, now), False
        return token, age >= FASTEST

    def _form(self, filled: Filled, token: str, status: int) -> ResponseReturnValue:
        choices = {"programmes": PROGRAMMES, "slots": SLOTS, "honeypot": HONEYPOT}
        page = self._pages.join
        html = render("join.html", self._pages, page, filled=filled, token=token, **choices)
        return html, status


def is_cross_site(request: Request) -> bool:
    """Whether a browser says that another site had this form sent."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")


def read(form: Mapping[str, str]) -> Filled:
    """The fields, checked."""
    names = ("phone", "programme", "slot", "zip", "consent")
    values = {name: form.get(name, "").strip()[:100] for name in names}
    errors = {}
    number = ""
    try:
        number = phone.parse_typed(values["phone"])
    except phone.NumberError as error:
        errors["phone"] = f"error_{error.problem.value}"
    for name, choices in (("programme", PROGRAMMES), ("slot", SLOTS)):
        if values[name] and values[name] not in choices:
            errors[name] = "error_choice"
    if values["zip"] and not zones_of_zip(values["zip"]):
        errors["zip"] = "error_zip"
    if values["consent"] != "yes":
        errors["consent"] = "error_consent"
    return Filled(values, errors, number)


def _signup(filled: Filled, network: str) -> SignUp:
    values = filled.values
    return SignUp(
        number=filled.number,
        programme=values["programme"] or PROGRAMMES[0],
        address=network,
        slot=values["slot"] or None,
        zones=zones_of_zip(values["zip"]),
    )
