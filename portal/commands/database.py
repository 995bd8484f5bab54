"""`manage.py db`: the schema of the database."""

from __future__ import annotations

import click
import flask_migrate
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from portal import database, extensions
from portal.commands.installation import application
from portal.config import MIGRATIONS


@click.group()
def db() -> None:
    """Upgrade, downgrade or check the database."""


@db.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the schema up to REVISION (the newest)."""
    with application():
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


def _run(command, *arguments: str) -> None:
    try:
        command(MIGRATIONS, *arguments)
    except (CommandError, SQLAlchemyError) as error:
        raise click.ClickException(str(error).splitlines()[0]) from error
