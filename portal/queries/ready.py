"""Is the database there, and does its schema fit this program? Are the secrets there?"""

from __future__ import annotations

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from sqlalchemy import literal, select

from portal import database
from portal.config import MIGRATIONS, SECRETS
from portal.extensions import db
from portal.watching import readiness


def answers() -> bool:
    """Does the database answer?"""
    with database.reading(), db.engine.connect() as connection:
        return connection.scalar(select(literal(1))) == 1


def is_migrated() -> bool:
    """Is the schema at the newest revision of this program?"""
    wanted = set(ScriptDirectory(MIGRATIONS).get_heads())
    with database.reading(), db.engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == wanted


def has_secrets() -> bool:
    """Is every secret there?"""
    settings = current_app.config["SETTINGS"]
    return all(getattr(settings, name.lower()) for name in SECRETS)


def init_app(app: Flask) -> None:
    """Ask these three."""
    for part, probe in (("database", answers), ("schema", is_migrated), ("secrets", has_secrets)):
        readiness.register(app, part, probe)
