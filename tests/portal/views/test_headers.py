"""What every answer carries, and what no page may hold so that the content policy stays strict."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from tests.contract.test_policy import asked, ids
from tests.ground import OPERATOR, opened
from tests.portal.worlds import Browser

__all__ = ["ids"]
PEOPLE = ("caseworker@semilla.example", "supervisor@semilla.example", "ngo_admin@semilla.example", OPERATOR)
HANDLER = re.compile(r"<[^>]+\son[a-z]+\s*=", re.IGNORECASE)
INLINE_STYLE = re.compile(r"<[^>]+\sstyle\s*=", re.IGNORECASE)
ELEMENT = re.compile(r"<(script|style)\b([^>]*)>", re.IGNORECASE)


def pages(app: Flask, ids: dict, email: str) -> Iterator[tuple[str, object]]:
    person = Browser(app, email)
    for _, method, address in asked(app, ids):
        if method == "GET":
            answer = person.get(address)
            if answer.mimetype == "text/html":
                yield address, answer


@pytest.mark.parametrize("email", PEOPLE)
def test_no_page_needs_more_than_the_policy_allows(app: Flask, ids: dict, email: str) -> None:
    """Refusals and missing pages are pages too."""
    seen = 0
    for address, answer in pages(app, ids, email):
        seen += 1
        policy, text = answer.headers["Content-Security-Policy"], answer.text
        nonce = re.search(r"'nonce-([^']+)'", policy)
        assert nonce, address
        assert "unsafe" not in policy, address
        assert not HANDLER.search(text), address
        assert not INLINE_STYLE.search(text), address
        assert "javascript:" not in text, address
        for kind, attributes in ELEMENT.findall(text):
            assert f'nonce="{nonce[1]}"' in attributes or 'src="/' in attributes, f"{address} <{kind}{attributes}>"
    assert seen > 20


def test_a_nonce_is_used_once(app: Flask) -> None:
    client = app.test_client()
    policies = {client.get("/login").headers["Content-Security-Policy"] for _ in range(5)}
    assert len(policies) == 5


@pytest.mark.parametrize("address", ["/login", "/", "/families/", "/no-such-page", "/static/app.css", "/health"])
def test_every_answer_carries_the_headers(app: Flask, address: str) -> None:
    headers = app.test_client().get(address).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "object-src 'none'" in headers["Content-Security-Policy"]
    assert "base-uri 'none'" in headers["Content-Security-Policy"]


def test_pages_of_people_are_kept_by_no_browser(app: Flask) -> None:
    person = Browser(app, PEOPLE[0])
    for address in ("/", "/families/", "/search/"):
        assert person.get(address).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("secure", [True, False])
def test_encrypted_only_where_the_portal_is_encrypted(app: Flask, secure: bool) -> None:
    with opened(replace(app.config["SETTINGS"], secure_cookies=secure)) as apart:
        headers = apart.test_client().get("/login", base_url="https://127.0.0.1").headers
    assert ("Strict-Transport-Security" in headers) is secure


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:80", "localhost.evil", ""])
def test_a_forged_host_is_refused(app: Flask, host: str) -> None:
    answer = app.test_client().get("/login", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.text


def test_the_link_of_a_mail_does_not_follow_the_host(app: Flask, tmp_path: object) -> None:
    """A password link made from the Host header would send its token elsewhere."""
    client = app.test_client()
    headers = {"Host": "localhost:81", "X-Forwarded-Host": "evil.example"}
    page = client.get("/reset", headers=headers)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert token
    client.post("/reset", headers=headers, data={"csrf_token": token[1], "email": PEOPLE[0]})
    mails = list((tmp_path / "mail").glob("*.eml"))
    assert len(mails) == 1
    assert "evil" not in mails[0].read_text(encoding="utf-8")
