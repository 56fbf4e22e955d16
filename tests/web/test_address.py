"""Where a request comes from: only what our own proxies wrote is believed."""

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from bot.web.address import client_network, is_local


def network(remote: str, forwarded: str | None = None, proxies: int = 0) -> str:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    context = Flask("t").test_request_context(environ_base={"REMOTE_ADDR": remote}, headers=headers)
    return client_network(context.request, proxies)


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "expected"),
    [
        ("192.0.2.1", None, 0, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.9", 0, "192.0.2.1"),
        ("127.0.0.1", "198.51.100.9", 1, "198.51.100.9"),
        ("127.0.0.1", "10.9.9.9, 198.51.100.9", 1, "198.51.100.9"),
        ("127.0.0.1", "10.9.9.9, 198.51.100.9, 203.0.113.5", 2, "198.51.100.9"),
        ("127.0.0.1", "198.51.100.9", 2, "127.0.0.1"),
        ("127.0.0.1", "made up", 1, "127.0.0.1"),
        ("2001:db8:1:2:aaaa::1", None, 0, "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", None, 0, "2001:db8:1:2::/64"),
        ("127.0.0.1", "[2001:db8:1:2::7]:443", 1, "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", None, 0, "192.0.2.1"),
        ("", None, 0, "unknown"),
    ],
)
def test_the_sender_is_who_the_outermost_proxy_of_ours_saw(
    remote: str, forwarded: str | None, proxies: int, expected: str
) -> None:
    assert network(remote, forwarded, proxies) == expected


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P"])), st.integers(0, 3))
def test_whatever_a_header_says_there_is_an_answer(forwarded: str, proxies: int) -> None:
    assert network("192.0.2.1", forwarded, proxies)


def test_a_request_through_a_proxy_on_this_machine_is_not_local() -> None:
    here = {"REMOTE_ADDR": "127.0.0.1"}
    app = Flask("t")
    assert is_local(app.test_request_context(environ_base=here).request)
    passed_on = app.test_request_context(environ_base=here, headers={"Via": "1.1 proxy"})
    assert not is_local(passed_on.request)
    assert not is_local(app.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.1"}).request)
