"""What people texted while nobody listened still counts, and is answered while it helps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.carrier import CarrierError, Fault, InboundRecord
from bot.catchup import CatchUp
from bot.core.calendar.window import Window
from bot.core.library import Library
from bot.core.reading import Reader
from bot.crypto import Vault
from bot.inbound import Inbox, Incoming
from bot.store.database import Database
from bot.store.tables import subscribers, texts

OURS, PHONE = "+12165550100", "+12165550123"
NOON = datetime(2026, 12, 1, 17, 0, tzinfo=UTC)
NIGHT = datetime(2026, 12, 2, 7, 0, tzinfo=UTC)


class Listed:
    """The carrier's list of inbound texts."""

    def __init__(self) -> None:
        self.records: list[InboundRecord] = []
        self.away = False

    def text(self, body: str, at: datetime) -> None:
        sid = f"SM{len(self.records):032}"
        self.records.append(InboundRecord(sid, PHONE, OURS, body, 0, at))

    def inbound_since(self, at: datetime) -> list[InboundRecord]:
        if self.away:
            raise CarrierError(Fault.UNKNOWN)
        return [record for record in self.records if record.received_at > at]


class Scene:
    """An inbox, the carrier's list, and what catching up makes of them."""

    def __init__(self, database: Database, vault: Vault, library: Library, reader: Reader) -> None:
        self.database = database
        self.listed = Listed()
        self.inbox = Inbox(database, vault, library, reader, handles_stop=False)
        window = Window.of(library.service)
        self.catch_up = CatchUp(database, vault, self.listed, self.inbox, reader, window)
        self.catch_up.run(NOON - timedelta(hours=6))

    def receive(self, record: InboundRecord, now: datetime) -> None:
        incoming = Incoming(record.sid, record.sender, record.recipient, record.body)
        self.inbox.receive(incoming, now)

    def consent(self) -> str:
        return self.database.read(lambda c: c.execute(select(subscribers.c.consent)).scalar_one())

    def notices(self) -> list[tuple[str, str, datetime]]:
        query = select(texts.c.message_id, texts.c.state, texts.c.due_at).order_by(texts.c.id)
        rows = self.database.read(lambda c: c.execute(query.where(texts.c.kind == "notice")).all())
        return [(row.message_id, row.state, row.due_at) for row in rows]


@pytest.fixture
def scene(database: Database, vault: Vault, library: Library, reader: Reader) -> Scene:
    return Scene(database, vault, library, reader)


def test_a_stop_that_was_sent_while_the_machine_was_down_still_counts(scene: Scene) -> None:
    scene.listed.text("RECOVERY", NOON - timedelta(hours=5))
    scene.receive(scene.listed.records[0], NOON - timedelta(hours=5))
    scene.listed.text("STOP", NOON - timedelta(hours=2))
    done = scene.catch_up.run(NOON)
    assert (done.fed, done.overtaken) == (1, 0)
    assert scene.consent() == "withdrawn"
    assert scene.notices() == []  # it is too late to confirm, and the silence is what was asked


def test_what_has_arrived_is_not_fed_again(scene: Scene) -> None:
    scene.listed.text("RECOVERY", NOON - timedelta(hours=1))
    assert scene.catch_up.run(NOON).fed == 1
    assert scene.catch_up.run(NOON + timedelta(minutes=1)).fed == 0
    assert len(scene.notices()) == 1


def test_a_fresh_question_is_answered_by_api(scene: Scene) -> None:
    scene.listed.text("RECOVERY", NOON - timedelta(minutes=20))
    scene.catch_up.run(NOON)
    assert scene.notices() == [("R01", "queued", NOON)]


def test_an_old_question_is_answered_at_the_next_good_hour(scene: Scene) -> None:
    scene.listed.text("RECOVERY", NIGHT - timedelta(hours=3))
    scene.catch_up.run(NIGHT)
    [(_, state, due_at)] = scene.notices()
    assert state == "queued"
    assert due_at == datetime(2026, 12, 2, 15, 0, tzinfo=UTC)


