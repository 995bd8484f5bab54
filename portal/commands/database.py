"""`manage.py db`: the schema of the database."""

from __future__ import annotations

import click
import flask_migrate
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from portal import database, extensions
from portal.commands.installation import application
from portal.config import MIGRATIONS

NEWEST = "head"


@click.group()
def db() -> None:
    """Upgrade, downgrade or check the database."""


@db.command()
@click.argument("revision", default=NEWEST)
def upgrade(revision: str) -> None:
    """Bring the schema up to REVISION (the newest).

    A schema that a newer version made is left as it is, with a warning: a migration only adds, and so a version can be
    taken back while its schema stays.
    """
    with application():
        newer = _unknown()
        if newer and revision == NEWEST:
            click.echo(f"Warning: the schema is {newer}, which a newer version made. It stays as it is.", err=True)
            return
        _run(flask_migrate.upgrade, revision)
        database.take_stock(extensions.db.engine)  # a table that was made anew has lost its counts


@db.command()
@click.argument("revision", default="-1")
def downgrade(revision: str) -> None:
    """Take the schema back to REVISION (one step; `base` for an empty database)."""
    with application():
        _run(flask_migrate.downgrade, revision)


@db.command()
def check() -> None:
    """Fail when the models have something the migrations do not make."""
    with application():
        _run(flask_migrate.check)


def _unknown() -> str:
    """The revision the database is at, where no migration of this program makes it; "" otherwise."""
    engine = create_engine(current_app.config["SETTINGS"].owner_database_url, poolclass=NullPool)
    known = {one.revision for one in ScriptDirectory(MIGRATIONS).walk_revisions()}
    try:
        with engine.connect() as connection:
            heads = MigrationContext.configure(connection).get_current_heads()
    except SQLAlchemyError:
        return ""  # the upgrade itself says what is wrong
    return ", ".join(sorted(set(heads) - known))


def _run(command, *arguments: str) -> None:
    try:
        command(MIGRATIONS, *arguments)
    except (CommandError, SQLAlchemyError) as error:
        raise click.ClickException(str(error).splitlines()[0]) from error
