"""Every rule of the linter with a text that breaks it, and texts that it lets pass."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.library import Library, Review
from bot.linting import RULES, check
from tests.content.edits import (
    TODAY,
    Edit,
    broken_by,
    claim_of,
    examples,
    forgetful,
    long_pushes,
    on_demand,
    pushed,
    resource_of,
    spanish,
    system,
    titled,
    welcome,
)
from tests.content.test_words import WORDS

BROKEN: dict[str, list[Edit]] = {
    "gsm-7": [
        pushed("Good days and hard days \u2013 both count."),
        on_demand("Don\u2019t worry about that."),
        spanish("No est\u00e1 en la lista."),
    ],
    "two-segments": [
        on_demand("A word or two. " * 21),
        system("resume", "Next: {when}. " + "x" * 285),
        system("new", "Newest:\n{items}\n" + "x" * 230),
    ],
    "locked-screen": [
        pushed("One word on opioids and the brain."),
        pushed("Your naloxone is worth a look."),
        pushed("A plan for your next treatment visit."),
    ],
    "street-names": [
        pushed("A word about what is around. Heroin is one of them."),
        welcome("You're in. Fentanyl is in many street pills."),
    ],
    "reading-grade": [
        on_demand(
            "Comprehensive institutional rehabilitation frequently necessitates considerable "
            "organisational participation throughout subsequent evaluation procedures."
        )
    ],
    "sentence-length": [spanish("Listo " + "ya no va a recibir mensajes " * 5 + "de aqui.")],
    "one-segment-share": [long_pushes],
    "same-opening": [pushed("Steps back happen now and then on any road you take.")],
    "no-exclamation": [pushed("Good to have you here!"), spanish("\u00a1Listo!")],
    "known-contact": [
        on_demand("To talk it over, call 1-800-555-0199 at any hour."),
        on_demand("To talk it over, call (216) 555-0123."),
        on_demand("You could call 1-800-GET-WELL."),
        on_demand("Text HELLO to 741742."),
        on_demand("In a crisis, dial 9888."),
        on_demand("Call 1-800-662-4358 to find care."),
        on_demand("Call 112 now."),
    ],
    "known-site": [
        on_demand("See recovery.example.com for more."),
        on_demand("Write to someone@example.net about it."),
        on_demand("Look on FindTreatment.com to see."),
    ],
    "no-links": [
        on_demand("Look at https://findtreatment.gov to see."),
        on_demand("Look at bit.ly/abc to see."),
        on_demand("Look at www.findtreatment.gov to see."),
    ],
    "no-figures": [
        on_demand("About 75% of people do well."),
        on_demand("About 80 percent of people do well."),
        on_demand("One in four people live with it."),
        on_demand("3 out of 4 people do well."),
        on_demand("It was 81,806 people in one year."),
        on_demand("More people than in 2016."),
        on_demand("Thousands of people do well."),
        on_demand("Most of the people do well with it."),
        on_demand("The risk is 14 times higher."),
    ],
    "known-resource": [
        on_demand("You could call the Sunrise Recovery Line."),
        on_demand("Alateen is for the young ones."),
        on_demand("Gamblers Anonymous meets here."),
    ],
    "resource-checked": [resource_of(121)],
    "line-988": [pushed("Hard days come and go.", flags=frozenset({"988"}))],
    "line-911": [on_demand("Call someone.", flags=frozenset({"911"}))],
    "line-stop": [pushed("Hard days come and go.", flags=frozenset({"STOP"}))],
    "line-naloxone": [
        pushed("Hard days come and go.", flags=frozenset({"NAL"})),
        system("overdose.es", "Llame al 911.", flags=frozenset({"NAL", "911"})),
    ],
    "line-resource": [pushed("Hard days come. Call 988.", flags=frozenset({"RES", "988"}))],
    "flag-missing": [
        pushed("On hard days, call or text 988.", flags=frozenset()),
        on_demand("Call 911.", flags=frozenset()),
    ],
    "low-mood-988": [pushed("Hard days come and go.", claims=("depression/11",))],
    "less-tolerance": [pushed("Hard days come and go.", claims=("gap/3",))],
    "stop-reminder": [welcome(flags=frozenset({"988"})), forgetful],
    "twin-flags": [spanish(flags=frozenset())],
    "overdose-twin": [system("overdose", "Call 911. Give naloxone. Stay.")],
    "names-claims": [pushed(claims=()), system("who", claims=())],
    "known-claim": [pushed(claims=("gap/99",))],
    "corrected-claim": [
        claim_of(status="HARMFUL", corrected=""),
        claim_of(status="OUTDATED", corrected=" "),
        claim_of(status="MISSTATED", corrected=""),
    ],
    "stale-review": [pushed(review=Review("A. Reader", TODAY, "0000000000000000"))],
    "titles": [titled("the brain of an addict"), titled("what opioids do \u2013 and why")],
    "dates": [
        resource_of(-1),
        pushed(review=Review("A. Reader", TODAY + timedelta(days=1), "0")),
    ],
}

PASSING: dict[str, list[Edit]] = {
    "no-promises": [
        on_demand("Text SAFE to read on. I'm a program, so I can't keep you safe."),
        on_demand("It isn't safe with alcohol."),
        on_demand("There are safer ways, and safety comes first."),
    ],
    "true-of-a-bot": [
        on_demand('You could say: "We need to talk. I feel low."'),
        on_demand("You could try Narcotics Anonymous."),
    ],
    "known-contact": [
        on_demand("Send ZIP 44113, or TIME 2PM."),
        on_demand("It takes 10 minutes, or 7 to 10 days."),
        on_demand("Call 1-800-662-4357, text 435748, or call 988 or 911."),
    ],
    "known-site": [on_demand("Look on FindTreatment.gov. It works in the U.S. too.")],
    "no-figures": [on_demand("15 short texts in 5 weeks. Breathe five times.")],
    "nothing-evocative": [on_demand("There's no rush. Your body makes pain relief of its own.")],
    "no-doses": [on_demand("No change in 2-3 min? Give more.", flags=frozenset())],
    "resource-checked": [resource_of(120)],
    "same-opening": [on_demand("Harbor: Nobody ever began like this.")],
    "true-of-a-bot-es": [spanish("Tal vez le entiendo mal. Mande START.")],
}


@pytest.mark.parametrize(("rule", "edit"), examples(BROKEN))
def test_a_text_that_breaks_a_rule_is_found(rule: str, edit: Edit, library: Library) -> None:
    findings = broken_by(rule, edit(library))
    assert findings
    for finding in findings:
        assert finding.file.startswith("messages")
        assert finding.instead


@pytest.mark.parametrize(("rule", "edit"), examples(PASSING))
def test_a_text_that_keeps_a_rule_passes(rule: str, edit: Edit, library: Library) -> None:
    assert broken_by(rule, edit(library)) == []


def test_every_rule_has_a_text_that_breaks_it() -> None:
    assert {rule.name for rule in RULES} == {*BROKEN, *WORDS, "six-word-run"}


def test_every_rule_says_what_to_write_instead_and_has_a_name_of_its_own() -> None:
    assert all(rule.instead.endswith((".", '"puede".')) for rule in RULES)
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_rules_of_english_leave_spanish_alone(library: Library) -> None:
    edited = spanish("Listo. Just simply high. Mande START. 988, 2.")(library)
    assert broken_by("no-orders", edited) == []
    assert broken_by("person-first", edited) == []


def test_a_finding_names_the_line_of_the_text(library: Library) -> None:
    (finding,) = broken_by("no-exclamation", pushed("Well done!")(library))
    assert f"{finding.file}:{finding.line}" == library.by_id["R02"].source
    assert str(finding) == (
        f"{library.by_id['R02'].source}: error: no-exclamation: R02: an exclamation mark shouts. "
        "End the sentence with a full stop."
    )


def test_a_stale_resource_is_a_warning_at_its_line(library: Library) -> None:
    (finding,) = broken_by("resource-checked", resource_of(200)(library))
    assert finding.warning
    assert f"{finding.file}:{finding.line}" == library.resources["lifeline"].at


def test_texts_that_are_the_same_word_for_word_may_open_alike(library: Library) -> None:
    assert library.by_id["SAFE.1"].text == library.by_id["sys.overdose"].text
    assert broken_by("same-opening", library) == []


def test_an_exception_with_a_reason_is_heard(library: Library) -> None:
    allow = {"no-exclamation": "a clinician asked for it"}
    assert broken_by("no-exclamation", pushed("Well done!", allow=allow)(library)) == []


@pytest.mark.parametrize(
    ("text", "allow"),
    [
        ("Well done.", {"no-exclamation": "a clinician asked for it"}),
        ("Well done!", {"no-exclamation": "because"}),
        ("Well done.", {"no-such-rule": "a clinician asked for it"}),
    ],
)
def test_an_exception_without_need_or_reason_is_refused(
    text: str, allow: dict[str, str], library: Library, articles: frozenset[str]
) -> None:
    report = check(pushed(text, allow=allow)(library), articles, TODAY)
    assert "exceptions" in {finding.rule for finding in report.errors}
