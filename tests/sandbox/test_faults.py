"""Misbehaviour on demand: drawn by seed, seen by the real client, counted in the ledger."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from twilio.base.exceptions import TwilioException, TwilioRestException

from bot.sandbox import Faults, FaultsError
from bot.sandbox.errors import NEVER_SENT
from bot.sandbox.plan import Plan

ANNA = "+12165550123"
CHANCES = st.floats(0, 0.1)
FAULTS = st.builds(
    Faults,
    seed=st.integers(0, 9999),
    throttle=CHANCES,
    refuse_5xx=CHANCES,
    drop_before=CHANCES,
    accept_5xx=CHANCES,
    drop_after=CHANCES,
    garbled=CHANCES,
    refuse=st.dictionaries(st.sampled_from([21610, 21211, 30022]), CHANCES),
    fail=st.dictionaries(st.sampled_from([30003, 30007, 21610]), CHANCES),
    late=st.floats(0, 1),
    repeated=st.floats(0, 1),
    reordered=st.floats(0, 1),
    missing=st.floats(0, 1),
    early=st.floats(0, 1),
)


def _summary(outfit: Any) -> dict[str, int]:
    return outfit.sandbox.ledger()["summary"]


def _status(outfit: Any, text: str = "1") -> tuple[int, int]:
    with pytest.raises(TwilioRestException) as caught:
        outfit.send(text)
    return caught.value.status, caught.value.code


@given(FAULTS)
def test_the_same_seed_and_order_give_the_same_misbehaviour(faults: Faults) -> None:
    def drawn() -> list[object]:
        plan = Plan(faults)
        return [(plan.send_fate(), plan.list_fate(), plan.course()) for _ in range(20)]

    assert drawn() == drawn()


@given(FAULTS)
def test_whatever_happens_to_callbacks_a_message_ends_once_and_never_goes_back(
    faults: Faults,
) -> None:
    plan = Plan(faults)
    for _ in range(50):
        steps = plan.course().steps
        changes = [step.status for step in steps if step.changes]
        assert changes in (["sent", "delivered"], ["sent", "undelivered"], ["failed"])
        assert {step.status for step in steps if step.reports} <= set(changes)
        if changes == ["failed"]:
            assert steps[0].error_code in NEVER_SENT


@given(FAULTS)
def test_a_plan_survives_its_way_over_json(faults: Faults) -> None:
    assert Faults.from_json(json.loads(json.dumps(faults.to_json()))) == faults


@pytest.mark.parametrize(
    "wrong",
    [
        {"throttel": 1},
        {"throttle": 2},
        {"throttle": -0.1},
        {"throttle": "often"},
        {"late_ms": [5, 1]},
        {"late_ms": 5},
        {"refuse": [21610]},
        {"refuse": {"21610": 3}},
        {"throttle": 0.6, "drop_after": 0.6},
        {"fail": {"30003": 0.7, "30007": 0.7}},
    ],
)
def test_a_plan_that_cannot_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(FaultsError):
        Faults.from_json(wrong)


def test_a_429_accepts_nothing(outfit_of: Any) -> None:
    outfit = outfit_of(faults=Faults(throttle=1))
    assert _status(outfit) == (429, 20429)
    assert (_summary(outfit)["accepted"], _summary(outfit)["refused"]) == (0, 1)


def test_a_storm_is_429_for_everybody_until_it_is_over(outfit_of: Any) -> None:
    outfit = outfit_of(faults=Faults(storm=1, storm_seconds=60))
    assert _status(outfit) == (429, 20429)
    with pytest.raises(TwilioException, match="20429"):
        outfit.client.messages.list()
    outfit.sandbox.faults = Faults()
    assert outfit.send().status == "accepted"


def test_a_5xx_may_come_before_or_after_accepting(outfit_of: Any) -> None:
    outfit = outfit_of(faults=Faults(refuse_5xx=1))
    assert _status(outfit)[0] in {500, 503, 504}
    assert _summary(outfit)["accepted"] == 0
    outfit.sandbox.faults = Faults(accept_5xx=1)
    assert _status(outfit)[0] in {500, 503, 504}
    assert outfit.sandbox.wait_until_idle()
    assert (_summary(outfit)["accepted"], _summary(outfit)["delivered"]) == (1, 1)
    assert outfit.bot.statuses("1") == ["sent", "delivered"]


@pytest.mark.parametrize(("kind", "accepted"), [("drop_before", 0), ("drop_after", 1)])
def test_a_dropped_connection_has_no_answer_at_all(
    outfit_of: Any, kind: str, accepted: int
) -> None:
    outfit = outfit_of(faults=Faults(**{kind: 1}))
    with pytest.raises(requests.ConnectionError):
        outfit.send()
    assert _summary(outfit)["accepted"] == accepted
    assert outfit.sandbox.ledger()["calls"] == {kind: 1}


def test_a_garbled_answer_breaks_the_client_though_the_message_is_accepted(outfit_of: Any) -> None:
    outfit = outfit_of(faults=Faults(garbled=1, seed=3))
    broken = 0
    for number in range(12):
        try:
            broken += outfit.send(str(number)).sid is None
        except (ValueError, AttributeError, TypeError):
            broken += 1
    assert broken == 12
    assert _summary(outfit)["accepted"] == 12


def test_a_slow_answer_times_out_though_the_message_is_accepted(outfit_of: Any) -> None:
    outfit = outfit_of(faults=Faults(slow=1, slow_ms=(400, 400)))
    outfit.client.http_client.timeout = 0.1
    with pytest.raises(requests.Timeout):
        outfit.send()
    assert _summary(outfit)["accepted"] == 1


@pytest.mark.parametrize(("code", "status"), [(21610, 400), (20003, 401), (30022, 429)])
def test_an_error_code_of_choice_is_answered(outfit_of: Any, code: int, status: int) -> None:
    outfit = outfit_of(faults=Faults(refuse={code: 1}))
    assert _status(outfit) == (status, code)


def test_a_delivery_fails_with_its_code_in_callback_and_list(outfit_of: Any) -> None:
    outfit = outfit_of(faults=Faults(fail={30007: 1}))
    outfit.send("5")
    assert outfit.sandbox.wait_until_idle()
    assert outfit.bot.statuses("5") == ["sent", "undelivered"]
    assert outfit.bot.callbacks[-1]["ErrorCode"] == "30007"
    [listed] = outfit.client.messages.list(to=ANNA)
    assert (listed.status, listed.error_code) == ("undelivered", 30007)


def test_a_message_that_outlives_its_validity_is_never_sent(outfit_of: Any) -> None:
    outfit = outfit_of(faults=Faults(late=1, late_ms=(1100, 1100)))
    outfit.send("5", validity_period=1)
    assert outfit.sandbox.wait_until_idle()
    assert outfit.bot.statuses("5") == ["failed"]
    assert outfit.bot.callbacks[0]["ErrorCode"] == "30036"


def test_callbacks_come_twice_swapped_or_not_at_all(outfit_of: Any) -> None:
    outfit = outfit_of(faults=Faults(repeated=1))
    outfit.send("twice")
    outfit.sandbox.wait_until_idle()
    outfit.sandbox.faults = Faults(reordered=1)
    outfit.send("swapped")
    outfit.sandbox.wait_until_idle()
    outfit.sandbox.faults = Faults(missing=1)
    for number in range(8):
        outfit.send(f"missing-{number}")
    assert outfit.sandbox.wait_until_idle()
    assert outfit.bot.statuses("twice") == ["sent", "sent", "delivered", "delivered"]
    assert outfit.bot.statuses("swapped") == ["delivered", "sent"]
    told = {tuple(outfit.bot.statuses(f"missing-{number}")) for number in range(8)}
    assert told == {(), ("sent",)}
    assert _summary(outfit)["delivered"] == 10


def test_an_early_callback_is_there_before_the_answer(outfit_of: Any) -> None:
    outfit = outfit_of(faults=Faults(early=1, callback_ms=(60_000, 60_000)))
    assert outfit.send("5").status == "accepted"
    assert outfit.bot.statuses("5") == ["sent"]


def test_a_list_may_fail_or_lag(outfit_of: Any) -> None:
    outfit = outfit_of(faults=Faults(list_fails=1))
    with pytest.raises(TwilioException, match="20500"):
        outfit.client.messages.list(to=ANNA)
    outfit.sandbox.faults = Faults(list_lag_seconds=60)
    outfit.send()
    assert outfit.client.messages.list(to=ANNA) == []
    outfit.sandbox.faults = Faults()
    assert len(outfit.client.messages.list(to=ANNA)) == 1


def test_the_ledger_shows_a_text_that_was_accepted_twice(outfit: Any) -> None:
    for text in ("1", "2", "2"):
        outfit.send(text)
    outfit.send("2", to="+13125550124")
    assert outfit.sandbox.wait_until_idle()
    rows = {(r["reference"], r["to"]): r for r in outfit.sandbox.ledger()["texts"]}
    assert rows["2", ANNA]["accepted"] == rows["2", ANNA]["delivered"] == 2
    assert len(rows["2", ANNA]["sids"]) == 2
    summary = _summary(outfit)
    assert (summary["texts"], summary["doubled"], summary["delivered"]) == (3, 1, 4)
