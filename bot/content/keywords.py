"""Words that people text: none may mean two things, and none may be one that carriers act on."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.content.entries import Entry

OPT_OUT = frozenset({
    "stop", "stopall", "stop all", "unsubscribe", "end", "quit", "cancel", "revoke", "optout",
    "opt out",
})  # fmt: skip
"""Carriers and the law read these as an opt-out: they are never keywords or answers."""
RESERVED = {"start": "start", "unstop": "start", "help": "help", "info": "help", "yes": ""}
"""Words that carriers answer too, and the one command that may use each."""


@dataclass
class Keywords:
    """What each word means, as the files are read."""

    meanings: dict[str, str] = field(default_factory=dict)

    def add(self, entry: Entry, key: str, meaning: str, *words: str) -> None:
        """Take words of an entry, and complain of those that can't mean this."""
        for word in filter(None, words):
            folded = word.casefold()
            if folded != " ".join(folded.split()):
                entry.complain(f'"{word}" has spaces that nobody would text', key)
            if key == "keyword" and not (word.isalpha() and word.isupper()):
                entry.complain(f'"{word}" must be one word in capitals', key)
            if key != "keyword" and word != folded:
                entry.complain(f'"{word}" must be in lower case', key)
            if folded in OPT_OUT or RESERVED.get(folded, meaning) != meaning:
                entry.complain(f'carriers act on "{word}", so it can\'t mean {meaning}', key)
            other = self.meanings.setdefault(folded, meaning)
            if other != meaning:
                entry.complain(f'"{word}" means both {other} and {meaning}', key)
