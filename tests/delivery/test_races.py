"""A STOP at every point of a text's way: after it commits, nothing goes that had not gone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection

from bot import receipts
from bot.sandbox import Faults
from bot.store import outbox
from bot.store.database import Database


class Points:
    """Runs something at one named point between the claim and the record."""

    def __init__(self, office: Any, at: str, action: Callable[[], None]) -> None:
        self._office = office
        self._at = at
        self._action = action
        self._carrier = office.carrier()

    def reach(self, name: str) -> None:
        if name == self._at:
            self._action()

    def read(self, work: Any) -> Any:
        self.reach("before the last look")
        return self._office.database.read(work)

    def write(self, work: Any) -> Any:
        self.reach("before the record")
        return self._office.database.write(work)

    def send(self, *arguments: Any, **options: Any) -> Any:
        accepted = self._carrier.send(*arguments, **options)
        self.reach("before the answer")
        return accepted

    def check(self) -> None:
        raise AssertionError("not asked for")


@pytest.mark.parametrize(
    ("at", "gone", "state"),
    [
        ("before the claim", 0, "cancelled"),
        ("after the claim", 0, "cancelled"),
        ("before the last look", 0, "cancelled"),
        ("before the answer", 1, "sent"),
        ("before the record", 1, "sent"),
    ],
)
def test_a_stop_at_every_point(office: Any, at: str, gone: int, state: str) -> None:
    person = office.person()
    text = office.queue(person)
    points = Points(office, at, lambda: office.report_opt_out(person))
    points.reach("before the claim")
    now = office.clock.now()
    claimed = office.database.write(lambda c: outbox.claim(c, office.pace, "w", 1, now))
    points.reach("after the claim")
    for claim in claimed.claims:
        office.handover(points, database=points).run(claim)
    assert office.accepted() == gone
    assert office.text(text).state == state
    office.sender().tick(for_s=0.3)
    assert office.accepted() == gone


@pytest.mark.parametrize(
    "change", ["paused_until", "held_until"], ids=["a pause", "a hold after danger"]
)
def test_a_pause_or_a_hold_between_claim_and_call_leaves_the_push_to_the_planner(
    office: Any, change: str
) -> None:
    person = office.person()
    text = office.queue(person)
    claim = office.claim_one()
    office.change_person(person, **{change: office.clock.skip(1).replace(year=2030)})
    assert office.handover().run(claim) == "cancelled"
    row = office.text(text)
    assert (row.state, row.closes_at <= office.clock.now()) == ("queued", True)
    assert office.accepted() == 0


class TwoAtOnce:
    """Holds a transaction open on PostgreSQL while something else happens."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.reached, self.go_on = threading.Event(), threading.Event()

    def hold(self, work: Callable[[Connection], None]) -> threading.Thread:
        def held(connection: Connection) -> None:
            work(connection)
            self.reached.set()
            assert self.go_on.wait(10)

        thread = threading.Thread(target=lambda: self.database.write(held))
        thread.start()
        assert self.reached.wait(10)
        return thread

    def finish(self, thread: threading.Thread) -> None:
        self.go_on.set()
        thread.join()


@pytest.fixture
def on_postgres(office: Any) -> TwoAtOnce:
    if office.database.sqlite:
        pytest.skip("SQLite has one writer: transactions can't overlap")
    return TwoAtOnce(office.database)


def test_a_text_that_is_being_cancelled_is_not_claimed(office: Any, on_postgres: TwoAtOnce) -> None:
    person = office.person()
    text = office.queue(person)
    now = office.clock.now()
    stop = on_postgres.hold(lambda c: receipts.opt_out_by_carrier(c, person, now))
    claimed = office.database.write(lambda c: outbox.claim(c, office.pace, "w", 5, now))
    assert claimed.claims == ()
    on_postgres.finish(stop)
    office.sender().tick(for_s=0.3)
    assert (office.text(text).state, office.accepted()) == ("cancelled", 0)


def test_a_stop_that_waits_for_a_claim_is_seen_by_the_last_look(
    office: Any, on_postgres: TwoAtOnce
) -> None:
    person = office.person()
    text = office.queue(person)
    now = office.clock.now()
    claims: list[outbox.Claim] = []

    def claim(connection: Connection) -> None:
        claims.extend(outbox.claim(connection, office.pace, "w", 1, now).claims)

    claiming = on_postgres.hold(claim)
    stopping = threading.Thread(target=lambda: office.report_opt_out(person))
    stopping.start()
    on_postgres.finish(claiming)
    stopping.join()
    assert office.handover().run(claims[0]) == "cancelled"
    assert (office.text(text).state, office.accepted()) == ("cancelled", 0)


