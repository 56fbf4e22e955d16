"""Applies what the rules decided to the rows of one person, in the order of the decision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot import enrolment, placement
from bot.core import model
from bot.core.calendar import Window
from bot.core.library import Library, Message
from bot.enrolment import Occasion
from bot.person import Person
from bot.store import erasure, inbox, subscribers


@dataclass
class Applying:
    """One decision on its way into the database; plain columns are gathered into one statement."""

    connection: Connection
    library: Library
    window: Window
    person: Person
    message_sid: str
    now: datetime
    shown: tuple[Message, ...]
    """The words of the replies, for the ledger."""
    columns: dict[str, object] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    keeps_body: bool = False
    erased: bool = False

    def apply(self, decision: model.Decision) -> None:
        """All changes of a decision."""
        self.tags = dict(self.person.subscriber.tags)
        for change in decision.changes:
            EFFECTS[type(change)](self, change)
        if not self.erased:
            self.columns |= {"seen_at": self.now, "unreachable": None}
            subscribers.change(self.connection, self.person.id, self.columns)

    def occasion(self) -> Occasion:
        """A text of the person's own, and the reply to it."""
        shown = self.shown[0] if self.shown else None
        return Occasion("keyword", self.now, shown, self.message_sid)

    def join(self, change: model.Join) -> None:
        programme = self.library.programmes[change.programme]
        occasion = self.occasion()
        if change.confirmed:
            asked = self.library.reply("join_confirm")
            occasion = replace(occasion, channel="web", shown=asked)
        elif programme.keyword:
            welcome = programme.messages[0].worded_for(self.person.subscriber.tags)
            occasion = replace(occasion, shown=welcome)
        enrolment.join(
            self.connection,
            self.person.record,
            programme,
            self.window,
            occasion,
            confirmed=change.confirmed,
        )

    def opt_out(self, change: model.OptOut) -> None:
        enrolment.opt_out(
            self.connection, self.person.record, change.how, self.occasion(), self.window
        )
        self.close_question(model.CloseQuestion())

    def end_programmes(self, change: model.EndProgrammes) -> None:
        enrolment.leave(
            self.connection, self.person.record, change.reason, self.occasion(), self.window
        )

    def come_back(self, change: model.ComeBack) -> None:
        enrolment.come_back(self.connection, self.person.record, self.occasion())

    def erase(self, change: model.Erase) -> None:
        index = self.person.record.number_index
        erasure.erase(self.connection, self.person.id, index, self.now)
        self.erased = True

    def ask(self, change: model.Ask) -> None:
        question = change.question
        self.columns |= {
            "question_id": question.id,
            "question_at": question.asked_at,
            "question_unclear": question.unclear,
            "question_about": question.about,
        }

    def close_question(self, change: model.CloseQuestion) -> None:
        self.columns |= {
            "question_id": None,
            "question_at": self.now,
            "question_unclear": 0,
            "question_about": "",
        }

    def set_tag(self, change: model.SetTag) -> None:
        self.tags[change.name] = change.value
        if not change.value:
            del self.tags[change.name]
        self.columns["tags"] = dict(self.tags)

    def remember(self, change: model.Remember) -> None:
        if change.topic is not None:
            self.columns |= {"topic": change.topic, "topic_position": change.position}
        if change.message is not None:
            self.columns["last_message"] = change.message

    def raise_flag(self, change: model.RaiseFlag) -> None:
        inbox.raise_flag(
            self.connection,
            change.kind,
            change.rule,
            self.person.subscriber.id,
            self.message_sid,
            self.now,
        )

    def keep_body(self, change: model.KeepBody) -> None:
        self.keeps_body = True

    def note_fallback(self, change: model.NoteFallback) -> None:
        self.columns["fallback_at"] = self.now

    def resume(self, change: model.Resume) -> None:
        self.columns["paused_until"] = None
        rows = list(self.person.rows)
        placement.resume(self.connection, rows, self.person.subscriber, self.window, self.now)

    def set_pace(self, change: model.SetPace) -> None:
        self.columns["pace"] = change.pace
        placement.repace(
            self.connection,
            list(self.person.rows),
            self.person.subscriber,
            change.pace,
            self.library.programmes,
            self.window,
            self.now,
        )

    def set_slot(self, change: model.SetSlot) -> None:
        self.columns["slot"] = change.slot
        self._move(replace(self.person.subscriber, slot=change.slot))

    def set_zones(self, change: model.SetZones) -> None:
        self.columns["zones"] = change.zones
        self._move(replace(self.person.subscriber, zones=change.zones))

    def _move(self, changed: model.Subscriber) -> None:
        placement.move(self.connection, list(self.person.rows), changed, self.window, self.now)

    def set_columns(self, **values: object) -> None:
        self.columns |= values


EFFECTS: dict[type, Callable[[Applying, Any], None]] = {
    model.Join: Applying.join,
    model.OptOut: Applying.opt_out,
    model.EndProgrammes: Applying.end_programmes,
    model.ComeBack: Applying.come_back,
    model.Erase: Applying.erase,
    model.Ask: Applying.ask,
    model.CloseQuestion: Applying.close_question,
    model.SetTag: Applying.set_tag,
    model.Remember: Applying.remember,
    model.RaiseFlag: Applying.raise_flag,
    model.KeepBody: Applying.keep_body,
    model.NoteFallback: Applying.note_fallback,
    model.Pause: lambda to, c: to.set_columns(paused_until=c.until),
    model.Resume: Applying.resume,
    model.Hold: lambda to, c: to.set_columns(held_until=c.until),
    model.Release: lambda to, c: to.set_columns(held_until=None),
    model.SetPace: Applying.set_pace,
    model.SetSlot: Applying.set_slot,
    model.SetZones: Applying.set_zones,
    model.SetLanguage: lambda to, c: to.set_columns(language=c.language),
}
"""What each change does; a test holds it to the changes that the rules can ask for."""
