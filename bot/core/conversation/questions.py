"""The open question, and the answers to check-ins.

Nothing is chased: silence gets nothing, ever. A keyword inside an open check-in is a keyword,
unless it is one of the very answers the check-in offers.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.conversation import checkins
from bot.core.conversation.turn import Turn
from bot.core.library import Answer, CheckIn, Message
from bot.core.model import (
    Ask,
    Change,
    CloseQuestion,
    Decision,
    Hold,
    Join,
    Question,
    Release,
    Remember,
    Reply,
    SetPace,
    SetTag,
)

HELD_FOR = timedelta(hours=24)
"""How long pushes wait for the answer to a question that they might not survive."""

CHECKIN_LASTS = timedelta(hours=48)
OWN_LAST = {
    "ask_stop": timedelta(hours=24),
    "start": timedelta(hours=24),
    "delete_ask": timedelta(hours=24),
    "feedback": timedelta(hours=24),
    "feedback_line": timedelta(hours=24),
    "did_you_mean": timedelta(hours=1),
    "time_ask": timedelta(hours=1),
    "zip_ask": timedelta(hours=1),
}
"""The bot's own questions, and how long each waits."""

SKIPS = frozenset({"skip", "pass", "skip it", "rather not", "rather not say"})


def open_question(turn: Turn) -> Question | None:
    """The question that still waits for its answer, if there is one."""
    question = turn.subscriber.question
    if question is None:
        return None
    lasts = OWN_LAST.get(question.id, CHECKIN_LASTS)
    return question if turn.now - question.asked_at < lasts else None


def checkin_of(turn: Turn, id: str) -> CheckIn | None:
    """The check-in that a message asks; other words for some people ask the same."""
    for programme in turn.library.programmes.values():
        for message in programme.messages:
            if id == message.id or any(id == v.message.id for v in message.variants):
                return message.checkin
    return None


def answered(turn: Turn) -> Decision | None:
    """A clear answer to an open check-in, with what it changes at once."""
    question = open_question(turn)
    if question is None or turn.heard.empty:
        return None
    checkin = checkin_of(turn, question.id)
    if checkin is None:
        return None
    answer = checkins.match(checkin, turn.words)
    if answer is not None:
        return _take(turn, question, answer)
    if checkins.folded(turn.words) in SKIPS:
        return turn.answer("check-in: skipped", "checkin_closed", CloseQuestion())
    return None


def said_freely(turn: Turn) -> Decision | None:
    """Words in answer to a check-in that takes any: answered, and not kept."""
    question = open_question(turn)
    if question is None or turn.heard.empty or turn.reading.keyword is not None:
        return None
    checkin = checkin_of(turn, question.id)
    if checkin is None or checkin.free is None:
        return None
    return _closing(f"check-in: {question.id} free", checkin.free)


def not_understood(turn: Turn) -> Decision | None:
    """No answer could be read: asked again gently, once; the second time the question rests."""
    question = open_question(turn)
    if question is None or turn.heard.empty:
        return None
    if checkin_of(turn, question.id) is None:
        return None
    if question.unclear:
        return turn.answer("check-in: closed", "checkin_closed", CloseQuestion())
    again = replace(question, unclear=question.unclear + 1)
    return turn.answer("check-in: unclear", "checkin_unclear", Ask(again))


def _take(turn: Turn, question: Question, answer: Answer) -> Decision:
    changes: list[Change] = [SetTag(name, value) for name, value in answer.set.items()]
    if answer.pace is not None:
        changes.append(SetPace(answer.pace))
    running = {enrolment.programme for enrolment in turn.subscriber.active}
    if answer.join is not None and answer.join not in running:
        changes.append(Join(answer.join))
    rule = f"check-in: {question.id} {answer.value}"
    return _closing(rule, answer.reply, *changes)


def _closing(rule: str, reply: Message | None, *changes: Change) -> Decision:
    if reply is None:
        return Decision(rule, (), (*changes, CloseQuestion()))
    replies = (Reply(reply),)
    return Decision(rule, replies, (*changes, CloseQuestion(), Remember(message=reply.id)))


def holding(turn: Turn, id: str) -> tuple[Change, Change]:
    """Ask while pushes rest for a day; after that, silence leaves things as they were."""
    until = turn.now + HELD_FOR
    before = turn.subscriber.held_until if turn.held else None
    question = Question(id, turn.now, about=before.isoformat() if before else "")
    return Hold(max(until, before or until)), Ask(question)


def hold_before(question: Question, now: datetime) -> Change:
    """The hold as it was before such a question: one for danger goes on."""
    before = datetime.fromisoformat(question.about) if question.about else now
    return Hold(before) if before > now else Release()
