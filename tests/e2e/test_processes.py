"""The commands as processes: they start, refuse, and stop as an operator expects."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from sqlalchemy import insert

from bot.crypto import new_key
from bot.sandbox import Sandbox
from bot.sandbox.sandbox import ACCOUNT_SID, AUTH_TOKEN, SERVICE_SID
from bot.store.database import Database
from bot.store.tables import stopped_messages

HOME = Path(__file__).parents[2]
PERSON = "+12165550123"


def free_port() -> int:
    with socket.socket() as wire:
        wire.bind(("127.0.0.1", 0))
        return int(wire.getsockname()[1])


def environment(**more: str) -> dict[str, str]:
    """What the commands are given: nothing of this machine's own settings."""
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **more}


def rightly_set(sandbox: Sandbox, database_url: str, port: int) -> dict[str, str]:
    return environment(
        TWILIO_ACCOUNT_SID=ACCOUNT_SID,
        TWILIO_AUTH_TOKEN=AUTH_TOKEN,
        TWILIO_MESSAGING_SERVICE_SID=SERVICE_SID,
        JOIN_NUMBER="+12165550100",
        TWILIO_API_URL=sandbox.url,
        PUBLIC_URL=f"http://127.0.0.1:{port}",
        PORT=str(port),
        DATABASE_URL=database_url,
        NUMBER_KEYS=new_key(),
        NUMBER_INDEX_KEY=new_key(),
        LOG_FORMAT="json",
    )


def run(command: str, env: Mapping[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *command.split()],
        env={**env, "PYTHONPATH": str(HOME)},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
    )


@contextmanager
def started(command: str, env: Mapping[str, str], cwd: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (cwd / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", *command.split()],
            env={**env, "PYTHONPATH": str(HOME)},
            cwd=cwd,
            stdout=log,
            stderr=log,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def wait_for(url: str, process: subprocess.Popen[bytes], within_s: float = 30) -> None:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        assert process.poll() is None, "the process ended"
        try:
            if requests.get(url, timeout=2).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError("it never got ready")


def test_the_demo_answers_on_the_port_that_is_set(tmp_path: Path) -> None:
    port = free_port()
    with started("demo", environment(PORT=str(port)), tmp_path) as process:
        wait_for(f"http://127.0.0.1:{port}/healthz", process)
        origin = f"http://127.0.0.1:{port}"
        assert requests.get(f"{origin}/sandbox/", timeout=5).ok
        assert 'href="/sandbox/"' in requests.get(origin, timeout=5).text
        said = {"number": PERSON, "body": "RECOVERY"}
        heard = requests.post(
            f"{origin}/sandbox/phone/text", json=said, headers={"Origin": origin}, timeout=10
        )
        assert heard.json() == {"answered": True}
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert PERSON[2:] not in (tmp_path / "log").read_text()


def test_serve_migrates_answers_and_stops_within_ten_seconds(tmp_path: Path) -> None:
    port = free_port()
    with Sandbox(webhook_url=f"http://127.0.0.1:{port}/sms") as sandbox:
        env = rightly_set(sandbox, f"sqlite:///{tmp_path / 'texts.sqlite3'}", port)
        with started("serve", env, tmp_path) as process:
            wait_for(f"http://127.0.0.1:{port}/readyz", process)
            assert "you're in" in sandbox.text(PERSON, "RECOVERY").replies[0]
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=10) == 0


@pytest.mark.parametrize("command", ["serve", "web", "worker", "migrate"])
def test_wrong_settings_are_all_said_and_nothing_starts(tmp_path: Path, command: str) -> None:
    done = run(command, environment(TWILIO_AUTH_TOKEN="a-secret-token"), tmp_path)
    assert done.returncode == 2
    for name in ("TWILIO_ACCOUNT_SID", "PUBLIC_URL", "NUMBER_KEYS", "NUMBER_INDEX_KEY"):
        assert name in done.stderr
    assert "a-secret-token" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["web", "worker"])
