"""On which line of a TOML text each entry and each key stands: `tomllib` does not say.

The text has been read by `tomllib` before, so it is valid, and a scan from statement to statement
is enough: a statement is a header (`[a]`, `[[a.b]]`) or a key with its value, and a value ends
where its strings and brackets are closed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""The way to a value: `("message", 3, "answer", 0, "reply")`."""

_HEADER = re.compile(r"(\[{1,2})\s*([^\n\]]*?)\s*\]{1,2}")
_PART = re.compile(r'\s*("(?:[^"\\]|\\.)*"|\'[^\']*\'|[A-Za-z0-9_-]+)\s*(\.?)')
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"""+|\'\'\'.*?\'\'\'+|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL
)
_SKIP = re.compile(r"(?:\s+|#[^\n]*)*")
_PLAIN = re.compile(r"[^\"'\[\]{}#\n]+")


def lines_of(text: str) -> Mapping[Path, int]:
    """Path of each table, array entry and key of a valid TOML text -> the line it begins on."""
    return _Scan(text.replace("\r\n", "\n")).run()


class _Scan:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.counted_to = 0
        self.line = 1
        self.table: Path = ()
        self.found: dict[Path, int] = {}
        self.entries: dict[Path, int] = {}

    def run(self) -> Mapping[Path, int]:
        while self._next_statement():
            header = _HEADER.match(self.text, self.at)
            if header:
                self._open(header)
            else:
                self._assign()
        return self.found

    def _next_statement(self) -> bool:
        skipped = _SKIP.match(self.text, self.at)
        self.at = skipped.end() if skipped else self.at
        self.line += self.text.count("\n", self.counted_to, self.at)
        self.counted_to = self.at
        return self.at < len(self.text)

    def _open(self, header: re.Match[str]) -> None:
        names, _ = _names(header[2], 0)
        path = self._resolved(names[:-1]) + names[-1:]
        if header[1] == "[[":
            index = self.entries.get(path, -1) + 1
            self.entries[path] = index
            self.found.setdefault(path, self.line)
            path = (*path, index)
        self.table = path
        self.found.setdefault(path, self.line)
        self.at = header.end()

    def _resolved(self, names: Path) -> Path:
        """Names of a header with the index of the latest entry behind each array."""
        path: Path = ()
        for name in names:
            path = (*path, name)
            if path in self.entries:
                path = (*path, self.entries[path])
        return path

    def _assign(self) -> None:
        names, end = _names(self.text, self.at)
        for depth in range(1, len(names) + 1):
            self.found.setdefault(self.table + names[:depth], self.line)
        self.at = self._value_end(max(end, self.at) + 1)

    def _value_end(self, at: int) -> int:
        depth = 0
        while at < len(self.text):
            char = self.text[at]
            if char == "\n" and depth == 0:
                return at
            if char in "\"'" and (string := _STRING.match(self.text, at)):
                at = string.end()
            elif char == "#":
                at = _end_of_line(self.text, at)
            elif plain := _PLAIN.match(self.text, at):
                at = plain.end()
            else:
                depth += (char in "[{") - (char in "]}")
                at += 1
        return at


def _names(text: str, at: int) -> tuple[Path, int]:
    """The parts of a dotted key, and where it ends."""
    names: list[str] = []
    while part := _PART.match(text, at):
        names.append(part[1][1:-1] if part[1][0] in "\"'" else part[1])
        at = part.end()
        if not part[2]:
            break
    return tuple(names), at


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
