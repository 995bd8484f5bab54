"""Programs of an NGO, one a role."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.ground import Ngo
from tests.programs import Program


@pytest.fixture
def program(app: Flask, semilla: Ngo) -> Program:
    """Works for the supervisor, with every scope."""
    return Program.of(app, semilla)


@pytest.fixture
def works_for(app: Flask, semilla: Ngo) -> Callable[..., Program]:
    """A program of somebody of the NGO: `works_for("caseworker", "read:families")`."""
    return lambda role, *scopes: Program.of(app, semilla, role, *([scopes] if scopes else []))
