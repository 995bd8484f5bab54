"""How Alembic reaches the database: as its owner, in one transaction for all the steps."""

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, pool

from portal.columns import UTCDateTime
from portal.extensions import db


def render(kind: str, column_type: object, _: object) -> str | bool:
    """A migration names the database's own types, so that it never changes with the code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(column_type, UTCDateTime) else False


def run() -> None:
    settings = current_app.config["SETTINGS"]
    engine = create_engine(settings.owner_database_url, poolclass=pool.NullPool, hide_parameters=True)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=db.metadata, compare_type=True, render_item=render)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


run()
