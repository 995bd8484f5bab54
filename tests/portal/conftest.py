"""A world to make cases in, and browsers that are logged in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from portal import tenancy
from portal.extensions import db
from tests.ground import Ngo
from tests.portal.worlds import Browser, World


@pytest.fixture
def world(app: Flask, semilla: Ngo) -> Iterator[World]:
    """Inside `semilla`, without a browser."""
    with app.app_context(), tenancy.acting_for(semilla.id):
        yield World(semilla)


@pytest.fixture
def made(app: Flask, semilla: Ngo) -> Callable[[Callable[[World], Any]], str]:
    """Make a row inside `semilla` and leave it again: the row's id, for a browser."""

    def make(build: Callable[[World], Any]) -> str:
        with app.app_context(), tenancy.acting_for(semilla.id):
            return str(build(World(semilla)).id)

    return make


@pytest.fixture
def kept(app: Flask, semilla: Ngo) -> Callable[[type, str], Any]:
    """A row of `semilla` as it is in the database now."""

    def read(kind: type, row_id: str) -> Any:
        with app.app_context(), tenancy.acting_for(semilla.id):
            return db.session.get_one(kind, UUID(row_id))

    return read


@pytest.fixture
def log_in(app: Flask) -> Callable[..., Browser]:
    return lambda role, slug="semilla": Browser(app, f"{role}@{slug}.example")
