"""What every test of the portal stands on: an application on a real database, two NGOs, their people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from portal import create_app
from portal.commands.installation import new_secrets
from portal.config import Settings
from portal.extensions import db


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    instance: Path = tmp_path_factory.mktemp("instance")
    return Settings.from_environment({
        "APP_ENV": "test", "INSTANCE_PATH": str(instance), "INSECURE_COOKIES": "1", **new_secrets(),
    })


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    with app.app_context():
        db.create_all()
    return app
