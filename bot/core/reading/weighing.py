"""What is made of a text: what its phrases say, against what its clues weigh.

Sums are hundredths, and the distances below were chosen on the developing corpora, each file of
which was read by scales that the other files had taught.
"""

from collections.abc import Mapping

from bot.core.reading.model import Danger, OptOut

LEAN = 50
"""A danger counts that is lighter than "none" by less: a kind answer that was not needed costs
little."""
HOLDS = 80
"""A phrase that somebody wrote down is overruled only where "nothing is meant" outweighs it by
more."""
KINDS = (Danger.SUICIDE, Danger.OVERDOSE, Danger.OTHER)

SURE = 300
"""An opt-out that no phrase knows counts when it outweighs "go on" by so much."""
SURE_BY_PHRASE = 200
DOUBTED = -250
"""From here on it is asked about; lighter, it is none."""
DOUBTED_BY_PHRASE = -300
ODD = -50
"""What is neither is asked about unless "go on" outweighs it by more."""


def weigh_danger(by_phrase: Danger, sums: Mapping[str, int], *, known: bool) -> Danger:
    """The danger, where phrases say `by_phrase`. `known`: the text has words that were weighed."""
    heaviest = max(KINDS, key=lambda kind: sums[kind])
    none = sums[Danger.NONE] - LEAN
    if by_phrase is Danger.NONE:
        return heaviest if known and sums[heaviest] >= none else by_phrase
    if sums[heaviest] >= none:
        return heaviest
    return by_phrase if none - sums[by_phrase] < HOLDS else Danger.NONE


def weigh_opt_out(by_phrase: OptOut, sums: Mapping[str, int], *, known: bool) -> OptOut:
    """Whether the texts should end, where phrases say `by_phrase`.

    Throwing out somebody who wanted help costs most, so a close call is asked about.
    """
    ends, odd, goes_on = (sums[one] for one in (OptOut.OPTOUT, OptOut.UNCLEAR, OptOut.KEEP))
    ahead = ends - goes_on
    if by_phrase is OptOut.OPTOUT:
        if ahead >= SURE_BY_PHRASE:
            return by_phrase
        unsure = ahead >= DOUBTED_BY_PHRASE or odd > max(goes_on, ends)
    elif not known and by_phrase is OptOut.KEEP:
        return by_phrase
    else:
        if ahead >= SURE and ends >= odd:
            return OptOut.OPTOUT
        if by_phrase is OptOut.UNCLEAR:
            unsure = max(odd, ends) - goes_on > -HOLDS
        else:
            unsure = ahead >= DOUBTED or odd - goes_on >= ODD
    return OptOut.UNCLEAR if unsure else OptOut.KEEP
