"""Topics on demand, typos of their names, and what goes on from them: MORE, AGAIN, NEW, SOURCES."""

from __future__ import annotations

from bot.core.conversation.turn import Turn
from bot.core.library import Topic
from bot.core.model import Ask, Decision, Question, Remember, Reply

LATEST = 3
NEWEST = "*newest"
"""In place of a topic: MORE goes on through the list of the newest topics."""


def topic(turn: Turn) -> Decision | None:
    """A topic's keyword or synonym: its first message, at any hour, subscribed or not."""
    found = turn.library.topics.get(turn.reading.keyword or "")
    return None if found is None else _part(turn, found, 0)


def more(turn: Turn) -> Decision:
    """MORE: the next part of the topic that was last read, or of one that is named."""
    named = topic_named(turn, turn.reading.rest)
    if turn.subscriber.topic == NEWEST and named is None:
        return _newest(turn, turn.subscriber.topic_position)
    same = named is None or named.id == turn.subscriber.topic
    found = named or turn.library.topics.get(turn.subscriber.topic or "")
    position = turn.subscriber.topic_position if same else 0
    if found is None or position >= len(found.messages):
        return turn.answer("more: none", "more_none")
    return _part(turn, found, position)


def again(turn: Turn) -> Decision:
    """AGAIN: the last message once more."""
    last = turn.library.by_id.get(turn.subscriber.last_message or "")
    if last is None or last.variables:
        return turn.answer("again: none", "again_none")
    return Decision("again", (Reply(last),))


def new(turn: Turn) -> Decision:
    """NEW: the latest topics, one line each."""
    return _newest(turn, 0)


def sources(turn: Turn) -> Decision:
    """SOURCES of the topic named, or of the one last read, or of all."""
    found = topic_named(turn, turn.reading.rest)
    found = found or turn.library.topics.get(turn.subscriber.topic or "")
    if found is None or not found.sources:
        return turn.answer("sources", "sources_all")
    return turn.answer("sources", "sources", sources=found.sources)


def topic_named(turn: Turn, words: str) -> Topic | None:
    """The topic of which the words are the keyword or a synonym."""
    wanted = " ".join(words.lower().split())
    for found in turn.library.topics.values():
        if wanted and wanted in (found.id, found.keyword.lower(), *found.synonyms):
            return found
    return None


def shown(turn: Turn, keyword: str) -> str:
    """A keyword as a reply shows it: "RECOVERY", "MORE OFTEN"."""
    library = turn.library
    if keyword in library.topics:
        return library.topics[keyword].keyword
    programme = library.programmes.get(keyword)
    if programme is not None and programme.keyword:
        return programme.keyword
    return keyword.replace("_", " ").upper()


def ask_which(turn: Turn) -> Decision | None:
    """Two keywords are equally near: ask."""
    candidates = turn.reading.keyword_candidates
    if len(candidates) < 2:
        return None
    first, second = candidates[:2]
    question = Question("did_you_mean", turn.now, about=f"{first} {second}")
    return turn.answer(
        "typo: which?",
        "did_you_mean",
        Ask(question),
        first=shown(turn, first),
        second=shown(turn, second),
    )


def _part(turn: Turn, found: Topic, position: int) -> Decision:
    reply = turn.tell(found.messages[position])
    remember = Remember(found.id, position + 1, reply.message.id)
    return Decision(f"topic: {found.id}", (reply,), (remember,))


def _newest(turn: Turn, position: int) -> Decision:
    by_age = sorted(turn.library.topics.values(), key=lambda t: (-t.added.toordinal(), t.keyword))
    some = by_age[position : position + LATEST]
    if not some:
        return turn.answer("more: none", "more_none")
    items = "\n".join(f"{found.keyword}: {found.title}" for found in some)
    return turn.answer("new", "new", Remember(NEWEST, position + LATEST), items=items)
