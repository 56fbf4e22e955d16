"""Finds every phrase in a row of tokens, in one pass.

All forms stand side by side in one bit vector: a bit for "nothing read yet", then a bit for
each element (the extended Shift-And of Navarro and Raffinot). A token moves the whole vector
by a handful of integer operations, so the work grows with the number of tokens alone,
whatever the words are.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.core.reading.notation import Element, Form

WEAK, STRONG, EDGE = 1, 2, 3
"""How strongly something is set off from what stands before it: comma, full stop, whole text."""

LONGEST_HIT = 24
"""Tokens that a hit is said to cover at most: politeness may repeat without end."""

MOST_HITS = 12
"""Hits of one phrase in one text that are told: the rest say nothing new."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word with all its likely readings, and the boundary in front of it.

    `surface` is what the writer wrote; it is "" for the further words of an expansion.
    """

    readings: tuple[str, ...]
    surface: str
    boundary: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: which, and the tokens it covers, `end` not included."""

    phrase: int
    start: int
    end: int


class Matcher:
    """The forms of many phrases, ready to be looked for."""

    def __init__(self, phrases: Sequence[Iterable[Form]]) -> None:
        bits = _Bits()
        self._placed: dict[int, tuple[int, Form]] = {}
        for number, forms in enumerate(phrases):
            for form in forms:
                self._placed[bits.place(form)] = (number, form)
        self._first = {edge: _mask(at) for edge, at in bits.first.items()}
        self._last = {edge: _mask(at) for edge, at in bits.last.items()}
        self._optional, self._repeats = _mask(bits.optional), _mask(bits.repeats)
        self._run_starts, self._run_ends = _mask(bits.run_starts), _mask(bits.run_ends)
        self._any = _mask(bits.any_word)
        self._refusing = _mask(bits.refusing)
        self._words, self._refused = bits.by_word(), bits.refused_by_word()

    def find(self, tokens: Sequence[Token]) -> Iterator[Hit]:
        """Every phrase found, in the order in which they end; none reaches over a full stop."""
        state = 0
        told: Counter[int] = Counter()
        for index, token in enumerate(tokens):
            if token.boundary >= STRONG:
                state = 0
            state = self._closed(state | self._starts(token.boundary))
            here = self._mask_of(token)
            state = self._closed(((state << 1) | (state & self._repeats)) & here)
            after = tokens[index + 1].boundary if index + 1 < len(tokens) else EDGE
            found = state & self._ends(after)
            while found:
                low = found & -found
                found ^= low
                number, form = self._placed[low.bit_length() - 1]
                told[number] += 1
                if told[number] > MOST_HITS:
                    continue
                yield Hit(number, _start_of(form, tokens, index), index + 1)

    def _starts(self, boundary: int) -> int:
        return self._by_edge(self._first, boundary)

    def _ends(self, boundary: int) -> int:
        return self._by_edge(self._last, boundary)

    @staticmethod
    def _by_edge(masks: dict[str, int], boundary: int) -> int:
        mask = masks[""]
        if boundary >= WEAK:
            mask |= masks["clause"]
        return mask | masks["text"] if boundary >= EDGE else mask

    def _closed(self, state: int) -> int:
        """The state with every element passed over that may be missing."""
        reach = state | self._run_ends
        return state | (self._optional & (~(reach - self._run_starts) ^ reach))

    def _mask_of(self, token: Token) -> int:
        mask, refused = self._any, 0
        for word in token.readings:
            mask |= self._words.get(word, 0)
            refused |= self._refused.get(word, 0)
        return mask | (self._refusing & ~refused)


class _Bits:
    """Where the elements of all forms lie in the vector."""

    def __init__(self) -> None:
        self.size = 0
        self.first: dict[str, list[int]] = {"": [], "clause": [], "text": []}
        self.last: dict[str, list[int]] = {"": [], "clause": [], "text": []}
        self.optional: list[int] = []
        self.repeats: list[int] = []
        self.run_starts: list[int] = []
        self.run_ends: list[int] = []
        self.any_word: list[int] = []
        self.refusing: list[int] = []
        self._allowed: defaultdict[frozenset[str], list[int]] = defaultdict(list)
        self._forbidden: defaultdict[frozenset[str], list[int]] = defaultdict(list)

    def place(self, form: Form) -> int:
        """Lays a form behind the others; gives the bit of its last element."""
        self.first[form.begin].append(self.size)
        for element in form.elements:
            self.size += 1
            self._place_words(element)
            if element.repeats:
                self.repeats.append(self.size)
        self._place_runs(form, self.size - len(form.elements) + 1)
        self.last[form.end].append(self.size)
        self.size += 1
        return self.size - 1

    def _place_words(self, element: Element) -> None:
        if not element.words:
            self.any_word.append(self.size)
        elif element.negative:
            self.refusing.append(self.size)
            self._forbidden[element.words].append(self.size)
        else:
            self._allowed[element.words].append(self.size)

    def _place_runs(self, form: Form, first: int) -> None:
        """Marks, for each run of elements that may be missing, the bit before it and its last."""
        before = False
        for bit, element in enumerate(form.elements, first):
            if element.optional:
                self.optional.append(bit)
                if before:
                    self.run_ends.pop()
                else:
                    self.run_starts.append(bit - 1)
                self.run_ends.append(bit)
            before = element.optional

    def by_word(self) -> dict[str, int]:
        return _masks_by_word(self._allowed)

    def refused_by_word(self) -> dict[str, int]:
        return _masks_by_word(self._forbidden)


def _masks_by_word(places: dict[frozenset[str], list[int]]) -> dict[str, int]:
    masks: defaultdict[str, int] = defaultdict(int)
    for words, bits in places.items():
        mask = _mask(bits)
        for word in words:
            masks[word] |= mask
    return dict(masks)


def _mask(bits: Sequence[int]) -> int:
    octets = bytearray(max(bits, default=0) // 8 + 1)
    for bit in bits:
        octets[bit // 8] |= 1 << (bit % 8)
    return int.from_bytes(octets, "little")


def _start_of(form: Form, tokens: Sequence[Token], last: int) -> int:
    """The earliest token at which a form can begin that is known to end with token `last`."""
    waiting = {len(form.elements)}
    start = last
    index = last + 1
    while waiting:
        waiting = _passed_over(form, waiting)
        if 0 in waiting and _begins(form, tokens, index):
            start = index
        index -= 1
        if index < max(0, last + 1 - LONGEST_HIT):
            break
        waiting = _read_back(form, waiting, tokens[index])
        if index <= last and index + 1 <= last and tokens[index + 1].boundary >= STRONG:
            break
    return start


def _passed_over(form: Form, waiting: set[int]) -> set[int]:
    """Counts of elements still unread, with those passed over that may be missing."""
    out = set(waiting)
    for count in range(max(waiting, default=0), 0, -1):
        if count in out and form.elements[count - 1].optional:
            out.add(count - 1)
    return out


def _read_back(form: Form, waiting: set[int], token: Token) -> set[int]:
    out = set()
    for count in waiting:
        if count and _fits(form.elements[count - 1], token):
            out.add(count - 1)
        repeated = form.elements[count] if count < len(form.elements) else None
        if repeated and repeated.repeats and _fits(repeated, token):
            out.add(count)
    return out


def _begins(form: Form, tokens: Sequence[Token], index: int) -> bool:
    if not form.begin or index >= len(tokens):
        return True
    return tokens[index].boundary >= (WEAK if form.begin == "clause" else EDGE)


def _fits(element: Element, token: Token) -> bool:
    if not element.words:
        return True
    found = not element.words.isdisjoint(token.readings)
    return found is not element.negative
