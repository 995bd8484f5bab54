"""Where messages may go: to public addresses over HTTPS, and nowhere inside the network the portal runs in.

A name is looked up once, everything it resolves to must be public, and the connection is made to what was checked: a
name that means something else a moment later changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from portal.errors import InvalidInputError

LONGEST = 500  # characters of an address
HTTPS = 443
# Parts of IPv6 that lead to an IPv4 address, which may be a private one: translated, 6to4, Teredo.
LEADS_ELSEWHERE = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))


class AddressError(OSError):
    """Nothing is sent there. `kind`: name (does not resolve) | private."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True)
class Address:
    """An address in parts. `target` is path and query."""

    secure: bool
    host: str
    port: int
    target: str


def read(text: str, local: bool = False) -> Address:
    """A text as an address. `local`: http and this machine are allowed too, for a demo and for tests.

    Raises InvalidInputError: only https at its own port, with nothing but a host, a path and a query in it.
    """
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:  # a port that is no number, a host that is none
        raise _wrong("address_unreadable") from None
    if len(text) > LONGEST or not host or "@" in parts.netloc or parts.fragment or not _is_plain(text):
        raise _wrong("address_unreadable")
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise _wrong("address_not_https")
    if port not in (None, HTTPS) and not local:
        raise _wrong("address_port")
    if _is_number(host) and not may_reach(host, local):
        raise _wrong("address_private")
    secure = parts.scheme == "https"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(secure, host, port or (HTTPS if secure else 80), target)


def _wrong(code: str) -> InvalidInputError:
    return InvalidInputError("refused", {"address": [code]})


def _is_plain(text: str) -> bool:
    """Only letters that an address is written with: no space, no control character, no line end."""
    return all("!" <= one <= "~" and one not in '"<>\\^`{|}' for one in text)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def resolve(address: Address, local: bool = False) -> str:
    """The number to connect to. Raises AddressError where there is none, or one of them may not be reached."""
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressError("name") from None
    numbers = [str(one[4][0]) for one in found]
    if not numbers or not all(may_reach(one, local) for one in numbers):
        raise AddressError("private" if numbers else "name")
    return numbers[0]


def may_reach(number: str, local: bool = False) -> bool:
    """Is it a public address (or, where that is allowed, this machine's own)?"""
    found = ipaddress.ip_address(number.partition("%")[0])
    found = getattr(found, "ipv4_mapped", None) or found
    if local and found.is_loopback:
        return True
    if found.version == 6 and any(found in network for network in LEADS_ELSEWHERE):
        return False
    return found.is_global and not found.is_multicast
