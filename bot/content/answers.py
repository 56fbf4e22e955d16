"""What answers to check-ins do must fit the rest of the content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.content.complaints import Complaints
from bot.content.keywords import OPT_OUT
from bot.core.library import Answer, Library, Message


def check(library: Library, complaints: Complaints) -> None:
    """Complain of answers that opt out, join nothing, and of tags that no answer sets."""
    messages = library.by_id.values()
    known = {pair for m in messages for answer in _answers(m) for pair in answer.set.items()}
    for message in messages:
        file, _, line = message.source.rpartition(":")
        for says in (*_wrong_answers(message, library), *_unknown_tags(message, known)):
            complaints.add(file, int(line), f"{message.id}: {says}")


def _answers(message: Message) -> tuple[Answer, ...]:
    return message.checkin.answers if message.checkin else ()


def _wrong_answers(message: Message, library: Library) -> Iterator[str]:
    for answer in _answers(message):
        for word in (answer.value, *answer.words):
            if word.casefold() in OPT_OUT:
                yield f'"{word}" can\'t be an answer: it ends the texts'
        if answer.join is not None and answer.join not in library.programmes:
            yield f"the answer {answer.value} joins {answer.join}, which is no programme"


def _unknown_tags(message: Message, known: set[tuple[str, str]]) -> Iterator[str]:
    """Words for people with a tag that no answer sets would never be read."""
    for tags in _asked(message):
        for name, value in sorted(set(tags.items()) - known):
            yield f'no answer sets {name} = "{value}"'


def _asked(message: Message) -> Iterator[Mapping[str, str]]:
    yield message.skip_when
    yield message.forward_when
    yield from (variant.when for variant in message.variants)
