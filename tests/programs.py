"""A program at work: a test client with a token instead of a cookie."""

from __future__ import annotations

import dataclasses
from typing import Any
from uuid import UUID

from flask import Flask
from werkzeug.test import TestResponse

from portal import tenancy
from portal.extensions import db
from portal.models.api_token import SCOPES
from portal.services import tokens
from tests.ground import Ngo

V1 = "/api/v1"


def token(app: Flask, ngo: Ngo, role: str, scopes: tuple[str, ...] = SCOPES, days: int = 30) -> tuple[UUID, str]:
    """(id, text) of a new token of a person of an NGO."""
    with app.app_context(), tenancy.acting_for(ngo.id):
        made, text = tokens.make(ngo.actor(role), "prueba", list(scopes), days)
        db.session.commit()
        return made.id, text


@dataclasses.dataclass(frozen=True)
class Program:
    """Asks below /api/v1 with a token."""

    app: Flask
    text: str

    @classmethod
    def of(cls, app: Flask, ngo: Ngo, role: str = "supervisor", scopes: tuple[str, ...] = SCOPES) -> Program:
        return cls(app, token(app, ngo, role, scopes)[1])

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, **sent: Any) -> TestResponse:
        given = {"Authorization": f"Bearer {self.text}", **(headers or {})}
        return self.app.test_client().open(f"{V1}{path}", method=method, headers=given, **sent)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.ask("GET", path, {name.replace("_", "-"): value for name, value in headers.items()})

    def post(self, path: str, body: Any, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", path, named, json=body)

    def patch(self, path: str, body: Any, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("PATCH", path, named, json=body)
