"""Every word that is never sent, from the table of the tone guide and around it."""

from __future__ import annotations

import pytest

from bot.core.library import Library
from tests.content.edits import broken_by, examples, on_demand, spanish

WORDS: dict[str, list[str]] = {
    "person-first": [
        "addict", "addicts", "junkie", "users", "opioid user", "abuser", "druggie", "drug abuse",
        "habit", "clean", "dirty", "relapse", "relapsed", "substitution", "crutch",
        "replacing one drug with another", "commit suicide", "committed suicide",
        "failed attempt", "drug of choice", "high", "a fix", "escape", "numb", "suffers from",
        "victim", "former addict", "ex-addict", "our treatment", "our therapists", "strung out",
    ],
    "no-orders": ["you should", "you must", "just", "simply", "you mustn't"],
    "nothing-evocative": [
        "euphoria", "a rush", "warmth", "relief", "needle", "syringe", "injecting", "snorting",
        "smoking", "the price", "cheap", "potency", "dealer", "OxyContin", "percocet", "vicodin",
    ],
    "no-promises": [
        "you will recover", "it gets better", "it will get better", "this cures it",
        "we guarantee it", "it is safe", "you'll be fine", "no side effects",
    ],
    "true-of-a-bot": [
        "a therapist is standing by", "we are listening", "I understand", "we're here for you",
        "you are not alone", "I'm here", "help is on the way", "24/7", "confidential",
        "someone is coming", "our line", "it's medically reviewed", "I care about you",
    ],
    "no-scares": ["it is deadly", "it can kill you", "a fatal dose", "before it's too late"],
    "no-sermon": ["God", "pray", "the Bible", "police", "a crime", "your parents' fault"],
    "no-counting": ["a streak", "ten days clean", "you are sober"],
    "no-doses": [
        "take 8 mg", "16mg a day", "two pills", "half a strip", "taper off", "every 6 hours",
        "twice a day",
    ],
    "no-sales": ["call our number", "act now", "a special offer", "the best clinic"],
    "person-first-es": ["adicto", "una drogadicta", "el abuso", "est\u00e9 limpio", "sufre"],
    "no-orders-es": ["usted debe", "tiene que llamar"],
    "no-promises-es": ["se va a recuperar", "lo cura"],
    "true-of-a-bot-es": ["nosotros", "le entiendo", "es confidencial"],
    "no-scares-es": ["es mortal", "mata"],
    "no-sermon-es": ["Dios", "la policia"],
    "no-doses-es": ["8 mg", "dos pastillas"],
}  # fmt: skip


@pytest.mark.parametrize(("rule", "words"), examples(WORDS))
def test_a_word_that_is_never_sent_is_found(rule: str, words: str, library: Library) -> None:
    text = f"Some days are like that, {words}, and some are not."
    edit = spanish(text) if rule.endswith("-es") else on_demand(text)
    (found, *_) = broken_by(rule, edit(library))
    message = "sys.stop.es" if rule.endswith("-es") else "BRAIN.1"
    assert found.says.startswith(f"{message}: ")
