"""Reports of the carrier in every order: a text only moves forward, and only by its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.delivery import STATE_OF, Standing, follow

RANK = {"queued": 0, "sending": 0, "unknown": 0, "sent": 1, "undelivered": 2, "failed": 2,
        "delivered": 3}  # fmt: skip
statuses = st.sampled_from([*STATE_OF, "received", "teleported", ""])


@given(st.lists(statuses, max_size=12), st.sampled_from(["sending", "unknown", "sent"]))
def test_no_order_of_reports_moves_a_text_backward(reports: list[str], state: str) -> None:
    text = Standing(state, "push", "SM1" if state == "sent" else None, 1)
    for status in reports:
        step = follow(text, "SM1", status, spent=False)
        if step is None:
            continue
        assert RANK[step.state] >= RANK[text.state]
        text = Standing(step.state, "push", "SM1", 1)
    if "delivered" in reports or "read" in reports:
        assert text.state == "delivered"


@given(statuses)
def test_a_report_of_another_sid_moves_nothing(status: str) -> None:
    assert follow(Standing("sent", "push", "SM1", 1), "SM2", status, spent=False) is None


@pytest.mark.parametrize("state", ["cancelled", "expired", "delivered", "failed"])
def test_a_text_that_is_done_with_adopts_nothing(state: str) -> None:
    assert follow(Standing(state, "push", None, 1), "SM1", "delivered", spent=False) is None


@given(statuses, st.sampled_from(["sending", "unknown"]))
def test_a_spent_sid_is_not_adopted_by_a_later_attempt(status: str, state: str) -> None:
    assert follow(Standing(state, "push", None, 2), "SM1", status, spent=True) is None
