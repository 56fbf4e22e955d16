"""Texts go out once, urgent ones first; whatever goes wrong is sorted by what it means."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest


def test_a_queued_text_is_handed_over_once_with_our_id_and_the_time_left(office: Any) -> None:
    text = office.queue()
    assert office.sender().tick().accepted == 1
    assert office.sender().tick().accepted == 0
    [message] = office.sandbox.messages()
    row = office.text(text)
    assert (row.state, row.sid, row.attempts) == ("sent", message.sid, 1)
    assert message.reference == str(text)
    assert 5 * 3600 - 60 < message.validity_seconds <= 5 * 3600


def test_retry_settings_of_the_status_address_stay_behind_our_id(office: Any) -> None:
    office.status_url = "http://127.0.0.1:9/sms/status#rc=3&rp=5xx,ct,rt"
    text = office.queue()
    office.sender().tick()
    [message] = office.sandbox.messages()
    assert message.reference == str(text)
    assert message.callback_url.endswith(f"?text={text}#rc=3&rp=5xx,ct,rt")


def test_a_text_is_not_handed_over_for_longer_than_the_carrier_keeps_it(office: Any) -> None:
    office.queue(closes_at=office.clock.now() + timedelta(hours=40))
    office.sender().tick()
    assert office.sandbox.messages()[0].validity_seconds == 36_000


def test_urgent_texts_go_before_routine_ones_that_have_waited_longer(office: Any) -> None:
    now = office.clock.now()
    routine = [office.queue(due_at=now - timedelta(hours=2)) for _ in range(5)]
    urgent = office.queue(kind="notice", priority=0, message_id="sys.confirm")
    office.sender(connections=1).tick()
    assert [m.reference for m in office.sandbox.messages()] == [str(i) for i in [urgent, *routine]]


@pytest.mark.parametrize(
    ("person", "text", "state"),
    [
        ({"consent": "withdrawn"}, {}, "cancelled"),
        ({"consent": "pending"}, {}, "cancelled"),
        ({"consent": "none"}, {}, "cancelled"),
        ({"unreachable": "permanent:30006"}, {}, "cancelled"),
        ({"consent": "withdrawn"}, {"kind": "notice", "message_id": "sys.join"}, "cancelled"),
        ({"consent": "withdrawn"}, {"kind": "notice", "message_id": "sys.stop"}, "sent"),
        ({"consent": "pending"}, {"kind": "notice", "message_id": "sys.confirm"}, "sent"),
        ({"consent": "given"}, {}, "sent"),
    ],
)
def test_consent_decides_in_the_claim(
    office: Any, person: dict[str, Any], text: dict[str, Any], state: str
) -> None:
    queued = office.queue(office.person(**person), **text)
    office.sender().tick()
    assert office.text(queued).state == state
    assert office.accepted() == (state == "sent")


@pytest.mark.parametrize("field", ["paused_until", "held_until"])
def test_a_push_to_somebody_who_paused_is_left_to_the_planner(office: Any, field: str) -> None:
    later = office.clock.now() + timedelta(days=3)
    text = office.queue(office.person(**{field: later}))
    office.sender().tick()
    row = office.text(text)
    assert (row.state, office.accepted()) == ("queued", 0)
    assert row.closes_at <= office.clock.now()


def test_a_closed_window_is_closed(office: Any) -> None:
    text = office.queue(closes_at=office.clock.now() + timedelta(seconds=5))
    early = office.queue(due_at=office.clock.now() + timedelta(minutes=1))
    office.sender().tick()
    assert [office.text(i).state for i in (text, early)] == ["queued", "queued"]
    assert office.accepted() == 0


def test_an_opt_out_between_claim_and_call_stops_the_text(office: Any) -> None:
    """The claim is made, then STOP commits, then the worker gets to the call."""
    person = office.person()
    text = office.queue(person)
    claim = office.claim_one()
    office.report_opt_out(person)
    assert office.handover().run(claim) == "cancelled"
    assert (office.text(text).state, office.accepted()) == ("cancelled", 0)


def test_an_opt_out_during_the_call_leaves_the_record_true(office: Any, stopping: Any) -> None:
    person = office.person()
    text = office.queue(person)
    later = office.queue(person, words="Another small step.", due_at=office.clock.now())
    line = stopping(office.carrier(), before=lambda: office.report_opt_out(person))
    office.sender(line, connections=1).tick()
    assert office.text(text).state == "sent"  # handed over before the opt-out committed
    assert office.text(later).state == "cancelled"
    assert line.calls == 1


def test_a_claim_that_another_worker_took_over_is_not_used(office: Any) -> None:
    text = office.queue()
    claim = office.claim_one()
    office.change(text, attempts=claim.attempt + 1)
    assert office.handover().run(claim) == "lost_late"
    assert office.accepted() == 0


def test_a_worker_that_wakes_up_late_gives_its_claim_back(office: Any) -> None:
    text = office.queue()
    claim = office.claim_one()
    office.clock.skip(30)
    assert office.handover().run(claim) == "returned"
    assert (office.text(text).state, office.accepted()) == ("queued", 0)


def test_a_call_that_is_held_up_after_the_last_look_is_not_made(office: Any, stopping: Any) -> None:
    """As if the process had been stopped for ten seconds between look and call."""
    text = office.queue()
    claim = office.claim_one()
    carrier = office.carrier()
    late = office.late_line(carrier)
    assert office.handover(late).run(claim) == "returned"
    assert (office.text(text).state, office.accepted()) == ("queued", 0)


def test_a_text_that_can_not_be_sent_does_not_stop_the_others(office: Any) -> None:
    poison = office.queue(office.person(number_sealed=b"not a sealed number"))
    good = [office.queue() for _ in range(3)]
    office.sender().tick()
    assert office.text(poison).state == "failed"
    assert office.text(poison).error == "internal:SealError"
    assert {office.text(i).state for i in good} == {"sent"}


@pytest.mark.parametrize(
    ("fault", "state", "accepted"),
    [
        ("refuse_5xx", "unknown", 0),
        ("accept_5xx", "unknown", 1),
        ("drop_before", "unknown", 0),
        ("drop_after", "unknown", 1),
        ("garbled", "unknown", 1),
        ("throttle", "queued", 0),
    ],
)
def test_an_answer_that_does_not_come_leaves_doubt(
    office: Any, faults: Any, fault: str, state: str, accepted: int
) -> None:
    text = office.queue()
    faults(**{fault: 1})
    office.sender().tick(for_s=0.5)
    assert (office.text(text).state, office.accepted()) == (state, accepted)


def test_an_answer_that_takes_too_long_leaves_doubt(office: Any, faults: Any) -> None:
    text = office.queue()
    faults(slow=1, slow_ms=(600, 600))
    office.sender(office.carrier(timeout_s=0.3)).tick(for_s=2)
    assert (office.text(text).state, office.accepted()) == ("unknown", 1)


def test_a_carrier_that_is_not_there_costs_no_text_a_try(office: Any) -> None:
    text = office.queue()
    office.sender(office.carrier(api_url="http://127.0.0.1:9")).tick(for_s=0.3)
    row = office.text(text)
    assert (row.state, row.tries) == ("queued", 0)
    assert office.sender_row().slow_factor > 1


@pytest.mark.parametrize(
    ("code", "state"),
    [(21211, "failed"), (21614, "failed"), (21617, "failed"), (30003, "queued")],
)
def test_a_refusal_is_recorded_with_its_code(
    office: Any, faults: Any, code: int, state: str
) -> None:
    text = office.queue()
    faults(refuse={code: 1.0})
    office.sender().tick(for_s=0.5)
    row = office.text(text)
    assert row.state == state
    assert str(code) in row.error


def test_a_number_that_can_not_be_reached_is_marked(office: Any, faults: Any) -> None:
    person = office.person()
    office.queue(person)
    faults(refuse={21614: 1.0})
    office.sender().tick()
    faults()
    later = office.queue(person, words="Another day.")
    office.sender().tick()
    assert (office.text(later).state, office.accepted()) == ("cancelled", 0)


def test_21610_is_an_opt_out(office: Any, faults: Any) -> None:
    person = office.person()
    tomorrow = office.clock.now() + timedelta(days=1)
    text = office.queue(person)
    later = office.queue(person, due_at=tomorrow, closes_at=tomorrow + timedelta(hours=5))
    faults(refuse={21610: 1.0})
    office.sender().tick()
    assert (office.text(text).state, office.text(later).state) == ("failed", "cancelled")
    assert office.consent(person) == ("withdrawn", ["opted_out"])


def test_a_message_that_is_filtered_is_stopped_for_everybody(office: Any, faults: Any) -> None:
    office.queue()
    faults(refuse={30007: 1.0})
    office.sender().tick()
    faults()
    same, other = office.queue(), office.queue(words="Other words.")
    office.sender().tick()
    assert office.text(other).state == "sent"
    assert office.text(same).closes_at <= office.clock.now()  # the planner takes it back


def test_transient_refusals_are_tried_a_few_times_further_and_further_apart(
    office: Any, faults: Any
) -> None:
    text = office.queue()
    faults(refuse={30003: 1.0})
    sender = office.sender()
    waits = []
    for _ in range(4):
        sender.tick(for_s=0.5)
        row = office.text(text)
        waits.append((row.due_at - row.changed_at).total_seconds())
        office.clock.skip(1200)
    assert office.text(text).state == "failed"
    assert 40 < waits[0] < 80
    assert waits[0] * 2 < waits[1] < waits[2]


def test_a_wrong_set_up_stops_everything_and_sending_resumes_by_itself(
    office: Any, faults: Any
) -> None:
    texts = [office.queue() for _ in range(6)]
    faults(refuse={21606: 1.0})
    sender = office.sender(connections=1)
    sender.tick(for_s=0.5)
    assert office.sender_row().stopped_error == "configuration:21606"
    assert office.states() == {"queued": 6}
    faults()
    sender.tick(for_s=0.5)
    assert office.states() == {"queued": 6}  # not before the probe's time
    office.clock.skip(31)
    sender.tick(for_s=3)
    assert office.sender_row().stopped_since is None
    office.clock.skip(200)
    sender.tick(for_s=3)
    assert office.states() == {"sent": 6}
    assert [office.accepted(i) for i in texts] == [1] * 6


def test_a_stopped_sender_with_nothing_to_send_asks_the_carrier(office: Any, faults: Any) -> None:
    text = office.queue()
    faults(refuse={20003: 1.0})
    office.sender().tick(for_s=0.3)
    office.change(text, state="cancelled")
    faults()
    office.clock.skip(31)
    office.sender().tick(for_s=0.3)
    assert office.sender_row().stopped_since is None


def test_a_row_of_unexplained_refusals_stops_the_sender_not_the_texts(
    office: Any, faults: Any
) -> None:
    for _ in range(8):
        office.queue()
    faults(refuse={99999: 1.0})
    office.sender(connections=1).tick(for_s=1)
    assert office.states() == {"failed": 4, "queued": 4}
    assert office.sender_row().stopped_since is not None


def test_a_worker_told_to_stop_finishes_its_calls_and_claims_nothing_more(
    office: Any, faults: Any
) -> None:
    for _ in range(20):
        office.queue()
    faults(latency_ms=(100, 100))
    sender = office.sender(connections=4)
    line = office.stop_after(sender, 0.15)
    sender.tick(for_s=5)
    line.join()
    states = office.states()
    assert set(states) == {"queued", "sent"}
    assert states["sent"] == office.accepted() < 20


def test_an_outcome_is_recorded_once_the_database_is_back(office: Any, stopping: Any) -> None:
    text = office.queue()
    claim = office.claim_one()
    away = office.away_database()
    line = stopping(office.carrier(), after=away.leave_for_a_moment)
    assert office.handover(line, database=away).run(claim) == "accepted"
    assert (office.text(text).state, office.accepted()) == ("sent", 1)
    assert away.refused > 0
