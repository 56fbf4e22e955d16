"""A small drill on both databases: real processes, killed at random; nothing lost or doubled."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from bot.commands.drill import command
from bot.drill import Drill, Options
from bot.drill.ground import DrillError, Ground


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


def test_a_drill_refuses_a_database_with_people_in_it(office: object, database_url: str) -> None:
    office.person()  # type: ignore[attr-defined]
    with pytest.raises(DrillError):
        Ground(database_url)


def test_many_workers_on_sqlite_are_refused_with_a_reason() -> None:
    result = CliRunner().invoke(command, ["--workers", "2"])
    assert result.exit_code == 2
    assert "--database postgresql" in result.output