def test_many_workers_at_once_take_each_text_once(office: Any) -> None:
    for _ in range(60):
        office.queue()
    workers = [office.sender(connections=4) for _ in range(4)]
    threads = [threading.Thread(target=worker.tick, args=(5,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert office.states() == {"sent": 60}
    assert office.accepted() == 60
    assert office.sandbox.ledger()["summary"]["doubled"] == 0


def test_a_worker_that_was_stopped_and_wakes_up_does_not_call_again(office: Any) -> None:
    """Another worker has settled and sent its text meanwhile."""
    text = office.queue()
    asleep = office.claim_one()
    office.settler().settle(office.clock.skip(61))
    office.settler().settle(office.clock.skip(121))
    office.sender().tick()
    assert office.accepted(text) == 1
    assert office.handover().run(asleep) == "lost_late"
    assert (office.accepted(text), office.text(text).state) == (1, "sent")


def test_what_a_sleeper_records_late_does_not_touch_a_later_attempt(
    office: Any, faults: Any, stopping: Any
) -> None:
    """Its call failed before it fell asleep; meanwhile the text went out."""
    text = office.queue()
    claim = office.claim_one()

    def others() -> None:
        faults()
        office.settler().settle(office.clock.skip(61))
        office.settler().settle(office.clock.skip(121))
        office.sender().tick()

    faults(refuse={21211: 1.0})
    line = stopping(office.carrier(), after=others)
    assert office.handover(line).run(claim) == "refused_late"
    assert (office.accepted(text), office.text(text).state) == (1, "sent")


@pytest.fixture
def queued_again(office: Any) -> Callable[[], None]:
    """Others end the lease, and do not find the text in the list."""

    def others() -> None:
        office.sandbox.faults = Faults(list_lag_seconds=60)
        office.settler().settle(office.clock.skip(61))
        office.settler().settle(office.clock.skip(121))

    return others


@pytest.fixture
def given_up(office: Any, queued_again: Callable[[], None]) -> Callable[[], None]:
    """And then they claim it again."""

    def others() -> None:
        queued_again()
        office.claim_one()

    return others


def test_a_sleepers_refusal_does_not_touch_the_attempt_that_others_are_making(
    office: Any, faults: Any, stopping: Any, given_up: Any
) -> None:
    text = office.queue()
    claim = office.claim_one()
    faults(refuse={21211: 1.0})
    line = stopping(office.carrier(), after=given_up)
    assert office.handover(line).run(claim) == "refused_late"
    assert (office.text(text).state, office.text(text).attempts) == ("sending", 2)


@pytest.mark.parametrize("fault", ["drop_before", "throttle"])
def test_a_sleepers_doubt_does_not_touch_the_attempt_that_others_are_making(
    office: Any, faults: Any, stopping: Any, given_up: Any, fault: str
) -> None:
    text = office.queue()
    claim = office.claim_one()
    faults(**{fault: 1.0})
    line = stopping(office.carrier(), after=given_up)
    assert office.handover(line).run(claim).endswith("_late")
    assert (office.text(text).state, office.text(text).attempts) == ("sending", 2)


def test_a_sleepers_success_calls_off_the_attempt_that_others_are_about_to_make(
    office: Any, stopping: Any, given_up: Any
) -> None:
    """The carrier's list was behind, so that the text was claimed once more."""
    text = office.queue()
    claim = office.claim_one()
    line = stopping(office.carrier(), after=given_up)
    assert office.handover(line).run(claim) == "accepted"
    assert (office.text(text).state, office.accepted(text)) == ("sent", 1)
    later = replace(claim, attempt=2)
    assert office.handover().run(later) == "lost_late"
    assert office.accepted(text) == 1


def test_a_sleepers_success_takes_its_text_out_of_the_queue(
    office: Any, stopping: Any, queued_again: Any
) -> None:
    text = office.queue()
    claim = office.claim_one()
    line = stopping(office.carrier(), after=queued_again)
    assert office.handover(line).run(claim) == "accepted"
    office.sender().tick(for_s=0.3)
    assert (office.text(text).state, office.accepted(text)) == ("sent", 1)
