"""A forgotten password: the same answer for everybody, a link that works once, and sessions that end."""

from __future__ import annotations

import re
from email import policy
from email.parser import BytesParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.ground import PASSWORD

NEW = "otra clave bien larga"


def send(client: FlaskClient, url: str, **data: str) -> str:
    """Fill in a form as the page shows it; what the browser then sees."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(url).text)
    answer = client.post(url, data={**data, "csrf_token": token[1] if token else ""}, follow_redirects=True)
    return answer.text


def links(folder: Path) -> list[str]:
    """The addresses in the mails, oldest first."""
    mails = [BytesParser(policy=policy.default).parsebytes(path.read_bytes()) for path in sorted(folder.glob("*.eml"))]
    return [found[0] for mail in mails if (found := re.search(r"https?://\S+/reset/\S+", str(mail.get_content())))]


@pytest.fixture
def link(app: Flask, tmp_path: Path) -> str:
    send(app.test_client(), "/reset", email="caseworker@semilla.example")
    return urlsplit(links(tmp_path / "mail")[0]).path


def test_the_answer_is_the_same_for_an_unknown_account(app: Flask, tmp_path: Path) -> None:
    known = send(app.test_client(), "/reset", email="caseworker@semilla.example")
    unknown = send(app.test_client(), "/reset", email="nobody@semilla.example")
    for page in (known, unknown):
        assert "Si ese correo tiene una cuenta" in page
    assert len(links(tmp_path / "mail")) == 1


def test_the_link_sets_a_password_once(app: Flask, link: str) -> None:
    send(app.test_client(), link, password=NEW, password_confirm=NEW)
    person = app.test_client()
    send(person, "/login", email="caseworker@semilla.example", password=NEW)
    assert person.get("/").status_code == 200
    again = app.test_client().get(link, follow_redirects=True).text
    assert "El enlace no vale o ya fue usado" in again


def test_a_new_password_ends_the_sessions_that_were_open(app: Flask, link: str) -> None:
    person = app.test_client()
    send(person, "/login", email="caseworker@semilla.example", password=PASSWORD)
    assert person.get("/").status_code == 200
    send(app.test_client(), link, password=NEW, password_confirm=NEW)
    assert person.get("/").status_code == 302


def test_a_cookie_sent_again_after_logout_is_refused(app: Flask) -> None:
    person = app.test_client()
    send(person, "/login", email="caseworker@semilla.example", password=PASSWORD)
    kept = person.get_cookie("ayni")
    page = person.get("/").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    person.post("/logout", data={"csrf_token": token[1] if token else ""})
    thief = app.test_client()
    thief.set_cookie("ayni", kept.value if kept else "")
    assert thief.get("/").status_code == 302
