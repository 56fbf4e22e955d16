"""Reads one text: what it means, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
from bot.core.reading.weighing import weigh_danger, weigh_opt_out

CARRIER_WORDS = frozenset(
    ["stop", "stopall", "unsubscribe", "end", "quit", "cancel", "revoke", "optout"]
)
"""The words that Twilio answers by itself when they are the whole message."""

DANGERS = (Danger.OVERDOSE, Danger.SUICIDE, Danger.OTHER)
"""In the order in which they are answered when a text speaks of several."""

OPT_OUTS = (OptOut.OPTOUT, OptOut.UNCLEAR)

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
        danger, optout, found = self._weigh(heard)
        keyword = self._keywords.read(heard.tokens, self._ordinary)
        return Reading(
            danger=danger,
            danger_reason=heard.reason(heard.danger_by)
            if danger is heard.danger
            else self._why("danger", danger, found),
            danger_subject=self._subject(heard),
            optout=optout,
            optout_reason=heard.reason(heard.optout_by)
            if optout is heard.optout
            else self._why("optout", optout, found),
            exact_optout=text.strip().lower() in CARRIER_WORDS,
            keyword=keyword.name,
            keyword_candidates=keyword.candidates,
            rest=keyword.rest,
            age=stated_age(heard.tokens),
            language=self._language(heard.tokens, heard.danger_by or heard.optout_by),
            normalized=" ".join(token.surface for token in heard.tokens if token.surface),
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

    def _weigh(self, heard: _Heard) -> tuple[Danger, OptOut, list[str]]:
        """What phrases and weights together make of the text, and the clues that were weighed."""
        danger, optout = heard.danger, heard.optout
        if not self._scales:
            return danger, optout, []
        found = self._clues(heard)
        scale = self._scales["danger"]
        danger = weigh_danger(danger, scale.sums(found), known=scale.knows(found))
        both = danger is not Danger.NONE and optout is OptOut.OPTOUT  # both are acted on
        if not both and not is_exact(heard.tokens):
            scale = self._scales["optout"]
            optout = weigh_opt_out(optout, scale.sums(found), known=scale.knows(found))
        return danger, optout, found

    def _why(self, kind: str, meaning: str, found: Sequence[str]) -> Reason | None:
        scale = self._scales[kind]
        if meaning == scale.meanings[-1]:
            return None
        return Reason(f"weighed/{meaning}", ", ".join(scale.spoke_for(meaning, found)))

    def found(self, text: str) -> tuple[str, ...]:
        """The ids of all rules and guards whose phrases occur, for looking into a reading."""
        return tuple(dict.fromkeys(self._listen(text).found))

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
        written = {token.readings[0] for token in tokens if not token.surface.isdigit()}
        return "es" if len(written & self._spanish) > len(written & self._english) else "en"


EXACT = frozenset(
    [(word,) for word in CARRIER_WORDS] + [("opt", "out"), ("stop", "all"), ("opt", "me", "out")]
)
"""Whole messages that end the texts, whatever else is known: the carrier's words and the law's."""


def is_exact(tokens: Sequence[Token]) -> bool:
    """Whether the whole message is an opt-out word, marks and decoration aside."""
    return len(tokens) <= 3 and tuple(token.readings[0] for token in tokens) in EXACT
