"""What nobody knows is found out: adopted, sent again, planned again or shown; never guessed."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import pytest

from bot.carrier import CarrierError, Fault


@pytest.fixture
def lost_answer(office: Any, faults: Any) -> int:
    """A text that the carrier accepted without our hearing of it."""
    text = office.queue()
    faults(drop_after=1)
    office.sender().tick()
    faults()
    assert office.text(text).state == "unknown"
    return text


@pytest.fixture
def lost_call(office: Any, faults: Any) -> int:
    """A text that never reached the carrier, as far as it knows."""
    text = office.queue()
    faults(drop_before=1)
    office.sender().tick()
    faults()
    assert office.text(text).state == "unknown"
    return text


def settle(office: Any, after_s: float = 121) -> dict[str, int]:
    return dict(office.settler().settle(office.clock.skip(after_s)).outcomes)


def test_what_the_carrier_has_is_adopted(office: Any, lost_answer: int) -> None:
    assert settle(office) == {"list": 1}
    row = office.text(lost_answer)
    assert row.sid == office.sandbox.messages()[0].sid
    assert (row.state in ("sent", "delivered"), row.settled) == (True, "list")
    office.sender().tick()
    assert office.accepted(lost_answer) == 1


def test_what_the_carrier_never_had_goes_once_more(office: Any, lost_call: int) -> None:
    assert settle(office) == {"again": 1}
    office.sender().tick()
    assert (office.text(lost_call).state, office.accepted(lost_call)) == ("sent", 1)


def test_nothing_is_asked_before_the_settling_time(office: Any, lost_call: int) -> None:
    assert settle(office, 60) == {}
    assert office.text(lost_call).state == "unknown"


def test_a_text_whose_window_has_closed_is_left_to_the_planner(office: Any, lost_call: int) -> None:
    assert settle(office, 6 * 3600) == {"expired": 1}
    row = office.text(lost_call)
    assert (row.state, row.closes_at <= office.clock.now()) == ("queued", True)
    office.sender().tick()
    assert office.accepted() == 0


def test_a_notice_whose_time_has_passed_expires(office: Any, lost_call: int) -> None:
    office.change(lost_call, kind="notice")
    assert settle(office, 6 * 3600) == {"expired": 1}
    assert office.text(lost_call).state == "expired"


def test_a_text_that_went_before_its_window_closed_is_adopted_after_it(
    office: Any, lost_answer: int
) -> None:
    assert settle(office, 6 * 3600) == {"list": 1}


def test_a_dead_workers_texts_are_settled_after_their_lease(office: Any) -> None:
    text = office.queue()
    office.claim_one()  # and the worker dies
    assert office.settler().settle(office.clock.skip(59)).leases_ended == 0
    assert office.settler().settle(office.clock.skip(2)).leases_ended == 1
    assert office.text(text).state == "unknown"
    assert settle(office) == {"again": 1}
    office.sender().tick()
    assert office.accepted(text) == 1


def test_two_texts_with_the_same_words_get_their_own(office: Any, faults: Any) -> None:
    """Both are in doubt, one was accepted: one is adopted, the other goes."""
    person = office.person()
    faults(drop_after=1)
    first = office.queue(person)
    office.sender(connections=1).tick()
    faults(drop_before=1)
    second = office.queue(person)
    office.sender(connections=1).tick()
    faults()
    assert settle(office) == {"list": 1, "again": 1}
    office.sender().tick()
    assert office.accepted() == 2
    assert {office.text(i).state for i in (first, second)} <= {"sent", "delivered"}


def test_a_sid_that_a_twin_adopted_goes_back_to_its_owner(office: Any, faults: Any) -> None:
    person = office.person()
    faults(drop_before=1)
    twin = office.queue(person)
    office.sender(connections=1).tick()
    faults(drop_after=1, callback_ms=(9_000_000, 9_000_000))
    owner = office.queue(person)
    office.sender(connections=1).tick()
    faults()
    settle(office)
    [message] = office.sandbox.messages()
    assert office.text(twin).sid == message.sid  # the list knows words only
    office.report(owner, message.sid, "delivered")  # the report knows whose it is
    assert (office.text(owner).state, office.text(owner).sid) == ("delivered", message.sid)
    assert (office.text(twin).state, office.text(twin).sid) == ("unknown", None)


def test_an_answer_that_comes_after_a_twin_adopted_its_sid_is_recorded(
    office: Any, faults: Any, stopping: Any
) -> None:
    person = office.person()
    faults(drop_before=1)
    twin = office.queue(person)
    office.sender(connections=1).tick()
    faults(callback_ms=(9_000_000, 9_000_000))
    owner = office.queue(person)
    line = stopping(office.carrier(), after=lambda: settle(office))
    office.sender(line, connections=1).tick()
    assert office.text(owner).state == "sent"
    assert office.text(owner).sid == office.sandbox.messages()[0].sid
    assert office.text(twin).state == "unknown"


def test_an_earlier_text_with_the_same_words_is_not_taken_for_this_one(
    office: Any, faults: Any
) -> None:
    person = office.person()
    office.queue(person)
    office.sender().tick()
    faults(drop_before=1)
    again = office.queue(person)
    office.sender().tick()
    faults()
    assert settle(office) == {"again": 1}
    office.sender().tick()
    assert office.accepted(again) == 1


def test_words_that_the_carrier_has_blanked_can_not_be_compared(
    office: Any, lost_answer: int
) -> None:
    office.sandbox.messages()[0].body = ""
    assert settle(office) == {"open": 1}
    row = office.text(lost_answer)
    assert (row.state, row.error) == ("unknown", "unsettled:redacted")


def test_a_trial_accounts_preface_is_seen_through(office: Any, lost_answer: int) -> None:
    [message] = office.sandbox.messages()
    message.body = f"Sent from your Twilio trial account - {message.body}"
    assert settle(office) == {"list": 1}


def test_while_the_carrier_does_not_answer_nothing_is_concluded(
    office: Any, faults: Any, lost_call: int
) -> None:
    faults(list_fails=1)
    assert settle(office) == {"away": 1}
    assert office.text(lost_call).state == "unknown"
    faults()
    assert settle(office) == {"again": 1}


def test_a_number_that_can_not_be_opened_leaves_the_doubt_in_sight(
    office: Any, lost_call: int
) -> None:
    office.change_person(office.text(lost_call).subscriber_id, number_sealed=b"locked")
    assert settle(office) == {"open": 1}
    assert office.text(lost_call).error == "unsettled:key"


def test_an_undelivered_text_in_the_list_means_what_its_code_says(
    office: Any, lost_answer: int
) -> None:
    [message] = office.sandbox.messages()
    assert office.sandbox.wait_until_idle()
    message.status, message.error_code = "undelivered", 30006
    settle(office)
    row = office.text(lost_answer)
    assert row.state == "undelivered"
    assert office.unreachable(row.subscriber_id) == "permanent:30006"


def test_two_settlers_at_once_settle_once(office: Any, lost_call: int) -> None:
    """The second has asked the list before the first has queued the text again."""
    inner = office.settler()

    class Slow:
        def find(self, to: str, since: Any) -> Any:
            found = office.carrier().find(to, since)
            if not self.done:
                self.done = True
                assert dict(inner.settle(now).outcomes) == {"again": 1}
                office.sender().tick()
            return found

        done = False

    now = office.clock.skip(121)
    assert dict(office.settler(lists=Slow()).settle(now).outcomes) == {"late": 1}
    assert (office.text(lost_call).state, office.accepted(lost_call)) == ("sent", 1)


def test_an_opt_out_while_in_doubt_means_it_does_not_go_again(office: Any, lost_call: int) -> None:
    office.report_opt_out(office.text(lost_call).subscriber_id)
    settle(office)
    office.sender().tick()
    assert (office.text(lost_call).state, office.accepted()) == ("cancelled", 0)


def test_a_report_that_comes_after_all_saves_the_second_call(office: Any, lost_call: int) -> None:
    """The carrier's list was behind by more than the settling time."""
    settle(office)
    assert office.text(lost_call).state == "queued"
    office.report(lost_call, "SM" + "4" * 32, "sent")
    office.sender().tick()
    assert (office.text(lost_call).state, office.accepted()) == ("sent", 0)


