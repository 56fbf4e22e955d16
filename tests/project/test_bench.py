"""Every benchmark runs; how fast is not asked here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

MEASURES = (
    "webhook", "planning", "ticks", "sending", "latency", "memory", "start", "servers",
)  # fmt: skip
HOME = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("name", MEASURES)
def test_the_benchmark_runs(name: str) -> None:
    command = [sys.executable, "-m", "bench", name, "--quick"]
    done = subprocess.run(command, cwd=HOME, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    assert f"<!-- {name}:" in done.stdout
