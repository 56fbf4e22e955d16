"""The notation in which phrases are written, and its parser.

A phrase is a row of elements between spaces:

    stop            the word itself           STOP        any word of the class STOP
    die|STOP        one of several            !DRUG       any word but those of the class
    word?           may be missing            word*       any number of times     word+  one or more
    ..3             up to three words         @WANT       a named part, written in place
    (go away|leave) groups, also (…)?         (…)*  (…)+  any of the words in it, repeated
    #  #many        a number, one above five
    ^  $            begin and end of a clause <  >        begin and end of the whole text
"""

import re
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MOST_FORMS = 4096
"""Forms that one phrase may unfold into: past that it should be written as two."""

_PIECE = re.compile(r"\(|\)[?*+]?|\||[^\s()|]+")
_EDGES = {"^": "clause", "<": "text", "$": "clause", ">": "text"}


@dataclass(frozen=True, slots=True)
class Element:
    """One place in a phrase: which words may stand there, and how often.

    No words at all means any word. `negative` turns the words into those that may not stand here.
    """

    words: frozenset[str]
    optional: bool = False
    repeats: bool = False
    negative: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """One unfolded phrase: elements in a row, and what its two ends must touch.

    `begin` and `end` are "" (anywhere), "clause" or "text".
    """

    elements: tuple[Element, ...]
    begin: str = ""
    end: str = ""


class NotationError(ValueError):
    """A phrase that can't be read; the message says what is wrong with it."""


Piece = Element | str
_Row = tuple[Piece, ...]


class PhraseParser:
    """Turns phrases into forms, knowing the classes and the named parts."""

    def __init__(self, classes: Mapping[str, frozenset[str]], parts: Mapping[str, str]) -> None:
        self._classes = classes
        self._parts = parts
        self._rows: dict[str, _Row] = {}

    def parse(self, phrase: str) -> tuple[Form, ...]:
        """All forms of a phrase. Raises NotationError."""
        pieces = deque(_PIECE.findall(_grouped(self._write_out(phrase))))
        if not pieces:
            raise NotationError("the phrase is empty")
        rows = self._alternatives(pieces)
        if pieces:
            raise NotationError("a closing bracket has no opening one")
        return tuple(dict.fromkeys(_form(row, phrase) for row in rows))

    def _write_out(self, phrase: str, depth: int = 0) -> str:
        if depth > 5:
            raise NotationError("named parts refer to each other in a circle")

        def part(found: re.Match[str]) -> str:
            name = found.group(1)
            if name not in self._parts:
                raise NotationError(f"@{name} is not a named part")
            return "(" + self._write_out(self._parts[name], depth + 1) + ")"

        return re.sub(r"@([A-Z_]+)", part, phrase)

    def _alternatives(self, pieces: deque[str]) -> list[_Row]:
        """Rows up to the closing bracket or the end; the pieces from that bracket on are left."""
        done: list[_Row] = []
        rows: list[_Row] = [()]
        while pieces and not pieces[0].startswith(")"):
            piece = pieces.popleft()
            if piece == "|":
                done += rows
                rows = [()]
                continue
            choices = self._group(pieces) if piece == "(" else [self._row(piece)]
            rows = [row + choice for row in rows for choice in choices]
            if len(rows) + len(done) > MOST_FORMS:
                raise NotationError("the phrase unfolds into too many forms: write it as two")
        return done + rows

    def _group(self, pieces: deque[str]) -> list[_Row]:
        rows = self._alternatives(pieces)
        if not pieces:
            raise NotationError("an opening bracket has no closing one")
        mark = pieces.popleft()[1:]
        if mark in ("*", "+"):
            words = _words_of(piece for row in rows for piece in row)
            rows = [(Element(words, optional=mark == "*", repeats=True),)]
        else:
            rows = _merged(rows)
            rows = [(), *rows] if mark == "?" else rows
        return rows

    def _row(self, piece: str) -> _Row:
        """The elements of a piece, made once: the same few stand in most phrases."""
        if piece not in self._rows:
            self._rows[piece] = self._made(piece)
        return self._rows[piece]

    def _made(self, piece: str) -> _Row:
        if piece in _EDGES:
            return (piece,)
        if found := re.fullmatch(r"\.\.(\d)", piece):
            return (Element(frozenset(), optional=True),) * int(found.group(1))
        mark = piece[-1] if piece[-1] in "?*+" else ""
        body = piece[:-1] if mark else piece
        words = self._words(body.removeprefix("!"))
        negative = body.startswith("!")
        return (Element(words, mark in ("?", "*"), mark in ("*", "+"), negative),)

    def _words(self, name: str) -> frozenset[str]:
        if not name:
            raise NotationError("an alternative is empty")
        if name in self._classes:
            return self._classes[name]
        if name.startswith("#") or name == name.lower():
            return frozenset((name,))
        raise NotationError(f"{name} is not a class")


def _merged(rows: list[_Row]) -> list[_Row]:
    """The rows, with those of a single plain word made into one, which keeps the forms few."""
    single: list[Piece] = []
    others: list[_Row] = []
    for row in rows:
        if len(row) == 1 and _is_plain(row[0]):
            single.append(row[0])
        else:
            others.append(row)
    return [(Element(_words_of(single)),), *others] if len(single) > 1 else rows


def _words_of(pieces: Iterable[Piece]) -> frozenset[str]:
    return frozenset().union(*(piece.words for piece in pieces if isinstance(piece, Element)))


def _grouped(phrase: str) -> str:
    """Alternatives outside brackets ("die|dead") put into brackets of their own."""
    out, depth = [], 0
    for piece in re.findall(r"[()]|[^\s()]+|\s+", phrase):
        depth += (piece == "(") - (piece == ")")
        loose = not depth and "|" in piece
        out.append(re.sub(r"^(.*?)([?*+]?)$", r"(\1)\2", piece) if loose else piece)
    return "".join(out)


def _is_plain(piece: Piece) -> bool:
    return isinstance(piece, Element) and bool(piece.words) and not (
        piece.optional or piece.repeats or piece.negative
    )  # fmt: skip


def _form(row: _Row, phrase: str) -> Form:
    begin = end = ""
    pieces = list(row)
    if pieces and isinstance(pieces[0], str) and pieces[0] in "^<":
        begin = _EDGES[str(pieces.pop(0))]
    if pieces and isinstance(pieces[-1], str) and pieces[-1] in "$>":
        end = _EDGES[str(pieces.pop())]
    elements = tuple(piece for piece in pieces if isinstance(piece, Element))
    if len(elements) != len(pieces):
        raise NotationError(f"^ < $ > stand only at the ends: {phrase}")
    if not any(not element.optional for element in elements):
        raise NotationError("a phrase needs at least one word that can't be missing")
    return Form(elements, begin, end)
