"""Cuts a text into tokens: words with their readings, and the boundaries between them."""

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.core.reading.characters import plain
from bot.core.reading.lexicon import Lexicon, Readings
from bot.core.reading.matcher import EDGE, STRONG, WEAK, Token

MOST_TOKENS = 400
"""Tokens that are read of one text."""

LAST_TOKENS = 150
"""Of these, so many are kept for the end of a longer text."""

MOST_GUESSED = 120
"""Different words of a text after which misspelt ones are no longer guessed at."""

LONGEST_SPELT_OUT = 12
"""Letters of a spaced-out word ("s t o p") at most."""

_CHUNK = re.compile(r"[a-z0-9@$|*'!.\-_/&+]+|[^a-z0-9@$|*'!.\-_/&+]")
_CHUNK_LETTER = re.compile(r"[a-z0-9@$|*'!.\-_/&+]")
_INSIDE = re.compile(r"[!.\-_/&+|]+")
_OFTEN_ALONE = frozenset("iaurnbcykxe")
_STRONG_MARKS, _SILENT = frozenset(".!?;"), frozenset(" \t")


def tokenize(text: str, lexicon: Lexicon) -> list[Token]:
    """The tokens of a text. A row of one-word sentences ("Stop. Texting. Me.") reads as one."""
    tokens: list[Token] = []
    seen: dict[str, tuple[Readings, ...]] = {}
    boundary = EDGE
    for written, mark in _head_and_tail(list(_joined(list(_pieces(plain(text))), lexicon))):
        if not written:
            boundary = max(boundary, mark)
            continue
        if written not in seen:
            seen[written] = lexicon.look_up(written, guess=len(seen) < MOST_GUESSED)
        for number, readings in enumerate(seen[written]):
            tokens.append(Token(readings, "" if number else written, boundary))
            boundary = 0
        if len(tokens) >= MOST_TOKENS:
            break
    return _without_staccato(tokens)


Piece = tuple[str, int]
"""A written word and 0, or "" and the boundary that stands there."""


def _head_and_tail(pieces: list[Piece]) -> list[Piece]:
    """The beginning and the end of a text that is too long: what matters may stand last."""
    most = MOST_TOKENS - LAST_TOKENS
    return pieces if len(pieces) <= MOST_TOKENS else [*pieces[:most], *pieces[-LAST_TOKENS:]]


def _pieces(text: str) -> Iterator[Piece]:
    for chunk in _CHUNK.findall(text):
        if chunk in _SILENT:
            continue
        core = chunk.strip("!.-_/&+|*'")
        if not core or not _CHUNK_LETTER.match(core):
            yield "", _strength(chunk)
            continue
        at = chunk.index(core)
        if chunk[:at].strip("'*"):
            yield "", WEAK
        yield core, 0
        if tail := chunk[at + len(core) :].strip("'*"):
            yield "", _strength(tail)


def _strength(marks: str) -> int:
    if marks.startswith("..") or not _STRONG_MARKS & set(marks):
        return WEAK
    return STRONG


def _joined(pieces: list[Piece], lexicon: Lexicon) -> Iterator[Piece]:
    """Pieces with spaced-out letters put together and words with marks inside resolved."""
    index = 0
    while index < len(pieces):
        letters = ""
        ahead = index
        while ahead < len(pieces) and len(pieces[ahead][0]) == 1 and pieces[ahead][0].isalpha():
            letters += pieces[ahead][0]
            ahead += 1
        if len(letters) > 1:
            yield from _letters(letters, lexicon)
            index = ahead
            continue
        yield from _unmarked(pieces[index], lexicon)
        index += 1


def _letters(letters: str, lexicon: Lexicon) -> Iterator[Piece]:
    """Letters that stand alone in a row: a spaced-out word ("s t o p"), or just letters."""
    start = 0
    while start < len(letters):
        for end in range(min(len(letters), start + LONGEST_SPELT_OUT), start + 1, -1):
            word = letters[start:end]
            if lexicon.knows(word) and not _OFTEN_ALONE.issuperset(word):
                break
        else:
            end = start + 1
        yield letters[start:end], 0
        start = end


def _unmarked(piece: Piece, lexicon: Lexicon) -> Iterator[Piece]:
    word, mark = piece
    if not word or not _INSIDE.search(word) or lexicon.knows(word):
        yield piece
        return
    for whole in (word.replace("!", "i").replace("|", "l"), _INSIDE.sub("", word)):
        if lexicon.knows(whole):
            yield whole, 0
            return
    parts, marks = _INSIDE.split(word), _INSIDE.findall(word)
    for number, part in enumerate(parts):
        if number:
            yield "", _strength(marks[number - 1]) if set(marks[number - 1]) & set(".!") else 0
        if part.strip("'*"):
            yield part.strip("'"), mark


def _without_staccato(tokens: list[Token]) -> list[Token]:
    alone = [
        token.boundary >= STRONG
        and (index + 1 == len(tokens) or tokens[index + 1].boundary >= STRONG)
        for index, token in enumerate(tokens)
    ]
    return [
        replace(token, boundary=0)
        if index > 0 and alone[index] and alone[index - 1] and len(tokens) > 2
        else token
        for index, token in enumerate(tokens)
    ]
