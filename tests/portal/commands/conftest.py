"""The command line on an installation of its own: the commands run here, in this process, as a person types them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from portal.cli import cli
from portal.config import Settings
from portal.extensions import db

Manage = Callable[..., Result]


def environment(settings: Settings) -> dict[str, str]:
    """The variables that make these settings."""
    return {
        "APP_ENV": settings.env, "INSTANCE_PATH": str(settings.instance), "DATABASE_URL": settings.database_url,
        "DATABASE_OWNER_URL": settings.owner_database_url, "SECRET_KEY": settings.secret_key,
        "PASSWORD_SALT": settings.password_salt, "AUDIT_KEY": settings.audit_key, "MASTER_KEYS": settings.master_keys,
        "INSECURE_COOKIES": "1",
    }


@pytest.fixture
def manage(app: Flask) -> Iterator[Manage]:
    """`manage("audit", "verify")`; named values change the environment."""

    def run(*arguments: str, **changed: str) -> Result:
        given = {**environment(app.config["SETTINGS"]), **changed}
        return CliRunner().invoke(cli, list(arguments), env=given)

    yield run
    with app.app_context():
        db.engine.dispose()
