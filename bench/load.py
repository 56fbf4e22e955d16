"""A load on loopback: so many connections, each sending its requests one after the other.

The requests are made and signed beforehand and sent over bare sockets, so that the load costs
little of the machine that it measures. It stops by itself.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

CONNECTIONS = 16


@dataclass(frozen=True)
class Load:
    """What came of a load."""

    seconds: float
    latencies_s: list[float]
    failures: int

    @property
    def per_second(self) -> float:
        """Answers with status 2xx a second."""
        return (len(self.latencies_s) - self.failures) / self.seconds

    def percentile_s(self, share: float) -> float:
        """The latency that this share of the answers did not exceed."""
        ordered = sorted(self.latencies_s)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def signed_texts(
    count: int, *, public_url: str, account_sid: str, auth_token: str, bodies: Sequence[str],
    people: int, salt: str,
) -> list[bytes]:  # fmt: skip
    """Inbound texts as Twilio posts them, signed, from so many people, ready for the wire."""
    validator = RequestValidator(auth_token)
    requests = []
    for number in range(count):
        person = number % people
        form = {
            "MessageSid": f"SM{salt}{number:0{32 - len(salt)}x}",
            "AccountSid": account_sid,
            "From": f"+1{212 + person // 100 % 600}55501{person % 100:02}",
            "To": "+12165550100",
            "Body": bodies[number % len(bodies)],
            "NumMedia": "0",
            "NumSegments": "1",
            "FromZip": "",
            "FromState": "OH",
            "FromCountry": "US",
            "SmsStatus": "received",
            "ApiVersion": "2010-04-01",
        }
        signature = validator.compute_signature(f"{public_url}/sms", MultiDict(form))
        body = urlencode(form).encode()
        head = (
            "POST /sms HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: keep-alive\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"X-Twilio-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        requests.append(head.encode() + body)
    return requests


def run(
    port: int,
    requests: Sequence[bytes],
    connections: int = CONNECTIONS,
    per_second: float | None = None,
) -> Load:
    """Send them all and wait for every answer.

    Each connection sends as soon as it may; with `per_second` the requests have their times, all
    connections together, and a latency counts from the time, so that waiting is not left out.
    """
    latencies: list[list[float]] = [[] for _ in range(connections)]
    broken: list[OSError] = []
    failures = [0] * connections

    def send(lane: int) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as wire:
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for number in range(lane, len(requests), connections):
                began = time.perf_counter()
                if per_second is not None:
                    began = start + number / per_second
                    time.sleep(max(0.0, began - time.perf_counter()))
                wire.sendall(requests[number])
                status = _read_answer(wire)
                latencies[lane].append(time.perf_counter() - began)
                failures[lane] += not 200 <= status < 300

    def keep(lane: int) -> None:
        try:
            send(lane)
        except OSError as error:
            broken.append(error)

    threads = [threading.Thread(target=keep, args=(lane,)) for lane in range(connections)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    if broken:
        raise broken[0]
    return Load(seconds, [one for lane in latencies for one in lane], sum(failures))


def _read_answer(wire: socket.socket) -> int:
    """Read one whole answer; returns its status."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(wire)
    head, _, rest = data.partition(b"\r\n\r\n")
    fields = head.lower().split(b"\r\n")
    length = next((int(f.split(b":")[1]) for f in fields if f.startswith(b"content-length:")), None)
    if length is None:  # chunked
        while not rest.endswith(b"0\r\n\r\n"):
            rest += _more(wire)
    else:
        while len(rest) < length:
            rest += _more(wire)
    return int(fields[0].split()[1])


def _more(wire: socket.socket) -> bytes:
    data = wire.recv(65536)
    if not data:
        raise ConnectionError("the server closed the connection in the middle of an answer")
    return data


def ask(port: int, request: bytes) -> str:
    """Send one request and return the body of its answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as wire:
        wire.sendall(request.replace(b"Connection: keep-alive", b"Connection: close"))
        data = b""
        while part := wire.recv(65536):
            data += part
    return data.partition(b"\r\n\r\n")[2].decode()
