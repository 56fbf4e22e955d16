"""What a person sees of it all: status, metrics, and the story of a text."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.registry import Collector

from bot import status, tracing
from bot.commands import status as status_command
from bot.store import ticks


def gathered(office: Any) -> status.Status:
    return status.gather(office.database, office.pace.sender, office.clock.now())


def exposed(office: Any) -> str:
    class Now(Collector):
        def collect(self) -> Any:
            return status.metrics(gathered(office))

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Now())
    return generate_latest(registry).decode()


def test_an_empty_program_has_a_status(office: Any) -> None:
    found = gathered(office)
    assert (found.in_doubt, found.planning_lag_s, found.slow_factor) == (0, 0, 1)
    assert "textsupport_unknown 0.0" in exposed(office)


def test_the_status_counts_texts_queue_and_doubts(office: Any, faults: Any) -> None:
    now = office.clock.now()
    old = office.queue(due_at=now - timedelta(minutes=10))
    office.change(old, created_at=now - timedelta(days=3))  # old, but still open
    gone = office.queue(state="delivered", created_at=now - timedelta(days=2))
    assert gone
    office.queue(kind="notice", priority=0)
    faults(drop_before=1)
    office.sender(connections=1).tick(for_s=0.3)
    found = gathered(office)
    assert found.texts == {("unknown", "push"): 1, ("unknown", "notice"): 1}
    assert (found.in_doubt, found.not_settled) == (2, 0)
    office.queue(due_at=now - timedelta(minutes=5))
    found = gathered(office)
    assert [found.queues[p].length for p in (0, 1)] == [0, 1]
    text = exposed(office)
    assert 'textsupport_texts{kind="push",state="unknown"} 1.0' in text
    assert 'textsupport_queue_length{priority="1"} 1.0' in text
    assert 'textsupport_queue_oldest_seconds{priority="1"} 30' in text


def test_the_status_says_why_nothing_goes(office: Any, faults: Any) -> None:
    office.queue()
    faults(refuse={21606: 1.0})
    office.sender().tick(for_s=0.3)
    found = gathered(office)
    assert found.stopped_error == "configuration:21606"
    rows = dict(status_command.rows(found, 1.0))
    assert "configuration:21606" in rows["sending"]
    assert "textsupport_sending_stopped 1.0" in exposed(office)


def test_the_status_shows_ticks_and_their_failures(office: Any) -> None:
    now = office.clock.now()
    for error in (None, "StoreError", None):
        office.database.write(lambda c, error=error: ticks.note(c, "send", now, error))
    [tick] = gathered(office).ticks
    assert (tick.name, tick.failures, tick.error) == ("send", 1, None)


def story(office: Any, text: int) -> str:
    lines = tracing.of_text(office.database, text, office.pace.sender, office.clock.now())
    assert lines is not None
    return "\n".join(line.what for line in lines)


def test_the_story_of_a_text_tells_claim_reports_and_end(office: Any) -> None:
    text = office.queue()
    office.sender().tick()
    sid = office.text(text).sid
    office.report(text, sid, "undelivered", "30006")
    told = story(office, text)
    for part in ("push R02", "claimed by", "attempt 1", sid, "30006: permanent", "not delivered"):
        assert part in told


def test_the_story_of_a_text_tells_how_a_doubt_was_settled(office: Any, faults: Any) -> None:
    text = office.queue()
    faults(drop_before=1)
    office.sender().tick()
    assert "in doubt" in story(office, text)
    faults()
    office.settler().settle(office.clock.skip(121))
    assert "so it went again" in story(office, text)


@pytest.mark.parametrize("change", [{"due_at": timedelta(hours=1)}, {}])
def test_the_story_says_what_a_text_waits_for(office: Any, change: Any) -> None:
    due_at = office.clock.now() + change.get("due_at", timedelta(0))
    told = story(office, office.queue(due_at=due_at))
    assert ("not due yet" if change else "when the pace lets it") in told


def test_the_story_of_a_person_tells_consent_and_texts_without_number_or_words(
    office: Any,
) -> None:
    person = office.person(paused_until=office.clock.now() + timedelta(days=2))
    office.queue(person)
    office.report_opt_out(person)
    lines = tracing.of_person(office.database, person, office.clock.now())
    assert lines is not None
    told = "\n".join(line.what for line in lines)
    assert "consent withdrawn" in told
    assert "opted_out by carrier" in told
    assert "was cancelled" in told
    assert "555" not in told
    assert "small step" not in told


def test_nobody_and_nothing_have_no_story(office: Any) -> None:
    now = office.clock.now()
    assert tracing.of_text(office.database, 99, office.pace.sender, now) is None
    assert tracing.of_person(office.database, 99, now) is None
