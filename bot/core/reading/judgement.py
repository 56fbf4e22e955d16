"""Which of the phrases found stand, once the guards around them have been heard."""

from collections import defaultdict
from collections.abc import Sequence

from bot.core.reading.matcher import STRONG, WEAK, Hit, Token
from bot.core.reading.patterns import Rule

_TURNS = frozenset({"but", "however", "pero", "although", "though", "except", "sino", "aunque"})
_JOINS = frozenset({"and", "so", "because", "then", "plus", "y", "porque", "pues", "cuz", "until"})
_SUBJECTS = frozenset(
    {"i", "he", "she", "we", "they", "my", "it", "you", "this", "there", "now", "yo", "mi", "ya"}
    | {"please", "stop", "no", "dont", "nobody", "everyone", "if", "el", "ella", "estoy", "quiero"}
)


class Judgement:
    """The hits of one text that stand, by meaning."""

    def __init__(self, tokens: Sequence[Token], rules: Sequence[Rule], hits: Sequence[Hit]) -> None:
        self._rules = rules
        self._tokens = tokens
        self._clauses = _clauses(tokens)
        self._guards = _Guards([token.boundary >= WEAK for token in tokens], self._clauses)
        meant, conditional = [], []
        for hit in hits:
            rule = rules[hit.phrase]
            if rule.meaning != "guard":
                meant.append(hit)
            elif rule.needs:
                conditional.append(hit)
            else:
                self._guards.add(rule, hit)
        for hit in conditional:
            self._guards.add_if_needed(rules[hit.phrase], hit)
        self._standing: defaultdict[str, list[Hit]] = defaultdict(list)
        for hit in meant:
            rule = rules[hit.phrase]
            if self._guards.let_stand(rule, hit):
                self._standing[rule.meaning].append(hit)

    def best(self, meaning: str) -> tuple[Rule, Hit] | None:
        """The longest standing phrase of a meaning; the first of equals."""
        found = self._standing.get(meaning)
        if not found:
            return None
        hit = max(found, key=lambda h: (h.end - h.start, -h.start))
        return self._rules[hit.phrase], hit

    def words_of(self, hit: Hit) -> str:
        """The words of the writer that a hit covers, a short form ("dont") as a whole."""
        start = hit.start
        while start and not self._tokens[start].surface:
            start -= 1
        return " ".join(t.surface for t in self._tokens[start : hit.end] if t.surface)

    def clause_of(self, hit: Hit) -> Sequence[Token]:
        """The tokens of the clauses that a hit lies in."""
        inside = set(self._clauses[hit.start : hit.end])
        return [t for t, c in zip(self._tokens, self._clauses, strict=True) if c in inside]


class _Guards:
    """Where guards stand, laid out so that asking costs the same however many there are."""

    def __init__(self, set_off: Sequence[bool], clauses: Sequence[int]) -> None:
        size = self._size = len(set_off)
        self._set_off = set_off
        self._clause_numbers = clauses
        self._everywhere: set[str] = set()
        self._in_clause: defaultdict[str, set[int]] = defaultdict(set)
        self._around: defaultdict[str, bytearray] = defaultdict(lambda: bytearray(size))
        self._start_by_end: defaultdict[str, dict[int, int]] = defaultdict(dict)
        self._end_by_start: defaultdict[str, dict[int, int]] = defaultdict(dict)

    def add(self, rule: Rule, hit: Hit) -> None:
        name = rule.guards
        if rule.where == "text":
            self._everywhere.add(name)
        elif rule.where == "clause":
            self._in_clause[name].update(self._clause_numbers[hit.start : hit.end])
        elif rule.where == "around":
            self._around[name][hit.start : hit.end] = b"\1" * (hit.end - hit.start)
        elif rule.where == "before":
            if any(self._set_off[hit.start + 1 : hit.end + 1]):
                return  # "no, i want to die": what stands behind a comma is not taken away
            starts = self._start_by_end[name]
            starts[hit.end] = min(hit.start, starts.get(hit.end, hit.start))
        else:
            ends = self._end_by_start[name]
            ends[hit.start] = max(hit.end, ends.get(hit.start, hit.end))

    def add_if_needed(self, rule: Rule, hit: Hit) -> None:
        """Adds a guard that counts only beside another one."""
        if self._reach(rule.needs, hit):
            self.add(rule, hit)

    def let_stand(self, rule: Rule, hit: Hit) -> bool:
        """Whether a hit keeps its meaning: no guard against it, and the one it needs."""
        if rule.needs and not self._reach(rule.needs, hit):
            return False
        return not any(self._reach(name, hit) for name in rule.unless)

    def _reach(self, name: str, hit: Hit) -> bool:
        """Whether a guard of that name reaches the hit."""
        if name in self._everywhere:
            return True
        if not self._in_clause[name].isdisjoint(self._clause_numbers[hit.start : hit.end]):
            return True
        if any(self._around[name][hit.start : hit.end]):
            return True
        starts, ends = self._start_by_end[name], self._end_by_start[name]
        span = range(hit.start, hit.end + 1)
        before = any(starts.get(at, self._size) < hit.start for at in span)
        return before or any(ends.get(at, -1) > hit.end for at in span)


def _clauses(tokens: Sequence[Token]) -> list[int]:
    """The number of the clause that each token is in.

    Full stops and "but" divide, and so does a comma or an "and" in front of a new subject: people
    write whole evenings without a full stop.
    """
    number, out = 0, []
    for index, token in enumerate(tokens):
        word = token.readings[0]
        after = tokens[index + 1].readings[0] if index + 1 < len(tokens) else ""
        anew = token.boundary >= WEAK and word in _SUBJECTS
        if (
            token.boundary >= STRONG
            or word in _TURNS
            or anew
            or (word in _JOINS and after in _SUBJECTS)
        ):
            number += 1
        out.append(number)
    return out
