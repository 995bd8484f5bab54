"""Doors of the portal: forms sent as their pages show them, by somebody who may not be logged in."""

from __future__ import annotations

import re
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from tests.ground import PASSWORD

HIDDEN = re.compile(r'type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"')


def form(client: FlaskClient, url: str) -> dict[str, str]:
    """The hidden fields of a page."""
    text = client.get(url).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text)
    return {**dict(HIDDEN.findall(text)), "csrf_token": token[1] if token else ""}


def send(client: FlaskClient, url: str, page: str = "", **data: Any) -> Any:
    """Send the form of a page."""
    return client.post(url, data={**form(client, page or url), **data})


def log_in(client: FlaskClient, email: str, password: str = PASSWORD) -> Any:
    """What the login answers."""
    return send(client, "/login", email=email, password=password)


def mails(folder: Path) -> list[str]:
    """The texts of the mails sent, oldest first."""
    parse = BytesParser(policy=policy.default).parsebytes
    return [str(parse(path.read_bytes()).get_content()) for path in sorted((folder / "mail").glob("*.eml"))]
