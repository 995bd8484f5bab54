"""One attempt: a POST to the address that was checked, followed nowhere, for so long and no longer.

No proxy, no redirect, no cookie. Of the answer nothing but its status is kept; a little of it is read, so that the
receiver is not cut off while it still writes.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from portal.services.webhooks import addresses
from portal.services.webhooks.addresses import Address, AddressError

TIMEOUT = 5.0  # seconds for each step: connecting, each piece of the answer
DEADLINE = 10.0  # seconds for all of it
MOST_READ = 16 * 1024  # bytes of an answer
AGENT = "Ayni-Webhooks/1"
FAILURES: tuple[tuple[type[Exception], str], ...] = (  # the first that fits
    (TimeoutError, "timeout"), (ssl.SSLError, "certificate"), (http.client.HTTPException, "protocol"),
    (ValueError, "protocol"), (OSError, "unreachable"),
)


@dataclass(frozen=True)
class Answer:
    """What came of an attempt: an HTTP status, or the kind of failure; and in how many milliseconds."""

    result: str  # "204" | name | private | unreachable | timeout | certificate | protocol
    milliseconds: int = 0

    @property
    def is_delivered(self) -> bool:
        return self.result.isdecimal() and 200 <= int(self.result) < 300

    @property
    def is_silent(self) -> bool:
        """Nothing answered, and trying took time."""
        return not self.result.isdecimal()


class _Connection(http.client.HTTPConnection):
    """A connection to a number that was looked up and checked before."""

    def __init__(self, address: Address, number: str) -> None:
        super().__init__(address.host, address.port, timeout=TIMEOUT)
        self.number, self.secure, self.is_cut = number, address.secure, False
        self.default_port = addresses.HTTPS if address.secure else 80  # not repeated in the Host header

    def connect(self) -> None:
        self.sock = socket.create_connection((self.number, self.port), self.timeout)
        if self.secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)

    def end(self) -> None:
        """From another thread: whatever waits on this connection waits no longer."""
        self.is_cut = True
        if self.sock is not None:
            with suppress(OSError):  # closed meanwhile
                self.sock.shutdown(socket.SHUT_RDWR)


def post(address: Address, content: bytes, headers: Mapping[str, str], local: bool = False) -> Answer:
    """Send it once. Never raises for what the other side does: the answer names it."""
    started = time.perf_counter()
    result = _result(address, content, headers, local)
    return Answer(result, round((time.perf_counter() - started) * 1000))


def _result(address: Address, content: bytes, headers: Mapping[str, str], local: bool) -> str:
    try:
        connection = _Connection(address, addresses.resolve(address, local))
    except AddressError as error:
        return error.kind
    try:
        return str(_status(connection, address.target, content, headers))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return "timeout" if connection.is_cut else next(name for kind, name in FAILURES if isinstance(error, kind))


def _status(connection: _Connection, target: str, content: bytes, headers: Mapping[str, str]) -> int:
    sent = {"Content-Type": "application/json", "User-Agent": AGENT, "Connection": "close", **headers}
    ending = threading.Timer(DEADLINE, connection.end)  # a trickle of bytes resets every other clock
    ending.daemon = True
    ending.start()
    try:
        connection.request("POST", target, content, sent)
        answer = connection.getresponse()
        if connection.is_cut:  # which looks like the end of the headers
            raise TimeoutError
        with suppress(OSError, http.client.HTTPException):  # what it says is known, whatever becomes of the rest
            answer.read(MOST_READ)
    finally:
        ending.cancel()
        connection.close()
    return answer.status