def test_an_old_schema_is_refused_with_what_to_do(tmp_path: Path, command: str) -> None:
    with Sandbox() as sandbox:
        env = rightly_set(sandbox, f"sqlite:///{tmp_path / 'texts.sqlite3'}", free_port())
        done = run(command, env, tmp_path)
        assert done.returncode == 2
        assert "bot migrate" in done.stderr
        assert run("migrate", env, tmp_path).returncode == 0


def test_a_port_that_is_taken_is_said_plainly(tmp_path: Path) -> None:
    with Sandbox() as sandbox, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        env = rightly_set(sandbox, f"sqlite:///{tmp_path / 'texts.sqlite3'}", port)
        done = run("serve", env, tmp_path)
        assert done.returncode == 2
        assert "PORT" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["web", "migrate"])
def test_a_database_that_is_away_is_said_plainly(tmp_path: Path, command: str) -> None:
    with Sandbox() as sandbox:
        env = rightly_set(sandbox, "postgresql://nobody@127.0.0.1:1/none", free_port())
        done = run(command, env, tmp_path)
        assert done.returncode == 2
        assert "database" in done.stderr
        assert "Traceback" not in done.stderr


def test_settings_are_read_from_the_env_file_and_the_environment_wins(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        env = rightly_set(sandbox, f"sqlite:///{tmp_path / 'texts.sqlite3'}", free_port())
        (tmp_path / ".env").write_text("\n".join(f"{k}={v}" for k, v in env.items()))
        assert run("migrate", environment(), tmp_path).returncode == 0
        wrong = run("migrate", environment(PORT="not a port"), tmp_path)
        assert wrong.returncode == 2
        assert "PORT" in wrong.stderr


def test_check_says_that_all_is_right_and_what_to_tell_the_carrier(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        env = rightly_set(sandbox, f"sqlite:///{tmp_path / 'texts.sqlite3'}", free_port())
        before = run("check", env, tmp_path)
        assert before.returncode == 1
        assert "bot migrate" in before.stdout
        run("migrate", env, tmp_path)
        done = run("check", env, tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "988" in done.stdout


def test_check_says_what_is_wrong_with_the_carrier_and_the_queue(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        url = f"sqlite:///{tmp_path / 'texts.sqlite3'}"
        env = rightly_set(sandbox, url, free_port())
        run("migrate", env, tmp_path)
        database = Database(url)
        stopped = {"fingerprint": "0" * 16, "message_id": "R05", "error": "30007"}
        now = datetime(2026, 12, 1, 15, tzinfo=UTC)
        database.write(lambda c: c.execute(insert(stopped_messages).values(since=now, **stopped)))
        database.close()
        done = run("check", env | {"TWILIO_AUTH_TOKEN": "not the right one"}, tmp_path)
        assert done.returncode == 1
        assert "bot release R05" in done.stdout
        assert "TWILIO_ACCOUNT_SID" in done.stdout
        assert "not the right one" not in done.stdout + done.stderr
        assert run("release R05", env, tmp_path).returncode == 0
        assert run("check", env, tmp_path).returncode == 0


@pytest.mark.parametrize("command", ["serve", "web", "worker"])
def test_nothing_goes_live_with_the_examples_name_and_unread_words(
    tmp_path: Path, command: str
) -> None:
    env = environment(
        TWILIO_ACCOUNT_SID=ACCOUNT_SID,
        TWILIO_AUTH_TOKEN=AUTH_TOKEN,
        TWILIO_MESSAGING_SERVICE_SID=SERVICE_SID,
        JOIN_NUMBER="+12165550100",
        PUBLIC_URL="https://texts.example.org",
        DATABASE_URL=f"sqlite:///{tmp_path / 'texts.sqlite3'}",
        NUMBER_KEYS=new_key(),
        NUMBER_INDEX_KEY=new_key(),
    )
    run("migrate", env, tmp_path)
    done = run(command, env, tmp_path)
    assert done.returncode == 2
    assert "ALLOW_UNREVIEWED" in done.stderr
    assert "service.toml" in done.stderr
    checked = run("check --offline", env | {"ALLOW_UNREVIEWED": "yes"}, tmp_path)
    assert checked.returncode == 1
    assert "ALLOW_UNREVIEWED" not in checked.stdout
