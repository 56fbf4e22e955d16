"""A table of a TOML file as the loader reads it: every look at a value checks it and complains."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path as File
from typing import Any, TypeVar

from bot.content.complaints import Complaints
from bot.content.lines import Path, lines_of

T = TypeVar("T")


@dataclass(frozen=True)
class Entry:
    """A table, where it stands, and where to complain."""

    data: Mapping[str, Any]
    file: str
    lines: Mapping[Path, int]
    complaints: Complaints
    path: Path = ()

    def line(self, key: str | None = None) -> int:
        """The line of a key, or of the nearest thing around it that has one."""
        path = self.path if key is None else (*self.path, key)
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def at(self, key: str | None = None) -> str:
        """`file:line` of a key, or of the entry."""
        return f"{self.file}:{self.line(key)}"

    def complain(self, says: str, key: str | None = None) -> None:
        """Note that something is wrong at a key, or at the entry."""
        self.complaints.add(self.file, self.line(key), says)

    def only(self, *known: str) -> None:
        """Complain of keys that mean nothing here: a typo would be overlooked otherwise."""
        for key in self.data:
            if key not in known:
                self.complain(f'"{key}" means nothing here; known: {", ".join(known)}', key)

    def entries(self, key: str) -> Iterator[Entry]:
        """The tables of an array of tables; none if the key is absent."""
        found = self.data.get(key, [])
        if not isinstance(found, list):
            self.complain(f'"{key}" must be written [[{key}]], one for each', key)
            return
        for index, data in enumerate(found):
            path = (*self.path, key, index)
            if isinstance(data, Mapping):
                yield Entry(data, self.file, self.lines, self.complaints, path)
            else:
                self.complain(f'"{key}" must hold tables, not {_kind(data)}', key)

    def table(self, key: str) -> Entry:
        """The table under a key, empty if it is absent."""
        found = self.data.get(key, {})
        if not isinstance(found, Mapping):
            self.complain(f'"{key}" must be a table, not {_kind(found)}', key)
            found = {}
        return Entry(found, self.file, self.lines, self.complaints, (*self.path, key))

    def text(self, key: str, default: str | None = None) -> str:
        """A string that is not blank; `default` where the key may be absent."""
        found = self._value(key, str, "text in quotes", default, "")
        if isinstance(self.data.get(key), str) and not found.strip():
            self.complain(f'"{key}" is empty', key)
        return found

    def optional_text(self, key: str) -> str | None:
        """A string that is not blank, or None if the key is absent."""
        return self.text(key) if key in self.data else None

    def number(self, key: str, default: int | None = None) -> int:
        """A whole number of 0 or more; `default` where the key may be absent."""
        found = self._value(key, int, "a whole number", default, 0)
        if isinstance(found, bool) or found < 0:
            self.complain(f'"{key}" must be a whole number of 0 or more', key)
            return 0
        return found

    def day(self, key: str) -> date:
        """A date without a time: `2026-11-21`, no quotes."""
        found = self._value(key, date, "a date like 2026-11-21, without quotes", None, date.max)
        if isinstance(found, datetime):
            self.complain(f'"{key}" must be a date without a time', key)
            return found.date()
        return found

    def hour(self, key: str) -> time:
        """A wall time in quotes: `"10:00"`."""
        found = self.text(key)
        try:
            hour = time.fromisoformat(found)
        except ValueError:
            hour = None
        if hour is None or hour.tzinfo or hour.second or hour.microsecond:
            if found.strip():
                self.complain(f'"{key}" must be an hour like "10:00", not "{found}"', key)
            return time()
        return hour

    def words(self, key: str) -> tuple[str, ...]:
        """An array of strings that are not blank; empty if the key is absent."""
        found = self.data.get(key, [])
        if not isinstance(found, list):
            self.complain(f'"{key}" must be a list like ["one", "two"], not {_kind(found)}', key)
            return ()
        good = tuple(word for word in found if isinstance(word, str) and word.strip())
        if len(good) < len(found):
            self.complain(f'"{key}" must hold texts in quotes only, none of them empty', key)
        if len(set(good)) < len(good):
            self.complain(f'"{key}" says the same thing twice', key)
        return good

    def tags(self, key: str) -> dict[str, str]:
        """A table of strings: `{ today = "hard" }`; empty if the key is absent."""
        table = self.table(key)
        good = {name: value for name, value in table.data.items() if isinstance(value, str)}
        if len(good) < len(table.data):
            self.complain(f'"{key}" must hold texts in quotes: {{ today = "hard" }}', key)
        return good

    def one_of(self, key: str, choices: Sequence[str]) -> str | None:
        """One of some words, or None if the key is absent."""
        found = self.optional_text(key)
        if found is not None and found.strip() and found not in choices:
            self.complain(f'"{key}" must be one of {", ".join(choices)}, not "{found}"', key)
            return None
        return found

    def _value(self, key: str, kind: type[T], wanted: str, default: T | None, nothing: T) -> T:
        if key not in self.data:
            if default is None:
                self.complain(f'"{key}" is missing: {wanted}')
            return nothing if default is None else default
        found = self.data[key]
        if not isinstance(found, kind):
            self.complain(f'"{key}" must be {wanted}, not {_kind(found)}', key)
            return nothing
        return found


def opened(directory: File, name: str, complaints: Complaints) -> Entry:
    """A TOML file as its outermost table; empty, with a complaint, if it can't be read."""
    shown = f"{directory.name}/{name}"
    try:
        text = (directory / name).read_text(encoding="utf-8")
        return Entry(tomllib.loads(text), shown, lines_of(text), complaints)
    except OSError as error:
        complaints.add(shown, 1, f"the file can't be read: {error.strerror}")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        complaints.add(shown, line, "this line is not UTF-8: save the file as UTF-8")
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        complaints.add(shown, _line_of(str(error)), f"this is not TOML: {error}")
    return Entry({}, shown, {}, complaints)


def opened_all(directory: File, folder: str, complaints: Complaints) -> Iterator[Entry]:
    """The TOML files of a folder, in order of name."""
    for file in sorted((directory / folder).glob("*.toml")):
        yield opened(directory, f"{folder}/{file.name}", complaints)


def unique(entries: Iterator[Entry], name: Callable[[Entry], str]) -> Iterator[tuple[str, Entry]]:
    """Entries by name, with a complaint for a name that is taken."""
    seen: dict[str, str] = {}
    for entry in entries:
        found = name(entry)
        if found and found in seen:
            entry.complain(f"the id {found} is taken already, at {seen[found]}", "id")
        seen.setdefault(found, entry.at("id"))
        yield found, entry


def _kind(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list"}
    return names.get(type(value), "a table" if isinstance(value, Mapping) else "a date or time")


def _line_of(error: str) -> int:
    """The line that `tomllib` names: "Expected '=' (at line 12, column 3)"."""
    _, _, rest = error.rpartition("at line ")
    number = rest.partition(",")[0]
    return int(number) if number.isdigit() else 1
