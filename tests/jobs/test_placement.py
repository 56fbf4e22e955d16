"""Where somebody stands in the schedule, after everything that they can change."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.conversation import wording
from bot.core.library import Library
from bot.core.reading import Reader
from bot.crypto import Vault
from bot.handset import Handset
from bot.store import schedule
from bot.store.database import Database

NEW_YORK = "America/New_York"


@pytest.fixture
def handset(database: Database, vault: Vault, library: Library, reader: Reader) -> Handset:
    return Handset(database, vault, library, reader)


@pytest.mark.parametrize(
    "steps",
    [
        ["RECOVERY"],
        ["TREATMENT"],
        ["RECOVERY", "TREATMENT"],
        ["RECOVERY", "TIME EVENING"],
        ["RECOVERY", "TIME 4:45PM"],
        ["RECOVERY", "FEWER"],
        ["TREATMENT", "WEEKLY"],
        ["TREATMENT", "+3 days", "MORE OFTEN"],
        ["RECOVERY", "PAUSE", "+2 days", "RESUME"],
        ["RECOVERY", "PAUSE 3 WEEKS", "+9 days", "RESUME"],
        ["RECOVERY", "+4 days", "PAUSE", "+8 days"],
        ["RECOVERY", "+3 days", "STOP", "START", "RECOVERY"],
        ["RECOVERY", "+50 minutes", "+1 day"],
        ["RECOVERY", "im done", "MEDS"],
        ["RECOVERY", "+70 days", "Y"],
    ],
    ids=" ".join,
)
def test_status_says_the_day_on_which_the_next_text_comes(
    handset: Handset, steps: list[str]
) -> None:
    for step in steps:
        if step.startswith("+"):
            count, unit = step[1:].split()
            handset.wait(timedelta(**{unit.rstrip("s") + "s": int(count)}))
        else:
            handset.text(step)
    (status,) = handset.text("STATUS")
    (push,) = handset.next_push()
    assert wording.day(push.at, NEW_YORK) in status.body


def test_a_new_zone_moves_the_hour_and_keeps_the_day(handset: Handset) -> None:
    handset.text("RECOVERY")
    handset.text("ZIP 90012")
    (push,) = handset.next_push()
    local = wording.local(push.at, "America/Los_Angeles")
    assert local.date().isoformat() == "2026-12-02"
    assert local.hour in (10, 11)


def test_a_new_time_holds_for_the_next_text(handset: Handset) -> None:
    handset.text("RECOVERY")
    handset.text("TIME 2PM")
    (push,) = handset.next_push()
    assert wording.local(push.at, NEW_YORK).hour in (14, 15)


def test_resuming_brings_back_what_the_pause_put_off_and_only_that(handset: Handset) -> None:
    handset.text("RECOVERY")
    handset.text("PAUSE 2 WEEKS")
    handset.wait(timedelta(days=5))
    (resumed,) = handset.text("RESUME")
    (push,) = handset.next_push()
    assert wording.day(push.at, NEW_YORK) in resumed.body
    assert push.at - handset.at < timedelta(days=7)


def test_resuming_leaves_alone_what_the_pause_did_not_put_off(handset: Handset) -> None:
    handset.text("RECOVERY")
    handset.text("WEEKLY")
    (before,) = handset.text("STATUS")
    handset.text("PAUSE 3 DAYS")
    handset.wait(timedelta(days=1))
    handset.text("RESUME")
    (after,) = handset.text("STATUS")
    assert after.body == before.body


def test_leaving_takes_somebody_off_the_schedule_and_coming_back_goes_on(
    handset: Handset, database: Database
) -> None:
    handset.text("RECOVERY")
    handset.wait(timedelta(days=3, hours=3))
    handset.text("STOP")
    assert database.read(schedule.soonest) is None
    handset.text("START")
    assert [said.message_id for said in handset.text("RECOVERY")] == ["R01"]
    (push,) = handset.next_push()
    assert push.message_id == "R05"


def test_a_text_that_waited_when_somebody_left_comes_when_they_come_back(
    handset: Handset, database: Database
) -> None:
    """The planner queues a slot ahead: what it took back counts as not received."""
    handset.text("RECOVERY")
    slot = database.read(schedule.soonest)
    assert slot is not None
    while not handset.state()["queued"]:
        assert handset.wait(timedelta(minutes=1)) == []
    handset.text("STOP")
    handset.text("START")
    handset.text("RECOVERY")
    (push,) = handset.next_push()
    assert push.message_id == "R02"
