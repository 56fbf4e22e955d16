"""Reads one text: what it means, and why."""

from collections.abc import Mapping, Sequence

from bot.core.reading.age import stated_age
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

    def read(self, text: str) -> Reading:
        """The reading of one text, whatever is in it."""
        if is_tapback(text):
            return Reading(tapback=True)
        tokens = tokenize(text, self._lexicon)
        judgement = Judgement(tokens, self._rules, list(self._matcher.find(tokens)))
        danger, danger_found = self._danger(judgement)
        optout, optout_found = self._opt_out(judgement)
        keyword = self._keywords.read(tokens, self._ordinary)
        return Reading(
            danger=danger,
            danger_reason=_reason(judgement, danger_found),
            danger_subject=self._subject(judgement, danger_found),
            optout=optout,
            optout_reason=_reason(judgement, optout_found),
            exact_optout=text.strip().lower() in CARRIER_WORDS,
            keyword=keyword.name,
            keyword_candidates=keyword.candidates,
            rest=keyword.rest,
            age=stated_age(tokens),
            language=self._language(tokens, danger_found or optout_found),
            normalized=" ".join(token.surface for token in tokens if token.surface),
        )

    def found(self, text: str) -> tuple[str, ...]:
        """The ids of all rules and guards whose phrases occur, for looking into a reading."""
        tokens = tokenize(text, self._lexicon)
        return tuple(dict.fromkeys(self._rules[h.phrase].id for h in self._matcher.find(tokens)))

    @staticmethod
    def _danger(judgement: Judgement) -> tuple[Danger, tuple[Rule, Hit] | None]:
        for danger in DANGERS:
            if found := judgement.best(danger.value):
                return danger, found
        return Danger.NONE, None

    @staticmethod
    def _opt_out(judgement: Judgement) -> tuple[OptOut, tuple[Rule, Hit] | None]:
        for optout in OPT_OUTS:
            if found := judgement.best(optout.value):
                return optout, found
        return OptOut.KEEP, None

    def _subject(self, judgement: Judgement, found: tuple[Rule, Hit] | None) -> str:
        """Whom the danger is about: the words found first, then the clause around them."""
        if found is None:
            return "unknown"
        hit = found[1]
        clause = judgement.clause_of(hit)
        words = {word for token in clause for word in token.readings[:1]}
        if words & self._someone:
            return "someone"
        return "self" if words & self._self else "unknown"

    def _language(self, tokens: Sequence[Token], found: tuple[Rule, Hit] | None) -> str:
        if found is not None and found[0].language != "en":
            return found[0].language  # a phrase in one language counts, a rule may hold several
        written = {token.readings[0] for token in tokens}
        return "es" if len(written & self._spanish) > len(written & self._english) else "en"


def _reason(judgement: Judgement, found: tuple[Rule, Hit] | None) -> Reason | None:
    return None if found is None else Reason(found[0].id, judgement.words_of(found[1]))
