"""What a database says of itself, asked in one snapshot: tables, rows, the ends of the trails, the uploads it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Connection, column, func, inspect, select, table

from portal.backups.faults import BackupError

REVISION = "alembic_version"  # made by the migrations, so never copied


@dataclass
class Facts:
    """Counts and names of one snapshot."""

    rows: dict[str, int] = field(default_factory=dict)  # table → rows
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)  # NGO → last entry of its trail
    masters: set[str] = field(default_factory=set)  # ids of the master keys in use
    documents: set[str] = field(default_factory=set)  # `<NGO>/<document>` of each upload a row names

    def add(self, connection: Connection, tables: list[str]) -> None:
        """Take in what the connection sees of these tables now."""
        for name in tables:
            count = connection.scalar(select(func.count()).select_from(table(name))) or 0
            self.rows[name] = self.rows.get(name, 0) + count
        if "audit_head" in tables:
            found = _columns(connection, "audit_head", "tenant_id", "number", "hash")
            self.heads |= {_id(tenant): (number, last) for tenant, number, last in found}
        if "tenant_key" in tables:
            self.masters |= {master for (master,) in _columns(connection, "tenant_key", "master")}
        if "document" in tables:
            found = _columns(connection, "document", "tenant_id", "id")
            self.documents |= {f"{_id(tenant)}/{_id(document)}" for tenant, document in found}

    def refuse_difference(self, rows: Mapping[str, int]) -> None:
        """Raise BackupError naming the first table whose rows are not those that were counted."""
        for name in sorted({*self.rows, *rows}):
            if self.rows.get(name) != rows.get(name):
                raise BackupError(f"the restored {name} has {self.rows.get(name)} rows instead of {rows.get(name)}")


def _columns(connection: Connection, name: str, *columns: str) -> list[tuple]:
    return [tuple(row) for row in connection.execute(select(*map(column, columns)).select_from(table(name)))]


def _id(value: object) -> str:
    """An id as the folders of the uploads write it, whichever way the database keeps it."""
    return str(UUID(str(value)))


def tables(connection: Connection) -> dict[str, list[str]]:
    """Table → its columns, each table after those it refers to."""
    found = inspect(connection)
    names = [name for name, _ in found.get_sorted_table_and_fkc_names() if name and name != REVISION]
    return {name: [one["name"] for one in found.get_columns(name)] for name in names}


def revision(connection: Connection) -> str:
    """The schema's revision; "" where no migration ever ran."""
    if not inspect(connection).has_table(REVISION):
        return ""
    return connection.scalar(select(column("version_num")).select_from(table(REVISION))) or ""
