"""What single texts mean, and that every entry of the patterns does what its test line says."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.reading import Danger, OptOut, Reader, Reading, load_patterns

ROOT = Path(__file__).parents[2]
SOURCES = {p.name: p.read_text("utf-8") for p in sorted((ROOT / "messages/reading").glob("*.t*"))}
VOCABULARY: Mapping[str, tuple[str, ...]] = {
    "menu": ("menu", "topics"),
    "recovery": ("recovery", "steps"),
    "treatment": ("treatment", "plan"),
    "pause": ("pause", "take a break"),
    "safe": ("safe", "od", "overdose", "narcan"),
    "help": ("help", "info"),
    "who": ("who", "who's this"),
    "time": ("time",),
    "trauma": ("trauma", "ptsd"),
}
PATTERNS = load_patterns(SOURCES)
READER = Reader(PATTERNS, VOCABULARY)


def read(text: str) -> Reading:
    return READER.read(text)


MEANT = [rule for rule in PATTERNS.rules if rule.meaning != "guard"]
GUARDS = [rule for rule in PATTERNS.rules if rule.meaning == "guard"]


@pytest.mark.parametrize("rule", MEANT, ids=lambda rule: rule.id)
def test_every_entry_is_found_in_its_test_line_and_stands(rule) -> None:
    reading = read(rule.test)
    assert rule.id in READER.found(rule.test)
    if rule.meaning in ("optout", "unclear"):
        assert reading.optout is not OptOut.KEEP
    else:
        assert reading.danger is not Danger.NONE


@pytest.mark.parametrize("rule", GUARDS, ids=lambda rule: rule.id)
def test_every_guard_is_found_in_its_test_line(rule) -> None:
    assert rule.id in READER.found(rule.test)


@pytest.mark.parametrize(
    "text",
    ["STOP", "stop.", "“Stop!”", "  stop \n", "ＳＴＯＰ", "s t o p", "🅂🅃🄾🄿", "s\u200btop", "st0p",
     "ѕtор", "STOP ALL", "opt out", "opt-out", "Unsubscribe now", "sotp", "stoooop", "REVOKE"],
)  # fmt: skip
def test_the_words_of_the_law_end_the_texts_however_they_are_written(text: str) -> None:
    assert read(text).optout is OptOut.OPTOUT


@pytest.mark.parametrize("text", ["STOP", " stop ", "Quit", "OptOut", "stopall"])
def test_the_words_that_the_carrier_answers_are_told_apart(text: str) -> None:
    assert read(text).exact_optout


@pytest.mark.parametrize("text", ["STOP please", "opt out", "stop texting me", "st0p"])
def test_other_opt_outs_are_ours_to_answer(text: str) -> None:
    reading = read(text)
    assert not reading.exact_optout
    assert reading.optout is OptOut.OPTOUT


@pytest.mark.parametrize(
    ("text", "optout"),
    [
        ("please stop texting me", OptOut.OPTOUT),
        ("help me stop", OptOut.KEEP),
        ("I want to stop", OptOut.UNCLEAR),
        ("i want to stop using", OptOut.KEEP),
        ("dont stop these", OptOut.KEEP),
        ("my dealer wont stop texting me", OptOut.KEEP),
        ("he said stop texting me", OptOut.KEEP),
        ("dejen de mandarme mensajes", OptOut.OPTOUT),
        ("no dejen de escribirme", OptOut.KEEP),
        ("stop mandandome msgs", OptOut.OPTOUT),
    ],
)
def test_who_stops_what_decides(text: str, optout: OptOut) -> None:
    assert read(text).optout is optout


def test_opt_out_and_danger_are_both_read() -> None:
    reading = read("STOP i cant do this anymore")
    assert reading.optout is OptOut.OPTOUT
    assert reading.danger is Danger.SUICIDE


@pytest.mark.parametrize(
    ("text", "danger", "subject"),
    [
        ("i wanna d1e", Danger.SUICIDE, "self"),
        ("k m s", Danger.SUICIDE, "self"),
        ("my friend says she wants to die", Danger.SUICIDE, "someone"),
        ("MORE… shes not waking up", Danger.OVERDOSE, "someone"),
        ("i took too many oxys", Danger.OVERDOSE, "self"),
        ("my boyfriend hit me tonight", Danger.OTHER, "someone"),
        ("i dont want to kill myself", Danger.NONE, "unknown"),
        ("i used to want to die but im ok now", Danger.NONE, "unknown"),
        ("this craving is killing me", Danger.NONE, "unknown"),
        ("signs of overdose?", Danger.NONE, "unknown"),
        ("my friend overdosed two years ago", Danger.NONE, "unknown"),
    ],
)
def test_danger_is_told_from_talk_of_it(text: str, danger: Danger, subject: str) -> None:
    reading = read(text)
    assert reading.danger is danger
    assert reading.danger_subject == subject


def test_a_topic_word_does_not_hide_an_overdose() -> None:
    reading = read("OD")
    assert reading.danger is Danger.OVERDOSE
    assert reading.keyword == "safe"


def test_danger_in_spanish_is_known_as_spanish() -> None:
    reading = read("ya no quiero vivir")
    assert reading.danger is Danger.SUICIDE
    assert reading.language == "es"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("stop texting me please", "en"),
        ("stop sending these", "en"),
        ("shes breathing like once every 10 sec", "en"),
        ("stop textearme por favor", "es"),
        ("no me manden mas mensajes", "es"),
        ("he no despierta", "es"),
    ],
)
def test_an_answer_is_in_the_language_of_the_text(text: str, language: str) -> None:
    assert read(text).language == language


def test_the_reason_names_the_rule_and_the_words() -> None:
    reason = read("honestly i wanna die").danger_reason
    assert reason is not None
    assert reason.rule.startswith("suicide/")
    assert "wanna die" in reason.words


@pytest.mark.parametrize(
    "text",
    ["Liked “Text HELP for help, STOP to end”", 'Loved "Call 988 if you want to die"',
     "\u200b👍\u200b to “Reply STOP to end”", "Reacted 😀 to “STOP”", "Emphasized “not breathing…”",
     "Le gustó “Responde STOP”", "Removed a like from “STOP”", "Disliked an image",
     "Rió con “Para dejar de recibir mensajes responda STOP”", "Cuestionó “STOP=fin”",
     "A Rosa le encantó “Si piensas en hacerte daño llama al 988”",
     "Reaccionó con ❤️ a “Responda ALTO para cancelar”"],
)  # fmt: skip
def test_a_tapback_says_nothing(text: str) -> None:
    assert read(text) == Reading(tapback=True)


def test_words_of_ones_own_after_a_quotation_are_no_tapback() -> None:
    assert not read("Liked “Reply STOP” but stop texting me").tapback


@pytest.mark.parametrize(
    ("text", "keyword", "rest"),
    [
        ("Recovery", "recovery", ""),
        ("steps please!", "recovery", ""),
        ("ＭＥＮＵ", "menu", ""),
        ("take a break", "pause", ""),
        ("whos this", "who", ""),
        ("PAUSE 2 WEEKS", "pause", "2 weeks"),
        ("time to go to the store again now", None, ""),
        ("recovery is hard for me today", None, ""),
    ],
)
def test_keywords_are_whole_messages_or_commands(text: str, keyword: str, rest: str) -> None:
    reading = read(text)
    assert (reading.keyword, reading.rest) == (keyword, rest)


def test_a_near_miss_of_a_keyword_is_a_candidate() -> None:
    assert read("recovry").keyword_candidates == ("recovery",)
    assert read("thanks").keyword_candidates == ()


@pytest.mark.parametrize(
    ("text", "age"),
    [("I'm 13", 13), ("im in 8th grade", 13), ("i am 15 yrs old", 15), ("tengo 15 años", 15),
     ("im 16 and i need help", 16), ("im 13 days clean", None), ("my son is 15", None),
     ("im 45", None), ("im 16 weeks pregnant", None), ("i was 13 when it started", None),
     ("16 years clean", None)],
)  # fmt: skip
def test_an_age_under_eighteen_counts_when_it_is_the_writers(text: str, age: int | None) -> None:
    assert read(text).age == age


@given(st.text(max_size=300))
def test_any_text_has_a_reading_and_always_the_same(text: str) -> None:
    assert read(text) == read(text)
