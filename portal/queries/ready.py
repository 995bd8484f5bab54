"""Is the database there, and does its schema fit this program? Are the secrets there?"""

from __future__ import annotations

from functools import cache

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


def writes() -> bool:
    """Does it write, too? A replica that nobody promoted yet does not."""
    with database.reading(), db.engine.connect() as connection:
        connection.scalar(select(literal(1)))
        return not database.only_reads(connection)


def is_migrated() -> bool:
    """Is the schema at the newest revision of this program, or past it?

    A revision that this program does not know is of a newer one. A migration only adds, so the program before it goes
    on: while an upgrade replaces the processes one by one, and after they were put back.
    """
    with database.reading(), db.engine.connect() as connection:
        found = set(MigrationContext.configure(connection).get_current_heads())
    return bool(found) and not found & _older()


@cache
def _older() -> frozenset[str]:
    """The revisions that lead to the newest of this program."""
    script = ScriptDirectory(MIGRATIONS)
    return frozenset(one.revision for one in script.walk_revisions()) - frozenset(script.get_heads())


def has_secrets() -> bool:
    """Is every secret there?"""
    settings = current_app.config["SETTINGS"]
    return all(getattr(settings, name.lower()) for name in SECRETS)


def init_app(app: Flask) -> None:
    """Ask these four. Without writes pages are still read, so that a process goes on."""
    for part, probe in (("database", answers), ("schema", is_migrated), ("secrets", has_secrets)):
        readiness.register(app, part, probe)
    readiness.register(app, "writes", writes, needed=False)