def test_a_text_that_is_never_accepted_is_let_go_in_the_end(office: Any, lost_call: int) -> None:
    office.change(lost_call, attempts=20)
    assert settle(office) == {"expired": 1}


def test_doubts_of_a_minute_ago_wait_and_old_ones_are_asked_first(office: Any, faults: Any) -> None:
    faults(drop_before=1)
    texts = []
    for _ in range(3):
        texts.append(office.queue())
        office.sender().tick()
        office.clock.skip(60)
    faults()
    settle(office, 30)
    assert [office.text(i).state for i in texts] == ["queued", "queued", "unknown"]


def test_leases_are_longer_than_everything_that_a_worker_does_with_a_claim() -> None:
    from bot.sending import Timing

    for timeout_s in (0.5, 1.5, 10.0, 30.0):
        timing = Timing(timeout_s)
        longest = timing.oldest_claim + timedelta(seconds=timing.begin_within_s + 2 * timeout_s)
        assert longest < timing.lease


def test_a_carrier_that_does_not_answer_is_asked_once_and_not_a_hundred_times(
    office: Any, faults: Any
) -> None:
    faults(drop_before=1)
    for _ in range(30):
        office.queue()
    office.sender().tick(for_s=2)

    class Away:
        asked = 0

        def find(self, to: str, since: Any) -> Any:
            self.asked += 1
            raise CarrierError(Fault.THROTTLED)

    away = Away()
    settled = office.settler(lists=away).settle(office.clock.skip(121))
    assert dict(settled.outcomes) == {"away": 30}
    assert away.asked <= 8


def test_a_list_that_takes_for_ever_does_not_hold_up_the_tick(
    office: Any, lost_call: int, faults: Any
) -> None:
    done = threading.Event()

    class Stuck:
        def find(self, to: str, since: Any) -> Any:
            done.wait(20)
            return []

    settler = office.settler(lists=Stuck())
    now = office.clock.skip(121)
    assert dict(settler.settle(now).outcomes) == {}
    assert dict(settler.settle(now).outcomes) == {}  # it is not asked a second time meanwhile
    done.set()
    until = time.monotonic() + 10
    while office.text(lost_call).state == "unknown" and time.monotonic() < until:
        time.sleep(0.02)
    assert office.text(lost_call).state == "queued"
