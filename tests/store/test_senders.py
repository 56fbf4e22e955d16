"""The shared pace: never more than the rate, whoever asks and whenever; and it recovers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from bot.core.delivery import day_ends_at
from bot.store import senders
from bot.store.database import Database
from bot.store.senders import Pace, Turn
from bot.store.tables import senders as table

START = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
WINDOW = timedelta(seconds=10)


def hand_over(connection: Connection, pace: Pace, now: datetime, sizes: list[int]) -> list[int]:
    """Hand over texts of these many segments as far as the pace lets them; returns what went."""
    turn = senders.take_turn(connection, pace, now)
    went = []
    for segments in sizes:
        if not turn.may(1):
            break
        turn.spend(segments)
        went.append(segments)
    if went:
        senders.close_turn(connection, turn, probed=False)
    return went


class Unlocked:
    """The same rule without a database, for tests of many thousand steps."""

    def __init__(self, rate: float) -> None:
        self.turn = Turn(Pace("MG", rate), START, START, 1 / rate, 0, False, False, False)

    def hand_over(self, now: datetime, sizes: list[int]) -> int:
        self.turn.now = now
        self.turn.tat_at = max(self.turn.tat_at, now)
        went = 0
        for segments in sizes:
            if not self.turn.may(1):
                break
            self.turn.spend(segments)
            went += segments
        return went


@settings(max_examples=60, deadline=None)
@given(
    rate=st.sampled_from([1, 3, 12, 75, 225, 500]),
    pauses=st.lists(st.floats(0, 0.7), min_size=20, max_size=120),
    size=st.integers(1, 2),
)
def test_no_ten_seconds_hold_more_than_the_rate_and_a_twentieth(
    rate: int, pauses: list[float], size: int
) -> None:
    pace, now, went = Unlocked(rate), START, []
    for pause in pauses:
        now += timedelta(seconds=pause)
        went.append((now, pace.hand_over(now, [size] * 400)))
    for begin, _ in went:
        inside = sum(n for at, n in went if begin <= at < begin + WINDOW)
        assert inside <= rate * 10 * 1.05 + size


@pytest.mark.parametrize("rate", [1.0, 12.0, 500.0])
def test_whoever_asks_often_enough_gets_the_whole_rate(rate: float) -> None:
    pace, now, went = Unlocked(rate), START, 0
    while now < START + timedelta(seconds=20):
        went += pace.hand_over(now, [1] * 1000)
        now += timedelta(seconds=0.05)
    assert rate * 20 * 0.98 <= went <= rate * 20 * 1.02 + 1


def test_a_burst_after_a_rest_is_a_quarter_second_at_most() -> None:
    assert Unlocked(100).hand_over(START + timedelta(hours=3), [1] * 1000) == 25


def test_two_workers_share_one_pace(database: Database) -> None:
    pace = Pace("MG1", 10.0)
    both = [database.write(lambda c: hand_over(c, pace, START, [1] * 9)) for _ in range(2)]
    assert [len(went) for went in both] == [2, 0]


def test_senders_do_not_share(database: Database) -> None:
    for name in ("MG1", "MG2"):
        pace = Pace(name, 10.0)
        assert database.write(lambda c, pace=pace: hand_over(c, pace, START, [1]))


def test_long_texts_cost_what_they_are(database: Database) -> None:
    pace = Pace("MG1", 10.0)
    database.write(lambda c: hand_over(c, pace, START, [4]))
    later = START + timedelta(seconds=0.2)
    assert database.write(lambda c: hand_over(c, pace, later, [1])) == []
    later = START + timedelta(seconds=0.4)
    assert database.write(lambda c: hand_over(c, pace, later, [1])) == [1]


def test_a_storm_of_refusals_halves_the_pace_once_a_second_and_it_recovers(
    database: Database,
) -> None:
    def factor() -> int:
        return database.read(lambda c: c.execute(select(table.c.slow_factor)).scalar_one())

    pace = Pace("MG1", 100.0)
    for milliseconds in range(0, 900, 30):
        at = START + timedelta(milliseconds=milliseconds)
        database.write(lambda c, at=at: senders.slow_down(c, "MG1", at, 0.5))
    assert factor() == 2
    for second in range(1, 20):
        at = START + timedelta(seconds=second, milliseconds=100 * second)
        database.write(lambda c, at=at: senders.slow_down(c, "MG1", at, 0.5))
    assert factor() == senders.LONGEST_SLOW_FACTOR
    for second in range(25, 60, 4):
        at = START + timedelta(seconds=second)
        database.write(lambda c, at=at: hand_over(c, pace, at, [1]))
    assert factor() == 1


def test_after_a_refusal_nothing_goes_for_the_pause(database: Database) -> None:
    pace = Pace("MG1", 100.0)
    database.write(lambda c: senders.slow_down(c, "MG1", START, 2.0))
    early, late = START + timedelta(seconds=1.5), START + timedelta(seconds=2.1)
    assert database.write(lambda c: hand_over(c, pace, early, [1])) == []
    assert database.write(lambda c: hand_over(c, pace, late, [1])) == [1]


def test_the_daily_cap_keeps_a_twentieth_for_urgent_texts(database: Database) -> None:
    pace = Pace("MG1", 1e6, daily_segments=100)
    assert len(database.write(lambda c: hand_over(c, pace, START, [1] * 200))) == 95

    def urgent(connection: Connection) -> int:
        turn = senders.take_turn(connection, pace, START + timedelta(seconds=1))
        went = 0
        while turn.may(0):
            turn.spend(1)
            went += 1
        return went

    assert database.write(urgent) == 5


def test_the_cap_counts_the_carriers_day_which_begins_at_midnight_pacific(
    database: Database,
) -> None:
    pace = Pace("MG1", 1e6, daily_segments=20)
    before = datetime(2026, 11, 22, 7, 59, tzinfo=UTC)
    after = datetime(2026, 11, 22, 8, 1, tzinfo=UTC)
    assert len(database.write(lambda c: hand_over(c, pace, before, [1] * 50))) == 19
    assert database.write(lambda c: hand_over(c, pace, before, [1])) == []
    assert len(database.write(lambda c: hand_over(c, pace, after, [1] * 50))) == 19


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        (datetime(2026, 7, 1, 6, 59, tzinfo=UTC), datetime(2026, 7, 1, 7, tzinfo=UTC)),
        (datetime(2026, 11, 1, 8, 0, tzinfo=UTC), datetime(2026, 11, 2, 8, tzinfo=UTC)),
        (datetime(2026, 3, 8, 9, 0, tzinfo=UTC), datetime(2026, 3, 9, 7, tzinfo=UTC)),
    ],
)
def test_the_carriers_day_ends_at_midnight_pacific_also_when_clocks_change(
    now: datetime, ends: datetime
) -> None:
    assert day_ends_at(now) == ends


def test_a_stopped_sender_lets_one_text_go_as_a_probe_ever_more_rarely(
    database: Database,
) -> None:
    pace = Pace("MG1", 100.0)
    database.write(lambda c: senders.stop(c, "MG1", "configuration:21606", "call", START))
    database.write(lambda c: senders.stop(c, "MG1", "configuration:20003", "call", START))
    stopped = database.read(lambda c: senders.stopped(c, "MG1"))
    assert stopped is not None
    assert stopped.error == "configuration:21606"

    def probe(connection: Connection, at: datetime) -> int:
        turn = senders.take_turn(connection, pace, at)
        probing, went = turn.probing, 0
        while turn.may(1):
            turn.spend(1)
            went += 1
        if went:
            senders.close_turn(connection, turn, probed=probing)
        return went

    probes = []
    for second in range(0, 600, 10):
        at = START + timedelta(seconds=second)
        if database.write(lambda c, at=at: probe(c, at)):
            probes.append(second)
    assert probes == [30, 60, 120, 240, 480]
    database.write(lambda c: senders.resume_after_receipt(c, "MG1"))
    assert database.read(lambda c: senders.stopped(c, "MG1")) is not None
    database.write(lambda c: senders.resume_after_call(c, "MG1"))
    assert database.read(lambda c: senders.stopped(c, "MG1")) is None
