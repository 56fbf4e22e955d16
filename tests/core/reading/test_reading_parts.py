"""The parts of the reading: letters, spelling, the notation of phrases, the matcher, the loader."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.reading import PatternsError, load_patterns
from bot.core.reading.characters import LONGEST_TEXT, plain
from bot.core.reading.lexicon import Lexicon, Words
from bot.core.reading.matcher import EDGE, Matcher, Token
from bot.core.reading.notation import Form, NotationError, PhraseParser
from bot.core.reading.scale import ScaleError, read_scale, write_scale
from bot.core.reading.spelling import Spelling, slips
from bot.core.reading.tokens import MOST_TOKENS, tokenize

CLASSES = {"AB": frozenset("ab"), "C": frozenset("c")}
PARSER = PhraseParser(CLASSES, {"PART": "(a b|c)"})
LEXICON = Lexicon(
    Words(
        known=frozenset(["stop", "kill", "myself", "text", "texting", "me", "not", "do", "die"]),
        short={"dont": "do not"},
        spelled=frozenset(["stop", "texting", "myself", "dont"]),
        glued=frozenset(["stop", "texting", "kill", "myself"]),
    )
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("ＳＴＯＰ", "stop"), ("ѕtор", "stop"), ("ᴅɪᴇ", "die"), ("números", "numeros"), ("Ⓢ", "s"),
     ("d\u0338i\u0338e", "die"), ("“x”", '"x"'), ("\u200bno", "no")],
)  # fmt: skip
def test_letters_become_what_they_look_like(written: str, meant: str) -> None:
    assert plain(written) == meant


@given(st.text(max_size=4000))
def test_no_more_than_a_text_is_read(text: str) -> None:
    assert len(plain(text)) <= LONGEST_TEXT
    assert len(tokenize(text, LEXICON)) <= MOST_TOKENS + 8


@pytest.mark.parametrize(
    ("text", "words"),
    [("s.t.o.p", "stop"), ("k1ll mys3lf", "kill myself"), ("stoptexting me", "stop texting me"),
     ("stooooop", "stop"), ("sotp", "sotp|stop"), ("dont", "do not"), ("dobt", "do not"),
     ("k*ll", "k*ll"), ("Stop. Texting. Me.", "stop texting me")],
)  # fmt: skip
def test_words_are_found_again_however_they_are_written(text: str, words: str) -> None:
    tokens = tokenize(text, LEXICON)
    assert " ".join("|".join(token.readings) for token in tokens) == words


@pytest.mark.parametrize(("typed", "cost"), [("stop", 0), ("sotp", 0.8), ("stoop", 0.7)])
def test_slips_of_the_thumb_cost_less_than_other_letters(typed: str, cost: float) -> None:
    assert slips(typed, "stop") == pytest.approx(cost)


def test_a_short_word_with_two_slips_is_not_guessed_at() -> None:
    assert Spelling(["stop"]).guesses("srip") == ()


@pytest.mark.parametrize(
    ("phrase", "complaint"),
    [("", "empty"), ("(a b", "closing"), ("a)", "opening"), ("NOPE", "not a class"),
     ("@NOPE", "not a named part"), ("a? b*", "at least one word"), ("a ^ b", "only at the ends")],
)  # fmt: skip
def test_a_wrong_phrase_is_told_what_is_wrong(phrase: str, complaint: str) -> None:
    with pytest.raises(NotationError, match=complaint):
        PARSER.parse(phrase)


def tokens_of(words: str) -> list[Token]:
    return [Token((w,), w, 0 if i else EDGE) for i, w in enumerate(words)]


# The same phrases as regular expressions over words of one letter: the oracle.
ORACLE = {
    "a b": "ab",
    "a b? c": "ab?c",
    "a b* c": "ab*c",
    "a+ b": "a+b",
    "AB C": "[ab]c",
    "a ..2 c": "a.?.?c",
    "!AB c": "[^ab]c",
    "(a b|c) d": "(?:ab|c)d",
    "@PART? d": "(?:ab|c)?d",
    "a (b|c)* d": "a[bc]*d",
    "b? c? a": "b?c?a",
    "a b? c*": "ab?c*",
    "< a b": "ab",
    "b c >": "bc",
    "a|c b|d": "[ac][bd]",
}


@pytest.mark.parametrize("phrase", ORACLE)
@given(words=st.text(alphabet="abcdx", max_size=9))
def test_the_matcher_finds_what_a_regular_expression_would(phrase: str, words: str) -> None:
    forms: tuple[Form, ...] = PARSER.parse(phrase)
    found = {(h.start, h.end) for h in Matcher([forms]).find(tokens_of(words))}
    oracle = re.compile(ORACLE[phrase])
    for end in range(len(words) + 1):
        starts = [s for s in range(end) if _fits(oracle, phrase, words, s, end)]
        ours = {s for s, e in found if e == end}
        assert ours <= set(starts)
        assert min(ours, default=None) == min(starts, default=None)


def _fits(oracle: re.Pattern[str], phrase: str, words: str, start: int, end: int) -> bool:
    begins = not phrase.startswith("<") or start == 0
    ends = not phrase.endswith(">") or end == len(words)
    return begins and ends and oracle.fullmatch(words[start:end]) is not None


def test_no_phrase_reaches_over_a_full_stop() -> None:
    tokens = [Token(("a",), "a", EDGE), Token(("b",), "b", 2)]
    assert list(Matcher([PARSER.parse("a b")]).find(tokens)) == []


def test_work_grows_with_the_words_and_not_with_what_they_are() -> None:
    matcher = Matcher([PARSER.parse("a (a|b)* a (a|b)* a"), PARSER.parse("a ..9 a ..9 a")])
    assert len(list(matcher.find(tokens_of("a" * 400)))) <= 24


def test_complaints_name_the_file_and_the_entry() -> None:
    sources = {
        "bad.toml": '[[suicide]]\nid = "x"\nsays = ["NOPE"]\n'
        '[[guard]]\nid="y"\nsays=["a"]\ntest="a"',
        "worse.toml": "= 1",
    }
    with pytest.raises(PatternsError) as caught:
        load_patterns(sources)
    text = "\n".join(caught.value.complaints)
    assert "bad.toml: suicide x: test is missing" in text
    assert "bad.toml: guard y: where must be one of" in text
    assert "worse.toml: is not TOML" in text


def test_one_table_of_weights_without_the_other_is_a_complaint() -> None:
    with pytest.raises(PatternsError, match=r"optout.tsv: is missing: run `bot read --learn`"):
        load_patterns({"danger.tsv": "meaning\tsuicide\tnone\nstart\t0\t0\nx\t1\t1\n"})


TABLE = "# a heading\nmeaning\tyes\tno\nstart\t5\t-5\nhello\t120\t0\nnever mind\t-7\t40\n"


def test_a_table_of_weights_is_read_as_it_was_written() -> None:
    scale = read_scale("t", TABLE)
    assert scale.sums(["hello", "unknown"]) == {"yes": 125, "no": -5}
    assert write_scale(scale, "a heading") == TABLE


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ("meaning\tyes", "begins with"),
        (TABLE + "short\t3\n", "'short' has 1 weights, not 2"),
        (TABLE + "short\t3\nlong\t1\t2\t3\n", "'short' has 1 weights"),
        (TABLE + "short\t3\n10\t1\t2\t3\n", "'short' has 1 weights"),
        (TABLE.replace("start\t5\t-5", "start\t5"), "'start' has 1 weights, not 2"),
        (TABLE + "odd\t3\t4.5\n", "'4.5' of 'odd' is not a whole number"),
    ],
)
def test_a_damaged_table_of_weights_is_told_where(wrong: str, complaint: str) -> None:
    with pytest.raises(ScaleError, match=complaint):
        read_scale("t", wrong)
