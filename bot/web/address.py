"""Where a request comes from: the one address that its sender can't choose."""

from __future__ import annotations

import ipaddress

from flask import Request

FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")


def client_network(request: Request, trusted_proxies: int) -> str:
    """The sender's IPv4 address, or IPv6 network: one household or phone has a whole /64.

    Of `X-Forwarded-For` the entry counts that the outermost of our own proxies wrote; whatever
    stands before it was written by the sender. Without proxies of our own the header is ignored.
    """
    hops = [hop.strip() for hop in ",".join(request.headers.getlist(FORWARDED[0])).split(",")]
    written = hops[-trusted_proxies] if 0 < trusted_proxies <= len(hops) else ""
    return _network(written) or _network(request.remote_addr or "") or "unknown"


def is_local(request: Request) -> bool:
    """Whether this came from a program on this machine, and not through a proxy on it."""
    try:
        loopback = ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
    return loopback and not any(name in request.headers for name in FORWARDED)


def _network(text: str) -> str:
    try:
        address = ipaddress.ip_address(text.removeprefix("[").partition("]")[0])
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ipaddress.ip_network((int(address), 64), strict=False))
    return str(address)
