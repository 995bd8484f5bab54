"""What a proxy says of a visitor counts as often as there are proxies, and what a visitor says of itself never."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask, request

from tests.ground import opened

WRITTEN = {
    "X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example",
}


def seen(app: Flask, hops: int) -> tuple[str | None, str, str]:
    """(address, scheme, host) of a request, as the portal takes it behind so many proxies."""
    found: list[tuple[str | None, str, str]] = []
    with opened(dataclasses.replace(app.config["SETTINGS"], proxy_hops=hops)) as apart:
        apart.before_request_funcs.setdefault(None, []).insert(
            0, lambda: found.append((request.remote_addr, request.scheme, request.host))
        )
        assert apart.test_client().get("/login", headers=WRITTEN).status_code == 200
    return found[0]


@pytest.mark.parametrize(("hops", "address", "scheme"), [
    (0, "127.0.0.1", "http"), (1, "198.51.100.7", "https"), (2, "203.0.113.9", "http"),
])
def test_a_visitor_is_who_the_proxies_say(app: Flask, hops: int, address: str, scheme: str) -> None:
    assert seen(app, hops) == (address, scheme, "localhost")
