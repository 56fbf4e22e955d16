"""Reads one text: what it means, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.core.reading.age import stated_age
from bot.core.reading.clues import classes_by_word, clues
from bot.core.reading.judgement import Judgement
from bot.core.reading.keywords import Keywords
from bot.core.reading.lexicon import Lexicon
from bot.core.reading.matcher import Hit, Matcher, Token
from bot.core.reading.model import Danger, OptOut, Reading, Reason
from bot.core.reading.patterns import Patterns, Rule
from bot.core.reading.tapback import is_tapback
from bot.core.reading.tokens import tokenize

CARRIER_WORDS = frozenset(
    ["stop", "stopall", "unsubscribe", "end", "quit", "cancel", "revoke", "optout"]
)
"""The words that Twilio answers by itself when they are the whole message."""

DANGERS = (Danger.OVERDOSE, Danger.SUICIDE, Danger.OTHER)
"""In the order in which they are answered when a text speaks of several."""

OPT_OUTS = (OptOut.OPTOUT, OptOut.UNCLEAR)

OVERRULES = 80
"""By so much "nothing is meant" must outweigh what a phrase says: a phrase that somebody wrote down
counts in doubt."""

SPEAKS_UP = {
    Danger.SUICIDE: 0, Danger.OVERDOSE: 0, Danger.OTHER: 0, OptOut.OPTOUT: 100, OptOut.UNCLEAR: 250
}  # fmt: skip
"""By so much a meaning must outweigh "nothing is meant" where no phrase says it. A kind answer that
was not needed costs little; short texts that mean nothing look like short refusals."""

M = TypeVar("M", Danger, OptOut)

By = tuple[Rule, Hit]
"""A phrase that counts: its rule, and where it stands."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """What the phrases make of a text, before anything is weighed."""

    tokens: Sequence[Token]
    found: Sequence[str]
    """The ids of the rules and guards that occur."""
    judgement: Judgement
    danger_by: By | None
    optout_by: By | None

    @property
    def danger(self) -> Danger:
        return Danger(self.danger_by[0].meaning) if self.danger_by else Danger.NONE

    @property
    def optout(self) -> OptOut:
        return OptOut(self.optout_by[0].meaning) if self.optout_by else OptOut.KEEP

    def reason(self, by: By | None) -> Reason | None:
        return None if by is None else Reason(by[0].id, self.judgement.words_of(by[1]))


class Reader:
    """Reads texts. Built once from the patterns and the keywords; then pure and deterministic."""

    def __init__(self, patterns: Patterns, vocabulary: Mapping[str, Sequence[str]]) -> None:
        self._rules = patterns.rules
        self._lexicon = Lexicon(patterns.words)
        self._matcher = Matcher([rule.forms for rule in patterns.rules])
        self._keywords = Keywords(vocabulary)
        self._ordinary = patterns.words.ordinary
        self._self = patterns.classes["SELF"]
        self._someone = patterns.classes["SOMEONE"]
        self._spanish, self._english = patterns.spanish, patterns.english
        self._classes = classes_by_word(patterns.classes)
        self._scales = patterns.scales

    def read(self, text: str) -> Reading:
        """The reading of one text, whatever is in it."""
        if is_tapback(text):
            return Reading(tapback=True)
        heard = self._listen(text)
        tokens, danger, optout = heard.tokens, heard.danger, heard.optout
        danger_why, optout_why = heard.reason(heard.danger_by), heard.reason(heard.optout_by)
        weighed = self._clues(heard) if self._scales else []
        danger, danger_why = self._weigh("danger", weighed, danger, danger_why)
        both = danger is not Danger.NONE and optout is OptOut.OPTOUT  # both are acted on
        if not both and not is_exact(tokens):
            optout, optout_why = self._weigh("optout", weighed, optout, optout_why)
        keyword = self._keywords.read(tokens, self._ordinary)
        return Reading(
            danger=danger,
            danger_reason=danger_why,
            danger_subject=self._subject(heard),
            optout=optout,
            optout_reason=optout_why,
            exact_optout=text.strip().lower() in CARRIER_WORDS,
            keyword=keyword.name,
            keyword_candidates=keyword.candidates,
            rest=keyword.rest,
            age=stated_age(tokens),
            language=self._language(tokens, heard.danger_by or heard.optout_by),
            normalized=" ".join(token.surface for token in tokens if token.surface),
        )

    def clues(self, text: str, *, with_rules: bool = True) -> tuple[str, ...]:
        """What is weighed of a text, for learning; without the opinion of the phrases if wanted."""
        heard = self._listen(text)
        return tuple(self._clues(heard) if with_rules else clues(heard.tokens, self._classes, ()))

    def _listen(self, text: str) -> _Heard:
        tokens = tokenize(text, self._lexicon)
        hits = list(self._matcher.find(tokens))
        judgement = Judgement(tokens, self._rules, hits)
        danger_by = next(filter(None, (judgement.best(one) for one in DANGERS)), None)
        optout_by = next(filter(None, (judgement.best(one) for one in OPT_OUTS)), None)
        found = [self._rules[hit.phrase].id for hit in hits]
        return _Heard(tokens, found, judgement, danger_by, optout_by)

    def _clues(self, heard: _Heard) -> list[str]:
        """What is weighed: the words, and as clues what the phrases found and made of it."""
        opinion = (f"danger/{heard.danger}", f"opt-out/{heard.optout}", *heard.found)
        return clues(heard.tokens, self._classes, opinion)

    def _weigh(
        self, kind: str, weighed: Sequence[str], by_phrase: M, why: Reason | None
    ) -> tuple[M, Reason | None]:
        """The heaviest meaning. Where the phrases say the same, theirs is the reason."""
        scale = self._scales.get(kind)
        if scale is None:
            return by_phrase, why
        found = scale.weigh(weighed)
        meaning = type(by_phrase)(found.meaning)
        nothing = scale.meanings[-1]
        ahead = max(found.sums.values()) - found.sums[by_phrase]
        overrules = by_phrase != nothing and meaning == nothing
        speaks_up = by_phrase == nothing and meaning != nothing
        heaviest = type(by_phrase)(max(found.sums, key=lambda name: found.sums[name]))
        if (overrules and ahead < OVERRULES) or (
            speaks_up and (ahead < SPEAKS_UP[heaviest] or not scale.knows(weighed))
        ):
            meaning = by_phrase
        if meaning == by_phrase:
            return meaning, why
        reason = (
            None if meaning == nothing else Reason(f"weighed/{meaning}", ", ".join(found.clues))
        )
        return meaning, reason

    def found(self, text: str) -> tuple[str, ...]:
        """The ids of all rules and guards whose phrases occur, for looking into a reading."""
        tokens = tokenize(text, self._lexicon)
        return tuple(dict.fromkeys(self._rules[h.phrase].id for h in self._matcher.find(tokens)))

    def _subject(self, heard: _Heard) -> str:
        """Whom the danger is about: the words found first, then the clause around them."""
        if heard.danger_by is None:
            return "unknown"
        clause = heard.judgement.clause_of(heard.danger_by[1])
        words = {word for token in clause for word in token.readings[:1]}
        if words & self._someone:
            return "someone"
        return "self" if words & self._self else "unknown"

    def _language(self, tokens: Sequence[Token], found: By | None) -> str:
        if found is not None and found[0].language != "en":
            return found[0].language  # a phrase in one language counts, a rule may hold several
        written = {token.readings[0] for token in tokens}
        return "es" if len(written & self._spanish) > len(written & self._english) else "en"


EXACT = frozenset(
    [(word,) for word in CARRIER_WORDS] + [("opt", "out"), ("stop", "all"), ("opt", "me", "out")]
)
"""Whole messages that end the texts, whatever else is known: the carrier's words and the law's."""


def is_exact(tokens: Sequence[Token]) -> bool:
    """Whether the whole message is an opt-out word, marks and decoration aside."""
    return len(tokens) <= 3 and tuple(token.readings[0] for token in tokens) in EXACT