def test_danger_is_answered_at_any_hour(scene: Scene) -> None:
    scene.listed.text("STOP", NIGHT - timedelta(hours=4))
    scene.listed.text("i want to die", NIGHT - timedelta(hours=3))
    scene.catch_up.run(NIGHT)
    assert scene.notices() == [("sys.crisis", "queued", NIGHT)]


def test_a_text_that_is_still_on_its_way_is_left_to_its_webhook(scene: Scene) -> None:
    scene.listed.text("RECOVERY", NOON - timedelta(seconds=60))
    assert scene.catch_up.run(NOON).fed == 0
    assert scene.catch_up.run(NOON + timedelta(minutes=2)).fed == 1


def test_an_old_join_does_not_undo_a_newer_stop(scene: Scene) -> None:
    scene.listed.text("RECOVERY", NOON - timedelta(hours=3))
    scene.listed.text("STOP", NOON - timedelta(hours=1))
    scene.receive(scene.listed.records[1], NOON - timedelta(hours=1))
    done = scene.catch_up.run(NOON)
    assert (done.fed, done.overtaken) == (0, 1)
    assert scene.consent() == "withdrawn"


def test_an_old_stop_counts_unless_the_person_joined_since(scene: Scene) -> None:
    scene.listed.text("STOP", NOON - timedelta(hours=3))
    scene.listed.text("MENU", NOON - timedelta(hours=1))
    scene.receive(scene.listed.records[1], NOON - timedelta(hours=1))
    assert scene.catch_up.run(NOON).fed == 1
    assert scene.consent() == "withdrawn"


def test_an_old_stop_does_not_undo_a_newer_join(scene: Scene) -> None:
    scene.listed.text("STOP", NOON - timedelta(hours=3))
    scene.listed.text("RECOVERY", NOON - timedelta(hours=1))
    scene.receive(scene.listed.records[1], NOON - timedelta(hours=1))
    assert scene.catch_up.run(NOON).overtaken == 1
    assert scene.consent() == "given"


def test_texts_are_fed_in_the_order_in_which_they_were_sent(scene: Scene) -> None:
    scene.listed.text("RECOVERY", NOON - timedelta(hours=3))
    scene.listed.text("STOP", NOON - timedelta(hours=2))
    scene.catch_up.run(NOON)
    assert scene.consent() == "withdrawn"
    assert [state for _, state, _ in scene.notices()] == ["cancelled"]


def test_while_the_carrier_is_away_nothing_is_taken_for_known(scene: Scene) -> None:
    scene.listed.text("STOP", NOON - timedelta(hours=2))
    scene.listed.away = True
    with pytest.raises(CarrierError):
        scene.catch_up.run(NOON)
    scene.listed.away = False
    assert scene.catch_up.run(NOON + timedelta(hours=9)).fed == 1


def test_a_crash_between_text_and_reply_does_not_cost_the_reply(scene: Scene, vault: Any) -> None:
    class CrashError(Exception):
        pass

    class CrashingInbox:
        def receive(self, incoming: Incoming, now: datetime) -> Any:
            inner.receive(incoming, now)
            raise CrashError

    scene.listed.text("RECOVERY", NOON - timedelta(minutes=20))
    inner = scene.inbox
    scene.catch_up._inbox = CrashingInbox()
    with pytest.raises(CrashError):
        scene.catch_up.run(NOON)
    scene.catch_up._inbox = inner
    scene.catch_up.run(NOON)
    assert scene.notices() == [("R01", "queued", NOON)]


def test_before_the_first_start_nothing_was_missed(
    database: Database, vault: Vault, library: Library, reader: Reader
) -> None:
    scene = Scene.__new__(Scene)
    scene.database, scene.listed = database, Listed()
    scene.inbox = Inbox(database, vault, library, reader, handles_stop=False)
    scene.listed.text("RECOVERY", NOON - timedelta(days=9))
    window = Window.of(library.service)
    catch_up = CatchUp(database, vault, scene.listed, scene.inbox, reader, window)
    assert catch_up.run(NOON).fed == 0
