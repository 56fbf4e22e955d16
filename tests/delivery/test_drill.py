"""A small drill on both databases: real processes, killed at random; nothing lost or doubled."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.commands.drill import command
from bot.drill import Drill, Options
from bot.drill.ground import DrillError, Ground
from bot.drill.parts import Orders
from bot.drill.processes import Process


@pytest.mark.slow
@pytest.mark.parametrize(("database", "workers"), [("sqlite", 1), ("postgresql", 3)])
def test_nothing_is_lost_or_doubled_when_workers_die_in_a_storm(
    database: str, workers: int
) -> None:
    verdict = Drill(
        Options(
            texts=240,
            kills=8,
            faults="storm",
            workers=workers,
            database=database,
            seed=7,
            rate=80,
            timeout_s=0.8,
            settle_after_s=2.0,
        )
    ).run()
    assert verdict.disturbances.kills == 8
    assert (verdict.lost, verdict.doubled, verdict.unsettled) == (0, 0, 0)
    assert verdict.accepted == verdict.texts == 240
    assert verdict.reports > 240


def test_a_worker_told_to_stop_ends_in_time_and_leaves_nothing_in_hand(
    office: Any, faults: Any, database_url: str, vault_keys: tuple[str, str], tmp_path: Path
) -> None:
    for _ in range(60):
        office.queue()
    faults(latency_ms=(200, 400))
    orders = Orders(
        database_url=database_url,
        api_url=office.sandbox.url,
        web_port=9,
        keys=vault_keys[:1],
        index_key=vault_keys[1],
        rate=20.0,
        connections=8,
        timeout_s=5.0,
        settle_after_s=60.0,
    )
    worker = Process("bot.drill.worker", told=orders.to_json(), log=tmp_path / "worker.log")
    worker.wait_until_ready()
    until = time.monotonic() + 10
    while office.accepted() < 5 and time.monotonic() < until:
        time.sleep(0.02)
    assert worker.stop(within_s=10)
    states = office.states()
    assert set(states) == {"queued", "sent"}
    assert states["sent"] == office.accepted() >= 5


def test_a_drill_refuses_a_database_with_people_in_it(office: Any, database_url: str) -> None:
    office.person()
    with pytest.raises(DrillError):
        Ground(database_url)


def test_many_workers_on_sqlite_are_refused_with_a_reason() -> None:
    result = CliRunner().invoke(command, ["--workers", "2"])
    assert result.exit_code == 2
    assert "--database postgresql" in result.output
