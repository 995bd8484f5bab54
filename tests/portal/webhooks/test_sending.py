"""Where nothing is sent, and what a receiver cannot make the worker do."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from portal.errors import InvalidInputError
from portal.services.webhooks import addresses, sending
from portal.services.webhooks.addresses import AddressError
from portal.services.webhooks.sending import Answer
from tests.portal.webhooks import receiver
from tests.portal.webhooks.conftest import Hook, Hooked, Work
from tests.portal.webhooks.receiver import Receiver

INSIDE = (
    "127.0.0.1", "127.9.9.9", "0.0.0.1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::1", "::",
    "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::ffff:169.254.169.254", "64:ff9b::a00:1", "64:ff9b::7f00:1", "2002:a00:1::", "2001:0:7f00:1::",
)
OUTSIDE = ("8.8.8.8", "200.48.225.130", "2606:4700:4700::1111", "::ffff:8.8.8.8")


@pytest.mark.parametrize("number", INSIDE)
def test_no_number_inside_is_reached(number: str) -> None:
    assert not addresses.may_reach(number)


@pytest.mark.parametrize("number", OUTSIDE)
def test_public_numbers_are(number: str) -> None:
    assert addresses.may_reach(number)


def test_where_it_is_allowed_this_machine_is_reached_and_nothing_else_inside() -> None:
    assert [one for one in INSIDE if addresses.may_reach(one, local=True)] == [
        "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1",
    ]


UNREADABLE = (
    "file:///etc/passwd", "sistema.example/hook", "https://", "https://user:word@sistema.example/",
    "https://sistema.example/#part", "https://sistema.example:x/", "https://sistema..example/", "https://[bad/",
    "https://sistema.example/\r\nHost: x", "https://sistema.example/a b", "https://sistemañ.example/",
    "https://sistema.example/" + "x" * 500,
)
REFUSED = {
    "address_not_https": ("http://sistema.example/", "ftp://sistema.example/", "gopher://sistema.example/"),
    "address_port": ("https://sistema.example:8443/", "https://sistema.example:22/"),
    "address_private": (
        "https://10.0.0.1/", "https://[::1]/", "https://[::ffff:169.254.169.254]/", "https://169.254.169.254/latest",
    ),
    "address_unreadable": UNREADABLE,
}


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in REFUSED.items() for text in texts])
def test_an_address_that_is_none_or_leads_inside_is_not_taken(code: str, text: str) -> None:
    with pytest.raises(InvalidInputError) as error:
        addresses.read(text)
    assert error.value.fields == {"address": [code]}


def test_an_address_is_read_in_parts() -> None:
    found = addresses.read("https://Sistema.Example:443/hooks/ayni?key=1&b=2")
    assert (found.secure, found.host, found.port, found.target) == (
        True, "sistema.example", 443, "/hooks/ayni?key=1&b=2",
    )
    assert addresses.read("https://sistema.example").target == "/"


def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """A resolver that answers so, in turn; which names it was asked for."""
    asked, left = [], list(answers)

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
                for one in left.pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


@pytest.mark.parametrize("found", [["127.0.0.1"], ["10.1.2.3"], ["8.8.8.8", "169.254.169.254"], ["fd00:ec2::254"]])
def test_a_name_that_leads_inside_is_not_followed(monkeypatch: pytest.MonkeyPatch, found: list[str]) -> None:
    names(monkeypatch, found)
    address = addresses.read("https://sistema.example/")
    with pytest.raises(AddressError) as error:
        addresses.resolve(address)
    assert error.value.kind == "private"


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "localhost", "017700000001"])
def test_numbers_written_otherwise_are_found_out(host: str) -> None:
    with pytest.raises(AddressError) as error:
        addresses.resolve(addresses.read(f"https://{host}/"))
    assert error.value.kind in {"private", "name"}


def test_the_number_that_was_checked_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that means something else the next time it is asked for."""
    asked = names(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    went: list[Any] = []

    def connect(where: Any, *_: Any, **__: Any) -> Any:
        went.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    assert sending.post(addresses.read("https://sistema.example/"), b"{}", {}).result == "unreachable"
    assert (asked, went) == (["sistema.example"], [("8.8.8.8", 443)])


def test_a_name_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert sending.post(addresses.read("https://sistema.example/"), b"{}", {}) == Answer("name", 0)


def test_a_message_to_this_machine_is_not_sent(there: Receiver, hooked: Hooked, work: Work, local: Any) -> None:
    """What was allowed when it was registered is asked again each time."""
    hook = hooked(there.address.replace("127.0.0.1", "localhost"))
    object.__setattr__(local.config["SETTINGS"], "webhook_local", False)
    hook.test()
    work()
    (message,) = hook.messages()
    assert (there.got, message.tries[0]["result"]) == ([], "address")


def ask(there: Receiver) -> str:
    return sending.post(addresses.read(there.address, local=True), b"{}", {"webhook-id": "x"}, local=True).result


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(there: Receiver, status: int) -> None:
    there.answers = [(status, {"Location": there.address}, b""), (204, {}, b"")]
    assert ask(there) == str(status)
    assert len(there.got) == 1


def test_no_proxy_of_the_environment_is_asked(there: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    assert ask(there) == "204"


def test_of_a_large_answer_little_is_read(there: Receiver) -> None:
    there.answers = [(200, {}, b"x" * (64 * 1024 * 1024))]
    assert ask(there) == "200"


@contextmanager
def raw(serve: Callable[[socket.socket], None]) -> Iterator[Receiver]:
    """A server that speaks as it likes, to one caller."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def once() -> None:
            caller, _ = server.accept()
            with caller, suppress(OSError):  # it was cut off
                serve(caller)

        threading.Thread(target=once, daemon=True).start()
        yield Receiver(f"http://127.0.0.1:{server.getsockname()[1]}/")


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 two hundred\r\n\r\n", b"x" * 70_000])
def test_what_is_no_answer_is_told(said: bytes) -> None:
    def speak(caller: socket.socket) -> None:
        caller.recv(65536)
        caller.sendall(said)

    with raw(speak) as there:
        assert ask(there) in {"protocol", "unreachable"}


def test_who_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "TIMEOUT", 0.2)
    ended = threading.Event()
    with raw(lambda caller: ended.wait() and None) as there:
        assert ask(there) == "timeout"
        ended.set()


def test_who_says_a_little_again_and_again_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "DEADLINE", 0.4)
    ended = threading.Event()

    def trickle(caller: socket.socket) -> None:
        caller.sendall(b"HTTP/1.1 200 OK\r\n")
        while not ended.wait(0.05):
            caller.sendall(b"x")

    with raw(trickle) as there:
        assert ask(there) == "timeout"
        ended.set()


def test_over_https_the_certificate_must_be_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good, other = (receiver.certificate(tmp_path, name) for name in ("localhost", "sistema.example"))
    with receiver.listening(good) as there, receiver.listening(other) as wrong:
        assert ask(there) == "certificate"  # nobody vouches for it
        monkeypatch.setenv("SSL_CERT_FILE", str(good[0]))
        assert ask(there) == "204"
        monkeypatch.setenv("SSL_CERT_FILE", str(other[0]))
        assert ask(wrong) == "certificate"  # it is another's
        assert (len(there.got), len(wrong.got)) == (1, 0)


def test_who_expects_https_and_finds_none_is_told(there: Receiver) -> None:
    there.address = there.address.replace("http://", "https://")
    assert ask(there) == "certificate"


def test_how_a_failure_looks_to_who_administers(hooked: Hooked, work: Work) -> None:
    hook: Hook = hooked("http://127.0.0.1:9/")
    hook.test()
    work()
    (message,) = hook.messages()
    assert set(message.tries[0]) == {"at", "result", "ms"}
    assert message.tries[0]["result"] == "unreachable"
