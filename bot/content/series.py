"""Programmes, topics and system replies: which messages there are, in which order."""

from __future__ import annotations

from pathlib import Path as File

from bot.content.entries import Entry, opened, opened_all, unique
from bot.content.messages import SYSTEM_KEYS, TOPIC_KEYS, Wordings
from bot.core.library import Message, Programme, Topic

PREFIX = "sys."
REQUIRED = frozenset({
    "help", "stop", "crisis", "overdose", "danger", "danger.violence", "danger.medical",
    "stop_crisis", "stop_overdose", "stop_danger", "ask_stop", "ask_stop_keep",
    "ask_stop_rest", "stop_using", "under18", "fallback", "fallback_media", "who", "menu_1",
    "menu_2", "start", "already", "back", "not_in",
    "pause", "resume", "resume_not_paused", "fewer", "more_often", "weekly", "time", "time_ask",
    "time_outside", "zip", "zip_ask", "zip_unknown", "zip_find", "status_none", "status",
    "status_both", "status_paused", "status_held", "more_none", "again_none", "new", "sources",
    "sources_all", "questions", "share", "feedback", "feedback_line", "feedback_thanks",
    "did_you_mean", "checkin_unclear", "checkin_closed", "join_confirm", "join_none",
    "delete_ask", "delete_done", "delete_kept", "pregnant", "wrong_country", "ended",
    "medicine_stop", "hello", "thanks", "person",
})  # fmt: skip
"""What the conversation says: without one of these somebody would get no answer."""


def programmes(directory: File, wordings: Wordings) -> dict[str, Programme]:
    """The files of `programmes/`."""
    found = {}
    files = opened_all(directory, "programmes", wordings.complaints)
    for name, entry in unique(files, lambda entry: entry.text("id")):
        found[name] = _programme(name, entry, wordings)
    if not found:
        wordings.complaints.add(f"{directory.name}/programmes", 1, "there are no programmes")
    return found


def _programme(id: str, entry: Entry, wordings: Wordings) -> Programme:
    entry.only("id", "keyword", "aliases", "title", "priority", "message")
    keyword = entry.optional_text("keyword")
    entries = list(entry.entries("message"))
    messages = tuple(
        wordings.pushed(message, welcome=index == 0 and keyword is not None)
        for index, message in enumerate(entries)
    )
    if not messages:
        entry.complain("a programme needs messages")
    _check_days(entries, messages, welcomed=keyword is not None)
    aliases = entry.words("aliases")
    if keyword is not None:
        wordings.keywords.add(entry, "keyword", id, keyword)
        wordings.keywords.add(entry, "aliases", id, *aliases)
    return Programme(
        id=id,
        keyword=keyword,
        aliases=aliases,
        title=entry.text("title"),
        priority=entry.number("priority"),
        messages=messages,
    )


def _check_days(entries: list[Entry], messages: tuple[Message, ...], welcomed: bool) -> None:
    """Days rise, and a programme with a welcome begins on day 1, the day of joining."""
    before = 0
    for entry, message in zip(entries, messages, strict=True):
        day = message.day or 0
        if day <= before:
            entry.complain(f"days must rise: day {day} can't come after day {before}", "day")
        before = max(before, day)
    if welcomed and messages and messages[0].day != 1:
        entries[0].complain("the first is the welcome: it is due on day 1", "day")


def topics(directory: File, wordings: Wordings) -> dict[str, Topic]:
    """The files of `topics/`."""
    files = list(opened_all(directory, "topics", wordings.complaints))
    for entry in files:
        entry.only("topic")
    entries = (topic for entry in files for topic in entry.entries("topic"))
    return {
        name: _topic(name, entry, wordings)
        for name, entry in unique(entries, lambda entry: entry.text("id"))
    }


def _topic(id: str, entry: Entry, wordings: Wordings) -> Topic:
    entry.only("id", "keyword", "synonyms", "title", "group", "added", "sources", "message")
    messages = tuple(wordings.message(message, TOPIC_KEYS) for message in entry.entries("message"))
    if not messages:
        entry.complain(f"the topic {id} needs messages: [[topic.message]]")
    keyword, synonyms = entry.text("keyword"), entry.words("synonyms")
    wordings.keywords.add(entry, "keyword", id, keyword)
    wordings.keywords.add(entry, "synonyms", id, *synonyms)
    return Topic(
        id=id,
        keyword=keyword,
        synonyms=synonyms,
        title=entry.text("title"),
        group=entry.text("group"),
        added=entry.day("added"),
        sources=entry.text("sources"),
        messages=messages,
    )


def system(directory: File, wordings: Wordings) -> dict[str, Message]:
    """`system.toml` and its translations, by id without the prefix."""
    found = {}
    translations = sorted(file.name for file in directory.glob("system.*.toml"))
    for name in ("system.toml", *translations):
        source = opened(directory, name, wordings.complaints)
        source.only("message")
        language = "en" if name == "system.toml" else name.split(".")[1]
        for entry in source.entries("message"):
            message = wordings.message(entry, SYSTEM_KEYS)
            _check_system(entry, message, language)
            found[message.id.removeprefix(PREFIX)] = message
    for name in sorted(REQUIRED - found.keys()):
        wordings.complaints.add(f"{directory.name}/system.toml", 1, f"{PREFIX}{name} is missing")
    return found


def _check_system(entry: Entry, message: Message, language: str) -> None:
    if not message.id:
        return  # that it has none is complained of already
    if not message.id.startswith(PREFIX):
        entry.complain(f"{message.id}: the id of a system reply begins with {PREFIX}", "id")
    if message.language != language:
        entry.complain(f'{message.id} stands in this file, so language = "{language}"', "language")
    if language != "en" and not message.id.endswith(f".{language}"):
        entry.complain(f"{message.id}: its id ends in .{language}, after that of its twin", "id")
