"""HTTP for the Twilio client: time-outs on every call, and certainty about what was sent.

Twilio's own transport waits for ever by default, keeps the last answer in a field that all threads
share (two threads can take each other's), and can't be pointed at another host. This one is built
on urllib3, which costs a third of the CPU, and knows of each failure whether it came before the
first byte of the request left: then it was certainly not processed.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

import certifi
import urllib3
from twilio.http.response import Response
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import Timeout, make_headers

from bot.carrier.faults import CarrierError, Fault, HeldUpError
from bot.clock import Clock

CONNECT_S = 5.0
SPARE = 8
"""Connections kept beside those that send: settling asks with as many."""
LONGEST_RETRY_AFTER_S = 3600.0
PIECE = 64 * 1024


# At DEBUG it writes addresses into the log, and lists are asked for by number.
logging.getLogger("urllib3.connectionpool").setLevel(logging.WARNING)


class _Call(threading.local):
    """What the present thread knows of its call."""

    deadline: float | None = None
    begun = False
    retry_after_s: float | None = None


call = _Call()


class _WatchedConnection(HTTPConnection):
    """Connects first, then looks at the deadline once more, then speaks."""

    def request(self, *arguments: Any, **options: Any) -> None:
        _begin(self)
        super().request(*arguments, **options)


class _WatchedSecureConnection(HTTPSConnection):
    def request(self, *arguments: Any, **options: Any) -> None:
        _begin(self)
        super().request(*arguments, **options)


def _begin(connection: HTTPConnection) -> None:
    if connection.sock is None:
        connection.connect()
    if call.deadline is not None and Clock.monotonic() > call.deadline:
        raise HeldUpError("the call was held up until its turn had passed")
    call.begun = True


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _WatchedConnection


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _WatchedSecureConnection


class Transport:
    """What the Twilio client asks of its `http_client`. Safe to share between threads."""

    is_async = False

    def __init__(self, api_url: str | None, timeout_s: float, connections: int) -> None:
        """`api_url`: scheme and host to use in place of every Twilio host, or None."""
        self._instead = urlsplit(api_url) if api_url else None
        self._timeout = Timeout(connect=min(CONNECT_S, timeout_s), read=timeout_s)
        self._pools = _pools(self._instead is None, connections)

    def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Make one call, once: no retry and no redirect. Raises `CarrierError`."""
        address = self._address(url) + (f"?{urlencode(params, doseq=True)}" if params else "")
        body = urlencode(data, doseq=True) if data else None
        sent = dict(headers or {})
        if auth:
            sent["Authorization"] = _basic(*auth)
        answer = self._exchange(method, address, body, sent)
        call.retry_after_s = _retry_after(answer.headers)
        return Response(answer.status, answer.data.decode(errors="replace"), answer.headers)

    def lines(self, url: str) -> Iterator[str]:
        """The lines of an address that Twilio handed out (it carries its own credentials).

        They are read as they come: the whole may be larger than what should be held in memory.
        """
        answer = self._exchange("GET", url, None, {}, preload_content=False)
        try:
            if answer.status != 200:
                raise CarrierError(Fault.TRANSIENT, answer.status)
            rest = ""
            for piece in answer.stream(PIECE):
                *whole, rest = (rest + piece.decode(errors="replace")).split("\n")
                yield from whole
            yield rest
        except urllib3.exceptions.HTTPError:
            raise CarrierError(Fault.TRANSIENT) from None
        finally:
            answer.close()

    def close(self) -> None:
        """Let go of the open connections."""
        self._pools.clear()

    def _exchange(
        self,
        method: str,
        address: str,
        body: str | None,
        headers: Mapping[str, str],
        *,
        preload_content: bool = True,
    ) -> urllib3.BaseHTTPResponse:
        call.begun = False
        call.retry_after_s = None
        try:
            return self._pools.request(
                method, address, body=body, headers=headers, timeout=self._timeout,
                retries=False, redirect=False, preload_content=preload_content,
            )  # fmt: skip
        except urllib3.exceptions.SSLError:
            kind = Fault.UNKNOWN if call.begun else Fault.CONFIGURATION
        except urllib3.exceptions.HTTPError:
            kind = Fault.UNKNOWN if call.begun else Fault.THROTTLED
        raise CarrierError(kind)

    def _address(self, url: str) -> str:
        parts = urlsplit(url)
        ours = self._instead is not None and (parts.hostname or "").endswith(".twilio.com")
        if self._instead is None or not ours:
            return url
        return urlunsplit(parts._replace(scheme=self._instead.scheme, netloc=self._instead.netloc))


@lru_cache(maxsize=4)
def _basic(user: str, password: str) -> str:
    return make_headers(basic_auth=f"{user}:{password}")["authorization"]


def _pools(outward: bool, connections: int) -> urllib3.PoolManager:
    options: dict[str, Any] = {
        "num_pools": 4,
        "maxsize": connections + SPARE,
        "cert_reqs": "CERT_REQUIRED",
        "ca_certs": certifi.where(),
    }
    proxy = getproxies().get("https") if outward else None
    pools = (
        urllib3.ProxyManager(proxy, **options)
        if proxy and not proxy_bypass("api.twilio.com")
        else urllib3.PoolManager(**options)
    )
    pools.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
    return pools


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from a Retry-After header, which holds either seconds or a date."""
    value = headers.get("Retry-After", "")
    try:
        if value[:1].isdigit():
            seconds = float(value)
        else:
            until = parsedate_to_datetime(value) - parsedate_to_datetime(headers["Date"])
            seconds = until.total_seconds()
    except (ValueError, TypeError, KeyError):
        return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER_S)
