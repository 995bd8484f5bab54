"""What every attack stands on: the other NGO full of canaries, and clients that watch for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from flask import Flask

from portal import tenancy
from tests.attack import canary
from tests.attack.canary import Watched
from tests.ground import OPERATOR, Ngo
from tests.portal.worlds import Browser, World


@pytest.fixture
def victim(app: Flask, wasi: Ngo) -> dict[str, list[UUID]]:
    """The other NGO at work: the ids of every row it has, by table. Clients made from now on are watched."""
    planted = canary.plant(app, wasi)
    app.test_client_class = type("Watching", (Watched,), {"victim": wasi})
    return planted


@pytest.fixture
def person(app: Flask, victim: dict[str, list[UUID]]) -> Callable[[str], Browser]:
    """Somebody of the first NGO, or the platform's operator, logged in and watched."""

    def log_in(role: str) -> Browser:
        return Browser(app, OPERATOR if role == "operator" else f"{role}@semilla.example")

    return log_in


@pytest.fixture
def own(app: Flask, semilla: Ngo) -> World:
    """The first NGO."""
    return World(semilla)


@pytest.fixture
def filled(app: Flask, victim: dict[str, list[UUID]], semilla: Ngo) -> None:
    """The first NGO has a row in each table too."""
    with app.app_context(), tenancy.acting_for(semilla.id):
        canary.fill(semilla)


@pytest.fixture
def at_work(app: Flask, victim: dict[str, list[UUID]], semilla: Ngo) -> Iterator[Ngo]:
    """Inside the first NGO, without the web."""
    with app.app_context(), tenancy.acting_for(semilla.id):
        yield semilla
