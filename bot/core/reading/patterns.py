"""The words and phrases that a clinician may read and add, loaded from TOML text."""

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.core.reading.lexicon import Words
from bot.core.reading.notation import Form, NotationError, PhraseParser
from bot.core.reading.scale import Scale, ScaleError, read_scale

SCALES = {"danger", "optout"}
MEANINGS = ("suicide", "overdose", "other_danger", "optout", "unclear", "guard")
PLACES = ("before", "after", "around", "clause", "text")
_ENTRY_FIELDS = {"id", "says", "test", "language", "unless", "needs", "guards", "where"}
_LISTS = ("spelled", "ordinary", "glued", "slang", "spanish", "english")


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry: what it means when one of its forms is found.

    `unless` names the guards that take the meaning away, `needs` one without which there is no
    meaning ("cant stay awake" needs words about having used). A guard itself says under which name
    it guards (`guards`) and `where` it must stand: before, after or around the words it takes
    away, or anywhere in their clause or in the text.
    """

    id: str
    meaning: str
    forms: tuple[Form, ...]
    test: str
    file: str
    language: str = "en"
    unless: tuple[str, ...] = ()
    needs: str = ""
    guards: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Patterns:
    """All rules and word lists."""

    rules: tuple[Rule, ...]
    words: Words
    classes: Mapping[str, frozenset[str]]
    spanish: frozenset[str]
    english: frozenset[str]
    scales: Mapping[str, Scale] = field(default_factory=dict)
    """What was learned from labelled texts, by kind: "danger", "optout"; may be empty."""


class PatternsError(ValueError):
    """Entries that can't be used; `complaints` has one sentence for each."""

    def __init__(self, complaints: list[str]) -> None:
        super().__init__("\n".join(complaints))
        self.complaints = tuple(complaints)


def load_patterns(sources: Mapping[str, str]) -> Patterns:
    """Patterns from TOML texts by file name, and what was learned from tables (`.tsv`).

    Raises PatternsError with every complaint, each with the file and the entry.
    """
    return _Loader(sources).load()


class _Loader:
    def __init__(self, sources: Mapping[str, str]) -> None:
        self._complaints: list[str] = []
        self._tables: dict[str, dict[str, Any]] = {}
        self._scales: dict[str, Scale] = {}
        for file, text in sorted(sources.items()):
            if file.endswith(".tsv"):
                self._learned(file, text)
                continue
            try:
                self._tables[file] = tomllib.loads(text)
            except tomllib.TOMLDecodeError as error:
                self._complaints.append(f"{file}: is not TOML: {error}")

    def _learned(self, file: str, table: str) -> None:
        try:
            self._scales[file.removesuffix(".tsv")] = read_scale(file, table)
        except ScaleError as error:
            self._complaints.append(str(error))

    def load(self) -> Patterns:
        classes = self._classes()
        parser = PhraseParser(classes, self._merged("parts"))
        rules = tuple(self._rules(parser))
        self._check_ids(rules)
        if missing := self._scales and sorted(SCALES - self._scales.keys()):
            self._complaints.append(f"{missing[0]}.tsv: is missing: run `bot read --learn`")
        if self._complaints:
            raise PatternsError(self._complaints)
        lists = {name: frozenset(self._merged_words(name)) for name in _LISTS}
        words = self._words(rules, lists)
        return Patterns(rules, words, classes, lists["spanish"], lists["english"], self._scales)

    def _words(self, rules: tuple[Rule, ...], lists: Mapping[str, frozenset[str]]) -> Words:
        short = {str(k): str(v) for k, v in self._merged("short").items()}
        also = {str(k): tuple(str(v).split()) for k, v in self._merged("also").items()}
        classes = {
            element.words for rule in rules for form in rule.forms for element in form.elements
        }
        known = set().union(*classes)
        known |= {part for text in short.values() for part in text.split()}
        known |= lists["spelled"] | lists["glued"] | lists["spanish"] | lists["english"]
        return Words(
            known=frozenset(known),
            short=short,
            also=also,
            spelled=frozenset(w for w in known | short.keys() if len(w) > 3 and w.isalpha())
            - lists["slang"],
            ordinary=lists["ordinary"],
            glued=lists["glued"],
        )

    def _merged(self, table: str) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for file, tables in self._tables.items():
            for name, value in tables.get(table, {}).items():
                if name in merged:
                    self._complaints.append(f"{file}: {table}: {name} is there twice")
                merged[name] = value
        return merged

    def _merged_words(self, name: str) -> Iterator[str]:
        for tables in self._tables.values():
            yield from str(tables.get(name, "")).split()

    def _classes(self) -> dict[str, frozenset[str]]:
        written = {name: str(text).split() for name, text in self._merged("classes").items()}
        classes: dict[str, frozenset[str]] = {}

        def resolve(name: str, above: tuple[str, ...]) -> frozenset[str]:
            if name in above:
                self._complaints.append(f"classes: {name} contains itself")
                return frozenset()
            if name not in classes:
                words: set[str] = set()
                for word in written[name]:
                    inner = word in written
                    words |= resolve(word, (*above, name)) if inner else {word}
                classes[name] = frozenset(words)
            return classes[name]

        for name in written:
            resolve(name, ())
        return classes

    def _rules(self, parser: PhraseParser) -> Iterator[Rule]:
        defaults: dict[str, list[str]] = self._merged("defaults")
        for file, tables in self._tables.items():
            for meaning in MEANINGS:
                for entry in tables.get(meaning, []):
                    if rule := self._rule(file, meaning, entry, parser, defaults):
                        yield rule

    def _rule(
        self,
        file: str,
        meaning: str,
        entry: dict[str, Any],
        parser: PhraseParser,
        defaults: Mapping[str, list[str]],
    ) -> Rule | None:
        name = str(entry.get("id", "(no id)"))
        where = f"{file}: {meaning} {name}"
        missing = {"id", "says", "test"} - entry.keys()
        unknown = entry.keys() - _ENTRY_FIELDS
        if meaning == "guard" and entry.get("where") not in PLACES:
            self._complaints.append(f"{where}: where must be one of {', '.join(PLACES)}")
        if missing or unknown:
            for field in sorted(missing):
                self._complaints.append(f"{where}: {field} is missing")
            for field in sorted(unknown):
                self._complaints.append(f"{where}: {field} is not a field")
            return None
        return Rule(
            id=name,
            meaning=meaning,
            forms=tuple(self._forms(where, entry["says"], parser)),
            test=str(entry["test"]),
            file=file,
            language=str(entry.get("language", "en")),
            unless=tuple(entry.get("unless", defaults.get(meaning, ()))),
            needs=str(entry.get("needs", "")),
            guards=str(entry.get("guards", "")),
            where=str(entry.get("where", "")),
        )

    def _forms(self, where: str, phrases: list[str], parser: PhraseParser) -> Iterator[Form]:
        for phrase in phrases:
            try:
                yield from parser.parse(phrase)
            except NotationError as error:
                self._complaints.append(f"{where}: “{phrase}”: {error}")

    def _check_ids(self, rules: tuple[Rule, ...]) -> None:
        seen: defaultdict[str, list[Rule]] = defaultdict(list)
        for rule in rules:
            seen[rule.id].append(rule)
        for name, same in seen.items():
            if len(same) > 1:
                self._complaints.append(f"{same[1].file}: {name} is there twice")
        guards = {rule.guards for rule in rules if rule.meaning == "guard"}
        for rule in rules:
            for guard in sorted({*rule.unless, rule.needs} - guards - {""}):
                self._complaints.append(f"{rule.file}: {rule.id}: no guard is called {guard}")
