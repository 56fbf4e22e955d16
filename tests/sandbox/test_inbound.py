"""A person's text reaches the webhook as Twilio would bring it, and the answer comes back."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox import Place
from bot.sandbox.optout import HELP_TEXT, OPT_IN, OPT_OUT, START_TEXT, STOP_TEXT
from bot.sandbox.webhooks import RetryRules

ANNA = "+12165550123"


def test_the_webhook_carries_all_parameters_and_a_true_signature(outfit: Any) -> None:
    outfit.sandbox.text(ANNA, "héllo & <b>", place=Place("Cleveland", "OH", "44113"))
    [text] = outfit.bot.texts
    assert text["MessageSid"] == text["SmsSid"] == text["SmsMessageSid"]
    assert text["MessageSid"].startswith("SM")
    assert len(text["MessageSid"]) == 34
    assert (text["From"], text["To"], text["Body"]) == (
        ANNA,
        outfit.sandbox.number,
        "héllo & <b>",
    )
    assert (text["FromZip"], text["FromCity"], text["NumMedia"]) == ("44113", "CLEVELAND", "0")
    assert (text["SmsStatus"], text["ApiVersion"]) == ("received", "2010-04-01")
    assert (text["NumSegments"], text["ToZip"]) == ("1", "")


def test_media_come_with_their_address_and_kind(outfit: Any) -> None:
    exchange = outfit.sandbox.text(ANNA, "", media=2)
    [text] = outfit.bot.texts
    assert exchange.sid.startswith("MM")
    assert (text["NumMedia"], text["Body"], text["MediaContentType1"]) == ("2", "", "image/jpeg")


def test_replies_reach_the_phone_and_their_status_comes_back(outfit: Any) -> None:
    outfit.bot.replies["MENU"] = ["one & <two>", "three"]
    outfit.bot.callback_base = outfit.status_url
    exchange = outfit.sandbox.text(ANNA, "menu")
    assert exchange.replies == ("one & <two>", "three")
    assert exchange.status == 200
    assert outfit.sandbox.wait_until_idle()
    assert outfit.bot.statuses("reply-0") == ["sent", "delivered"]
    assert [m.direction for m in outfit.sandbox.messages(ANNA)] == ["outbound-reply"] * 2


def test_action_is_a_status_address_too(outfit: Any) -> None:
    address = f"{outfit.status_url}?text=7"
    outfit.bot.twiml = f'<Response><Message action="{address}"><Body>Hi</Body></Message></Response>'
    assert outfit.sandbox.text(ANNA, "x").replies == ("Hi",)
    assert outfit.sandbox.wait_until_idle()
    assert outfit.bot.statuses("7") == ["sent", "delivered"]


@pytest.mark.parametrize(
    ("twiml", "content_type", "code"),
    [
        ("<Response><Message>", "text/xml", "12100"),
        ("<html/>", "text/xml", "12200"),
        ("<Response><Dial/></Response>", "text/xml", "12200"),
        ("<Response/>", "application/json", "12300"),
    ],
)
def test_a_bad_answer_sends_nothing_and_is_in_the_debugger(
    outfit: Any, twiml: str, content_type: str, code: str
) -> None:
    outfit.bot.twiml, outfit.bot.content_type = twiml, content_type
    assert outfit.sandbox.text(ANNA, "x").replies == ()
    [problem] = outfit.sandbox.problems
    assert problem.detail.startswith(code)


@pytest.mark.parametrize("word", sorted(OPT_OUT))
def test_twilio_takes_each_opt_out_word_and_still_calls_the_webhook(outfit: Any, word: str) -> None:
    exchange = outfit.sandbox.text(ANNA, f" {word.lower()} ")
    assert exchange.replies == (STOP_TEXT,)
    assert outfit.sandbox.is_blocked(ANNA)
    assert len(outfit.bot.texts) == 1


@pytest.mark.parametrize("word", ["STOP PLEASE", "STOP.", "please stop", "OPT OUT", "S T O P"])
def test_anything_but_the_word_alone_is_only_passed_on(outfit: Any, word: str) -> None:
    assert outfit.sandbox.text(ANNA, word).from_carrier == ()
    assert not outfit.sandbox.is_blocked(ANNA)


def test_who_is_blocked_gets_nothing_but_twilios_answer_to_help_until_start(outfit: Any) -> None:
    outfit.bot.replies = {"STOP": ["the bot's own"], "MENU": ["topics"]}
    first = outfit.sandbox.text(ANNA, "STOP")
    assert (first.replies, first.blocked) == ((STOP_TEXT,), ("the bot's own",))
    assert outfit.sandbox.text(ANNA, "STOP").replies == ()
    assert outfit.sandbox.text(ANNA, "MENU").replies == ()
    assert outfit.sandbox.text(ANNA, "HELP").replies == (HELP_TEXT,)
    with pytest.raises(Exception, match="unsubscribed"):
        outfit.send(to=ANNA)
    assert outfit.sandbox.text(ANNA, "UNSTOP").replies == (START_TEXT,)
    assert outfit.sandbox.text(ANNA, "MENU").replies == ("topics",)
    assert outfit.send(to=ANNA).status == "accepted"


def test_a_blocked_reply_fails_with_21610_and_its_callback_says_so(outfit: Any) -> None:
    outfit.sandbox.block(ANNA)
    outfit.bot.replies["MENU"] = ["topics"]
    outfit.bot.callback_base = outfit.status_url
    outfit.sandbox.text(ANNA, "MENU")
    assert outfit.sandbox.wait_until_idle()
    [callback] = outfit.bot.callbacks
    assert (callback["MessageStatus"], callback["ErrorCode"]) == ("failed", "21610")


@pytest.mark.parametrize("word", sorted(OPT_IN))
def test_an_opt_in_word_of_somebody_never_blocked_is_only_passed_on(outfit: Any, word: str) -> None:
    outfit.bot.replies[word] = ["which one?"]
    assert outfit.sandbox.text(ANNA, word).replies == ("which one?",)


def test_with_twilios_handling_off_every_word_is_only_passed_on(outfit_of: Any) -> None:
    outfit = outfit_of(handles_stop=False)
    outfit.bot.replies["STOP"] = ["You are off the list."]
    assert outfit.sandbox.text(ANNA, "STOP").replies == ("You are off the list.",)
    assert outfit.sandbox.text(ANNA, "HELP").replies == ()
    assert not outfit.sandbox.is_blocked(ANNA)


def test_a_500_is_not_retried_unless_the_address_asks_for_it(outfit: Any) -> None:
    outfit.bot.failures = [503]
    exchange = outfit.sandbox.text(ANNA, "hello")
    assert (exchange.status, exchange.attempts, len(outfit.bot.texts)) == (503, 1, 1)
    outfit.sandbox.webhook_url += "#rc=2&rp=5xx,ct"
    outfit.bot.failures = [503, 500]
    exchange = outfit.sandbox.text(ANNA, "hello")
    assert (exchange.status, exchange.attempts) == (200, 3)
    assert len({text["MessageSid"] for text in outfit.bot.texts[1:]}) == 1
    tokens = {h["I-Twilio-Idempotency-Token"] for h in outfit.bot.headers[1:]}
    assert len(tokens) == 1


def test_a_webhook_that_never_answers_falls_back_and_is_in_the_debugger(outfit: Any) -> None:
    sandbox = outfit.sandbox
    good, sandbox.webhook_url = sandbox.webhook_url, "http://127.0.0.1:9/sms"
    outfit.bot.replies["HELLO"] = ["hi"]
    exchange = sandbox.text(ANNA, "hello")
    assert (exchange.status, exchange.attempts, exchange.replies) == (None, 2, ())
    assert [problem.kind for problem in sandbox.problems] == ["webhook"]
    sandbox.webhook_url = good
    assert sandbox.repeat(exchange.sid).replies == ("hi",)


def test_a_repeated_webhook_has_the_same_sid_and_its_replies_are_sent_once(outfit: Any) -> None:
    outfit.bot.replies["HELLO"] = ["hi"]
    first = outfit.sandbox.text(ANNA, "hello")
    again = outfit.sandbox.repeat(first.sid)
    assert again.sid == first.sid
    assert again.replies == ()
    assert again.twiml == first.twiml
    assert len(outfit.sandbox.messages(ANNA)) == 1


@pytest.mark.parametrize(
    ("fragment", "rules"),
    [
        ("", RetryRules()),
        ("#rc=3&rp=5xx,ct,rt&rt=4000", RetryRules(3, frozenset({"5xx", "ct", "rt"}), 5.0, 4.0)),
        ("#rc=9&rp=sometimes&ct=x", RetryRules()),
        ("#rc=0&ct=1&tt=99999", RetryRules(0, connect_seconds=0.1, total_seconds=15.0)),
        ("#rp=all", RetryRules(1, frozenset({"all"}))),
    ],
)
def test_the_fragment_sets_the_retries(fragment: str, rules: RetryRules) -> None:
    assert RetryRules.of(f"https://host.example/sms{fragment}") == rules
