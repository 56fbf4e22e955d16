"""The look-alike as a process of its own, steered over its control path; and the phone's guards."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

ANNA = "+12165550123"


class Process:
    """`python -m bot.sandbox` and its control path."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "bot.sandbox", *arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()

    def ask(self, path: str, method: str = "GET", **data: Any) -> requests.Response:
        body = data or None
        return requests.request(method, f"{self.url}/sandbox/api/{path}", json=body, timeout=10)

    def stop(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()
        return code


@pytest.fixture
def process() -> Iterator[Callable[..., Process]]:
    started: list[Process] = []

    def start(*arguments: str) -> Process:
        started.append(Process(*arguments))
        return started[-1]

    yield start
    for one in started:
        one.stop()


def test_a_process_prints_its_url_and_stops_when_told(process: Any) -> None:
    sandbox = process("--port", "0")
    assert sandbox.url.startswith("http://127.0.0.1:")
    assert sandbox.ask("summary").json()["pending"] == 0
    assert sandbox.stop() == 0


def test_faults_are_read_and_set_over_the_control_path(process: Any) -> None:
    sandbox = process("--faults", '{"throttle": 0.5, "seed": 7}')
    assert sandbox.ask("faults").json()["throttle"] == 0.5
    answer = sandbox.ask("faults", "PUT", refuse={"21610": 1}, late_ms=[1, 2])
    assert answer.json()["refuse"] == {"21610": 1.0}
    assert sandbox.ask("faults").json()["throttle"] == 0
    wrong = sandbox.ask("faults", "PUT", throttle=7)
    assert wrong.status_code == 400
    assert "throttle must be a probability" in wrong.json()["error"]


def test_what_it_remembers_outlives_the_process_in_its_file(process: Any, tmp_path: Path) -> None:
    state = str(tmp_path / "state.json")
    first = process("--state", state, "--clock-at", "2026-03-06T15:41:00-05:00")
    said = first.ask("text", "POST", **{"from": ANNA, "body": "STOP"}).json()
    first.ask("deactivations", "POST", date="2026-03-05", numbers=["12165550199"])
    assert first.stop() == 0
    second = process("--state", state)
    [event] = second.ask(f"messages/{said['sid']}").json()["events"]
    assert (event["kind"], event["at"][:16]) == ("text", "2026-03-06T20:41")
    assert second.ask("text", "POST", **{"from": ANNA, "body": "STOP"}).json()["replies"] == []
    second.stop()
    assert json.loads(Path(state).read_text())["deactivated"] == {"2026-03-05": ["12165550199"]}


def test_a_wrong_option_is_told_in_a_sentence() -> None:
    command = [sys.executable, "-m", "bot.sandbox"]
    for option, words in (
        (["--faults", '{"sloow": 1}'], "unknown fault sloow"),
        (["--clock-at", "2026-03-06T15:41:00"], "needs a time zone"),
    ):
        ended = subprocess.run(command + option, capture_output=True, text=True, timeout=20)
        assert ended.returncode == 2
        assert words in ended.stderr


def test_the_ledger_over_http_is_the_one_inside(outfit: Any) -> None:
    sent = outfit.send("1")
    assert outfit.sandbox.wait_until_idle()
    base = f"{outfit.sandbox.url}/sandbox/api"
    assert requests.get(f"{base}/ledger", timeout=5).json() == outfit.sandbox.ledger()
    summary = requests.get(f"{base}/summary", timeout=5).json()
    assert (summary["pending"], summary["summary"]["delivered"]) == (0, 1)
    events = requests.get(f"{base}/messages/{sent.sid}", timeout=5).json()["events"]
    assert [event["kind"] for event in events] == [
        "api call",
        "status",
        "callback",
        "status",
        "callback",
    ]


def test_texting_and_repeating_over_the_control_path(outfit: Any) -> None:
    base = f"{outfit.sandbox.url}/sandbox/api"
    outfit.bot.replies["HELLO"] = ["hi"]
    given = {"from": ANNA, "body": "hello", "place": {"zip": "44113"}}
    said = requests.post(f"{base}/text", json=given, timeout=5).json()
    assert (said["replies"], said["status"]) == (["hi"], 200)
    url = f"{base}/messages/{said['sid']}/repeat"
    assert requests.post(url, json={}, timeout=5).json()["sid"] == said["sid"]
    assert [text["FromZip"] for text in outfit.bot.texts] == ["44113", "44113"]
    nowhere = f"{base}/messages/SM0/repeat"
    assert requests.post(nowhere, json={}, timeout=5).status_code == 404


def test_a_page_of_another_site_cannot_use_the_control_path(outfit: Any) -> None:
    base = f"{outfit.sandbox.url}/sandbox/api"
    rebound = {"Host": "evil.example"}
    assert requests.get(f"{base}/ledger", headers=rebound, timeout=5).status_code == 403
    form = requests.post(f"{base}/text", data={"from": ANNA}, timeout=5)
    assert form.status_code == 415
    assert requests.put(f"{base}/faults", json=[1], timeout=5).status_code == 400
    missing = requests.post(f"{base}/text", json={"from": ANNA}, timeout=5)
    assert missing.json() == {"error": "the field 'body' is missing"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "OWN", "Content-Type": "text/plain"}, 403),
        ({"Origin": "OWN", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "OWN"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
    ],
)
def test_the_phone_takes_json_of_its_own_page_alone(
    outfit: Any, headers: dict[str, str], status: int
) -> None:
    own = {k: v.replace("OWN", outfit.bot.url) for k, v in headers.items()}
    sent = {"Content-Type": "application/json", **own}
    body = json.dumps({"number": ANNA, "body": "hello"})
    for path in ("state", "text", "skip"):
        answer = requests.post(f"{outfit.page_url}phone/{path}", data=body, headers=sent, timeout=5)
        assert answer.status_code == status


@pytest.mark.parametrize(
    "given",
    [
        {"number": "+12165551123", "body": "x"},
        {"number": "+14165550123", "body": "x"},
        {"number": 7, "body": "x"},
        {"number": ANNA, "body": ""},
        {"number": ANNA, "body": "x" * 1601},
        {"number": ANNA},
        ["x"],
    ],
)
def test_the_phone_refuses_other_numbers_and_texts_of_no_length(outfit: Any, given: Any) -> None:
    answer = requests.post(
        f"{outfit.page_url}phone/text",
        json=given,
        headers={"Origin": outfit.bot.url},
        timeout=5,
    )
    assert answer.status_code == 400
    assert outfit.bot.texts == []


def test_the_page_has_a_strict_policy_and_nothing_inline(outfit: Any) -> None:
    answer = requests.get(outfit.page_url, timeout=5)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for inline in ("<style", "style=", "onclick", "javascript:"):
        assert inline not in answer.text
    assert answer.text.count("<script") == answer.text.count('<script type="module" src=') == 1
