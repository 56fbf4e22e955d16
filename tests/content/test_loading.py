"""Reading the words: mistakes are named with file and line, all at once, never as a traceback."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.content import ContentError, load_patterns
from bot.core.library import Library, fingerprint
from tests.content.conftest import MESSAGES

Spoil = Callable[[str, str, str], int]
Complaints = Callable[[], list[str]]
RECOVERY = "programmes/recovery.toml"
SAFETY = "topics/safety.toml"


def test_the_real_words_can_be_loaded(library: Library) -> None:
    assert len(library.programmes["recovery"].messages) == 40
    assert len(library.programmes["treatment"].messages) == 15
    assert len(library.programmes["monthly"].messages) == 6
    assert len(library.topics) == 19
    assert sum(len(topic.messages) for topic in library.topics.values()) == 49


def test_the_phrases_for_reading_can_be_loaded() -> None:
    assert load_patterns(MESSAGES).rules


def test_pushed_texts_carry_the_name_and_welcomes_write_it_themselves(library: Library) -> None:
    texts = [message.text for message in library.programmes["recovery"].messages]
    assert all(text.startswith("Harbor: ") for text in texts)
    assert not any(text.startswith("Harbor: Harbor") for text in texts)
    variant = library.by_id["R13.v1"]
    assert variant.text.startswith("Harbor: ")
    assert not library.by_id["R04.3"].text.startswith("Harbor")


def test_a_variant_rests_on_the_same_claims_unless_it_names_its_own(library: Library) -> None:
    assert library.by_id["R13.v1"].claims == library.by_id["R13"].claims
    assert library.by_id["T14.v1"].claims != library.by_id["T14"].claims
    assert library.by_id["T14.v1"].flags == library.by_id["T14"].flags


def test_a_fingerprint_is_that_of_the_words_that_travel(library: Library) -> None:
    for message in library.by_id.values():
        assert message.fingerprint == fingerprint(message.text)


@pytest.mark.parametrize("id", ["R02", "R04.3", "R13.v1", "R37.free", "SAFE.2", "sys.stop.es"])
def test_the_source_of_a_text_is_the_line_of_its_words(library: Library, id: str) -> None:
    message = library.by_id[id]
    file, _, line = message.source.rpartition(":")
    written = (MESSAGES.parent / file).read_text("utf-8").splitlines()[int(line) - 1]
    assert message.text.removeprefix("Harbor: ")[:30].replace("Harbor", "{name}") in written


CASES = {
    "an unknown key": (RECOVERY, 'about = "Safety first', 'abuot = "Safety first', '"abuot" means'),
    "a wrong type": (RECOVERY, "day = 5", 'day = "5"', '"day" must be a whole number'),
    "a boolean day": (RECOVERY, "day = 5", "day = true", "whole number"),
    "an answer's key": (RECOVERY, 'set = { today = "hard" }', 'sets = { a = "b" }', '"sets" means'),
    "an answer's tag": (RECOVERY, 'set = { today = "hard" }', "set = { today = 3 }", '"set" must'),
    "an answer's pace": (RECOVERY, 'pace = "fewer"', 'pace = "less"', "one of more, standard"),
    "an empty word": (RECOVERY, 'words = ["one", "good"', 'words = ["", "good"', "none of them"),
    "a doubled word": (RECOVERY, '"one", "good"', '"good", "good"', "same thing twice"),
    "an unknown flag": (RECOVERY, 'flags = ["NAL"]', 'flags = ["NALOXONE"]', "no flag NALOXONE"),
    "a day that falls": (RECOVERY, "day = 9\n", "day = 8\n", "day 8 can't come after day 8"),
    "an unknown name": (RECOVERY, 'text = "Safety', 'text = "{nme} Safety', "nothing fills in"),
    "a lone brace": (RECOVERY, 'text = "Safety', 'text = "} Safety', "a brace stands for a name"),
    "a formatted name": (RECOVERY, 'text = "Safety', 'text = "{name!r} S', "nothing fills in"),
    "an empty text": (SAFETY, 'text = "Naloxone can', 'text = "" # "', '"text" is empty'),
    "a topic's date": (SAFETY, "added = 2026-11-16", 'added = "2026-11-16"', '"added" must be a'),
    "a table": ("service.toml", 'name = "Harbor"', "name = { a = 1 }", '"name" must be text'),
    "an hour": ("service.toml", 'noon = "12:30"', 'noon = "12:30 pm"', "an hour like"),
    "a slot at night": ("service.toml", 'noon = "12:30"', 'noon = "22:30"', "outside the window"),
    "a short window": ("service.toml", 'window_to = "17:00"', 'window_to = "11:00"', "too short"),
    "a status": ("claims.toml", 'status = "OK"', 'status = "FINE"', "one of OK, OUTDATED"),
    "a resource": ("resources.toml", 'contact = "988"', "contact = 988", '"contact" must be text'),
    "not TOML": ("system.toml", "[[message]]", "[[message]", "this is not TOML"),
    "a review": (
        SAFETY, 'text = "Naloxone', 'review = { by = "A", on = "today" }\ntext = "Naloxone',
        '"on" must be a date',
    ),
    "an unsigned review": (
        SAFETY, 'text = "Naloxone',
        'review = { by = "", on = 2026-11-21, of = "0" }\ntext = "Naloxone', '"by" is empty',
    ),
    "no such programme": (RECOVERY, 'join = "monthly"', 'join = "weekly"', "no programme"),
    "a tag nobody has": (RECOVERY, 'when = { matters = "work" }', 'when = { matters = "pay" }',
                         'no answer sets matters = "pay"'),
    "flag C alone": (RECOVERY, 'flags = ["C"]', "flags = []", "flag C and answers"),
    "an answer twice": (RECOVERY, '"two", "so-so"', '"one", "so-so"', '"one" is both answer'),
}  # fmt: skip
ELSEWHERE = {"a tag nobody has", "no such programme", "flag C alone", "an answer twice"}
"""The complaint stands at the text of the message that has the answer."""


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_named_with_its_file_and_line(
    case: str, spoil: Spoil, complaints: Complaints
) -> None:
    name, old, new, says = CASES[case]
    line = spoil(name, old, new)
    found = [complaint for complaint in complaints() if says in complaint]
    assert found, complaints()
    assert found[0].startswith(f"messages/{name}:")
    if case not in ELSEWHERE:
        assert found[0].startswith(f"messages/{name}:{line}:")


@pytest.mark.parametrize("key", ["id", "text", "about", "day"])
def test_a_missing_key_is_named_at_its_entry(
    key: str, messages: Path, complaints: Complaints
) -> None:
    file = messages / RECOVERY
    head, _, rest = file.read_text("utf-8").partition('[[message]]\nid = "R02"')
    entry, _, tail = ('id = "R02"' + rest).partition("\n[[message]]")
    kept = [line for line in entry.splitlines() if not line.startswith(f"{key} = ")]
    file.write_text(head + "[[message]]\n" + "\n".join(kept) + "\n\n[[message]]" + tail, "utf-8")
    line = head.count("\n") + 1
    assert f'messages/{RECOVERY}:{line}: "{key}" is missing' in "\n".join(complaints())


def test_all_mistakes_are_named_at_once_in_order(spoil: Spoil, complaints: Complaints) -> None:
    for case in ("a wrong type", "an unknown flag", "a status", "a review", "a resource"):
        spoil(*CASES[case][:3])
    found = complaints()
    assert len(found) >= 5
    places = [complaint.split(":")[:2] for complaint in found]
    assert places == sorted(places, key=lambda place: (place[0], int(place[1])))


def test_a_missing_file_is_named(messages: Path, complaints: Complaints) -> None:
    (messages / "claims.toml").unlink()
    assert any(c.startswith("messages/claims.toml:1: the file can't be read") for c in complaints())


def test_a_file_that_is_not_utf_8_is_named(messages: Path, complaints: Complaints) -> None:
    (messages / SAFETY).write_bytes(b"# one\n# \xff\n")
    assert any(c.startswith(f"messages/{SAFETY}:2: this line is not UTF-8") for c in complaints())


def test_a_reply_that_the_conversation_needs_can_not_be_left_out(
    spoil: Spoil, complaints: Complaints
) -> None:
    spoil("system.toml", 'id = "sys.crisis"', 'id = "sys.kindness"')
    assert "messages/system.toml:1: sys.crisis is missing" in complaints()


def test_a_retired_id_is_never_used_again(spoil: Spoil, complaints: Complaints) -> None:
    spoil("retired.toml", "ids = []", 'ids = ["R05", "SLIP.1", "R04.3"]')
    found = "\n".join(complaints())
    for name in ("R05", "SLIP.1", "R04.3"):
        assert f"the id {name} is retired" in found


def test_an_id_that_is_taken_names_the_one_that_has_it(
    spoil: Spoil, complaints: Complaints
) -> None:
    line = spoil(RECOVERY, 'id = "R06"', 'id = "SAFE.2"')
    found = complaints()
    assert any("the id SAFE.2 is taken already" in says for says in found)
    assert any(f"{RECOVERY}:{line}" in says or SAFETY in says for says in found)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("service.toml", 'menu = ["menu"', 'menu = ["more"'),
        (SAFETY, '"safety", "naloxone"', '"menu", "naloxone"'),
        (RECOVERY, 'aliases = ["steps"]', 'aliases = ["plan"]'),
        (SAFETY, '"slipped", "i slipped"', '"sad", "i slipped"'),
        (SAFETY, 'keyword = "SLIP"', 'keyword = "TREATMENT"'),
    ],
)
def test_a_word_that_means_two_things_is_refused(
    name: str, old: str, new: str, spoil: Spoil, complaints: Complaints
) -> None:
    spoil(name, old, new)
    assert re.search(r'"[a-z]+" means both', "\n".join(complaints()), re.IGNORECASE)


@pytest.mark.parametrize(
    "word",
    ["stop", "stopall", "unsubscribe", "end", "quit", "cancel", "revoke", "optout", "opt out",
     "start", "unstop", "yes", "help", "info"],
)  # fmt: skip
def test_a_word_that_carriers_act_on_is_no_topic(
    word: str, spoil: Spoil, complaints: Complaints
) -> None:
    line = spoil(SAFETY, '"safety", "naloxone"', f'"{word}", "naloxone"')
    says = f'messages/{SAFETY}:{line}: carriers act on "{word}", so it can\'t mean safe'
    assert says in complaints()


@pytest.mark.parametrize("word", ["end", "stop", "quit"])
def test_a_word_that_ends_the_texts_is_no_answer(
    word: str, spoil: Spoil, complaints: Complaints
) -> None:
    spoil(RECOVERY, '"three", "hard"', f'"{word}", "hard"')
    assert any(f'"{word}" can\'t be an answer' in says for says in complaints())


def test_a_phrase_that_can_not_be_used_is_named_with_its_file(messages: Path, spoil: Spoil) -> None:
    spoil("reading/suicide.toml", "says = [", "sais = [")
    with pytest.raises(ContentError) as caught:
        load_patterns(messages)
    assert all(says.startswith("messages/reading/") for says in caught.value.complaints)
