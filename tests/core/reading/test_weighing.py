"""Phrases against weights: who wins, by how much, and what is only asked about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.reading.model import Danger, OptOut
from bot.core.reading.weighing import weigh_danger, weigh_opt_out

RANK = [OptOut.KEEP, OptOut.UNCLEAR, OptOut.OPTOUT]
WEIGHT = st.integers(-1500, 1500)


def danger(by_phrase: Danger, *, suicide: int = -500, none: int = 0, known: bool = True) -> Danger:
    sums = {"suicide": suicide, "overdose": -500, "other_danger": -500, "none": none}
    return weigh_danger(by_phrase, sums, known=known)


def opt_out(
    by_phrase: OptOut, *, ends: int = 0, odd: int = -900, goes_on: int = 0, known: bool = True
) -> OptOut:
    return weigh_opt_out(by_phrase, {"optout": ends, "unclear": odd, "keep": goes_on}, known=known)


def test_a_danger_that_no_phrase_knows_counts_when_it_weighs_as_much_as_none() -> None:
    assert danger(Danger.NONE, suicide=0, none=0) is Danger.SUICIDE
    assert danger(Danger.NONE, suicide=-200, none=0) is Danger.NONE


def test_of_a_text_without_a_known_word_no_danger_and_no_question_is_made() -> None:
    assert danger(Danger.NONE, suicide=300, known=False) is Danger.NONE
    assert opt_out(OptOut.KEEP, ends=300, known=False) is OptOut.KEEP


def test_a_danger_by_phrase_holds_in_doubt_and_yields_to_a_clear_margin() -> None:
    assert danger(Danger.SUICIDE, suicide=-120, none=0) is Danger.SUICIDE
    assert danger(Danger.SUICIDE, suicide=-600, none=0) is Danger.NONE


def test_another_kind_of_danger_may_outweigh_the_phrase() -> None:
    assert danger(Danger.OVERDOSE, suicide=400, none=-400) is Danger.SUICIDE


@pytest.mark.parametrize(
    ("by_phrase", "ends", "read"),
    [
        (OptOut.OPTOUT, 400, OptOut.OPTOUT),
        (OptOut.OPTOUT, 0, OptOut.UNCLEAR),
        (OptOut.OPTOUT, -800, OptOut.KEEP),
        (OptOut.KEEP, 400, OptOut.OPTOUT),
        (OptOut.KEEP, 0, OptOut.UNCLEAR),
        (OptOut.KEEP, -800, OptOut.KEEP),
        (OptOut.UNCLEAR, 400, OptOut.OPTOUT),
        (OptOut.UNCLEAR, 0, OptOut.UNCLEAR),
        (OptOut.UNCLEAR, -800, OptOut.KEEP),
    ],
)
def test_a_close_call_between_ending_and_going_on_is_asked_about(
    by_phrase: OptOut, ends: int, read: OptOut
) -> None:
    assert opt_out(by_phrase, ends=ends) is read


@given(st.sampled_from(OptOut), WEIGHT, WEIGHT, WEIGHT, st.integers(0, 1500), st.booleans())
def test_more_weight_for_ending_never_reads_as_going_on(
    by_phrase: OptOut, ends: int, odd: int, goes_on: int, more: int, known: bool
) -> None:
    before = opt_out(by_phrase, ends=ends, odd=odd, goes_on=goes_on, known=known)
    after = opt_out(by_phrase, ends=ends + more, odd=odd, goes_on=goes_on, known=known)
    assert RANK.index(after) >= RANK.index(before)


@given(st.sampled_from(Danger), WEIGHT, WEIGHT, st.integers(0, 1500), st.booleans())
def test_more_weight_for_no_danger_never_raises_an_alarm(
    by_phrase: Danger, suicide: int, none: int, more: int, known: bool
) -> None:
    if danger(by_phrase, suicide=suicide, none=none, known=known) is Danger.NONE:
        after = danger(by_phrase, suicide=suicide, none=none + more, known=known)
        assert after is Danger.NONE
