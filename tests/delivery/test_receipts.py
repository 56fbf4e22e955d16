"""Status reports move their text forward only, and mean what the carrier's codes say."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest

SID = "SM" + "1" * 32
OTHER = "SM" + "2" * 32


@pytest.fixture
def sent(office: Any) -> tuple[int, str]:
    """A text that was handed over: its id and SID."""
    text = office.queue()
    office.sender().tick()
    return text, office.text(text).sid


def test_reports_come_in_over_the_signed_webhook(served: Any) -> None:
    text = served.queue()
    served.sender().tick()
    assert served.sandbox.wait_until_idle()
    assert served.text(text).state == "delivered"
    assert served.reported() == 2


@pytest.mark.parametrize("order", list(itertools.permutations(["queued", "sent", "delivered"])))
def test_order_does_not_matter(office: Any, sent: tuple[int, str], order: tuple[str, ...]) -> None:
    text, sid = sent
    for status in order:
        office.report(text, sid, status)
    assert office.text(text).state == "delivered"


def test_a_repeated_report_changes_nothing(office: Any, sent: tuple[int, str]) -> None:
    text, sid = sent
    office.report(text, sid, "undelivered", "30003")
    before = office.text(text)
    assert office.report(text, sid, "undelivered", "30003").repeated
    assert office.text(text) == before


def test_unknown_ids_and_statuses_are_kept_and_change_nothing(
    office: Any, sent: tuple[int, str]
) -> None:
    text, sid = sent
    office.report(999_999, OTHER, "delivered")
    office.report(None, "SM" + "3" * 32, "delivered")
    office.report(text, sid, "teleported")
    assert office.text(text).state == "sent"
    assert office.reported() == 3


def test_a_report_without_our_id_finds_its_text_by_sid(office: Any, sent: tuple[int, str]) -> None:
    text, sid = sent
    office.report(None, sid, "delivered")
    assert office.text(text).state == "delivered"


def test_a_reply_learns_its_sid_from_its_first_report(office: Any) -> None:
    reply = office.queue(kind="reply", state="sent", priority=0)
    office.report(reply, SID, "sent")
    assert (office.text(reply).state, office.text(reply).sid) == ("sent", SID)
    office.report(reply, SID, "delivered")
    assert office.text(reply).state == "delivered"


@pytest.mark.parametrize("state", ["sending", "unknown"])
def test_a_report_settles_a_text_in_doubt(office: Any, state: str) -> None:
    text = office.queue()
    claim = office.claim_one()
    office.change(text, state=state)
    office.report(text, SID, "delivered")
    row = office.text(text)
    assert (row.state, row.sid) == ("delivered", SID)
    assert row.settled == ("callback" if state == "unknown" else None)
    assert office.handover().run(claim) == "lost_late"  # and nobody is called any more
    assert office.accepted() == 0


def test_a_report_that_comes_before_our_own_record_is_not_undone_by_it(
    office: Any, stopping: Any
) -> None:
    text = office.queue()
    carrier = office.carrier()

    def report() -> None:
        [message] = office.sandbox.messages()
        office.report(text, message.sid, "delivered")

    office.sender(stopping(carrier, after=report)).tick()
    assert office.text(text).state == "delivered"


def test_a_report_for_a_text_that_was_never_handed_over_is_not_believed(office: Any) -> None:
    text = office.queue()
    office.report(text, SID, "delivered")
    assert (office.text(text).state, office.text(text).sid) == ("queued", None)


def test_a_switched_off_phone_is_tried_again_later_in_the_window(
    office: Any, sent: tuple[int, str]
) -> None:
    text, sid = sent
    office.report(text, sid, "undelivered", "30003")
    row = office.text(text)
    assert (row.state, row.sid, row.tries) == ("queued", None, 1)
    office.sender().tick()
    assert office.accepted(text) == 1  # not yet
    office.clock.skip(3700)
    office.sender().tick()
    assert office.accepted(text) == 2


def test_old_reports_are_not_taken_for_the_new_attempt(office: Any, sent: tuple[int, str]) -> None:
    text, sid = sent
    office.report(text, sid, "undelivered", "30003")
    office.report(text, sid, "sent")
    assert (office.text(text).state, office.text(text).sid) == ("queued", None)
    office.clock.skip(3700)
    office.claim_one()
    office.report(text, sid, "queued")
    assert (office.text(text).state, office.text(text).sid) == ("sending", None)


def test_a_text_that_arrived_after_all_does_not_go_again(
    office: Any, sent: tuple[int, str]
) -> None:
    text, sid = sent
    office.report(text, sid, "undelivered", "30003")
    office.report(text, sid, "delivered")
    assert office.text(text).state == "delivered"


@pytest.mark.parametrize("code", ["30008", "30410", "30500"])
def test_what_may_have_arrived_is_not_sent_again(
    office: Any, sent: tuple[int, str], code: str
) -> None:
    text, sid = sent
    office.report(text, sid, "undelivered", code)
    assert office.text(text).state == "undelivered"


def test_a_push_that_came_too_late_is_left_to_the_planner(
    office: Any, sent: tuple[int, str]
) -> None:
    text, sid = sent
    office.change(text, push_on=office.clock.now().date())
    office.report(text, sid, "failed", "30036")
    row = office.text(text)
    assert (row.state, row.closes_at <= office.clock.now()) == ("queued", True)


def test_a_push_is_not_planned_again_once_a_later_one_is(
    office: Any, sent: tuple[int, str]
) -> None:
    text, sid = sent
    today = office.clock.now().date()
    office.change(text, push_on=today)
    office.queue(office.text(text).subscriber_id, push_on=today + timedelta(days=1))
    office.report(text, sid, "failed", "30036")
    assert office.text(text).state == "failed"


def test_21610_in_a_report_is_an_opt_out(office: Any, sent: tuple[int, str]) -> None:
    text, sid = sent
    office.report(text, sid, "failed", "21610")
    person = office.text(text).subscriber_id
    assert office.consent(person) == ("withdrawn", ["opted_out"])


def test_30004_is_an_opt_out_on_toll_free_numbers_only(office: Any) -> None:
    for sender, consent in (("+18335550100", "withdrawn"), ("+12165550100", "given")):
        text = office.queue()
        office.sender().tick()
        office.report(text, office.text(text).sid, "undelivered", "30004", sender)
        assert office.consent(office.text(text).subscriber_id)[0] == consent


def test_a_number_out_of_use_gets_one_more_try_and_is_then_left_alone(office: Any) -> None:
    text = office.queue()
    for _ in range(2):
        office.sender().tick()
        office.report(text, office.text(text).sid, "undelivered", "30005")
        office.clock.skip(3700)
    assert office.text(text).state == "undelivered"
    assert office.unreachable(office.text(text).subscriber_id) == "transient:30005"


def test_filtered_words_are_stopped_for_everybody(office: Any, sent: tuple[int, str]) -> None:
    text, sid = sent
    office.report(text, sid, "undelivered", "30007")
    same = office.queue()
    office.sender().tick()
    assert office.text(text).state == "undelivered"
    assert office.text(same).closes_at <= office.clock.now()


def test_a_wrong_set_up_in_reports_stops_sending_until_something_is_delivered(
    office: Any, sent: tuple[int, str]
) -> None:
    text, sid = sent
    office.report(text, sid, "undelivered", "30034")
    assert office.sender_row().stopped_by == "receipt"
    assert office.text(text).state == "queued"
    waiting = [office.queue() for _ in range(3)]
    office.sender().tick(for_s=0.3)
    assert office.accepted() == 1
    office.clock.skip(31)
    office.sender().tick(for_s=0.3)
    assert office.accepted() == 2  # one text goes to see whether it works again
    office.settler().settle(office.clock.now())
    assert office.sender_row().stopped_since is not None  # that it was taken proves nothing
    probe = next(i for i in waiting if office.text(i).state == "sent")
    office.clock.skip(1)
    office.report(probe, office.text(probe).sid, "delivered")
    office.settler().settle(office.clock.now())
    assert office.sender_row().stopped_since is None
    office.sender().tick()
    assert {office.text(i).state for i in waiting} == {"sent", "delivered"}


def test_a_daily_cap_holds_routine_texts_until_midnight_pacific(
    office: Any, sent: tuple[int, str]
) -> None:
    text, sid = sent
    office.report(text, sid, "undelivered", "30023")
    routine, urgent = office.queue(), office.queue(kind="notice", priority=0)
    office.sender().tick(for_s=0.5)
    assert (office.text(routine).state, office.text(urgent).state) == ("queued", "sent")
    until = office.sender_row().capped_until
    assert office.clock.now() < until <= office.clock.now() + timedelta(days=1)
    office.clock.advance_to(until)
    office.change(routine, closes_at=until + timedelta(hours=5))
    office.sender().tick()
    assert office.text(routine).state == "sent"


def test_congestion_in_a_report_slows_the_sender(office: Any, sent: tuple[int, str]) -> None:
    text, sid = sent
    office.report(text, sid, "undelivered", "30022")
    assert office.sender_row().slow_factor == 2
    assert office.text(text).state == "queued"
