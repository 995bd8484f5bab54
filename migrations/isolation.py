"""The database's own layer of tenancy: row-level security on PostgreSQL, triggers on SQLite. One call for a new table.

Migrations that ran keep what they made: a change here is for tables to come, and needs a migration for those there are.
"""

from collections.abc import Iterator
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.engine import make_url

from portal import tenancy

TENANT = sa.table("tenant", sa.column("id", sa.Uuid()))
AT_WORK = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"
REFUSED = "SELECT RAISE(ABORT, 'row of another tenant')"
ROWS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}  # what each statement reads or writes


def protect(table: str) -> None:
    """A new table of the NGOs: the application has every right in it, over the rows of the NGO at work alone."""
    isolate(table)
    grant(f"SELECT, INSERT, UPDATE, DELETE ON {table}")


def isolate(table: str) -> None:
    """Only rows of the NGO at work can be read or written. Dropping the table takes this with it."""
    if on_postgresql():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON {table} USING ({AT_WORK}) WITH CHECK ({AT_WORK})")
        return
    for moment, rows in ROWS.items():
        foreign = " OR ".join(f"{row}.tenant_id IS NOT current_tenant()" for row in rows)
        op.execute(
            f"CREATE TRIGGER tenant_{moment.lower()}_{table} BEFORE {moment} ON {table} "
            f"WHEN {foreign} BEGIN {REFUSED}; END"
        )


def release(table: str) -> None:
    """What `isolate` made is gone, and the table stays."""
    if on_postgresql():
        op.execute(f"DROP POLICY tenant ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        return
    for moment in ROWS:
        op.execute(f"DROP TRIGGER tenant_{moment.lower()}_{table}")


def each_tenant() -> Iterator[UUID]:
    """Each NGO in turn, at work on the migration's connection: its policies and triggers hold for the owner too."""
    for tenant in op.get_bind().scalars(sa.select(TENANT.c.id)).all():
        with tenancy.acting_for(tenant):
            _announce(str(tenant))
            yield tenant
    _announce("")


def _announce(tenant: str) -> None:
    if on_postgresql():
        op.execute(sa.select(sa.func.set_config("app.tenant_id", tenant, True)))


def grant(rights: str) -> None:
    """Rights for the application's role, where it is not the owner of the tables."""
    role = application_role()
    if role:
        op.execute(f'GRANT {rights} TO "{role}"')


def application_role() -> str | None:
    """The application's role, None where the application is the owner or the database has no roles."""
    settings = current_app.config["SETTINGS"]
    role, owner = (make_url(url).username for url in (settings.database_url, settings.owner_database_url))
    return role if role != owner else None


def on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
