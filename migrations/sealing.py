"""Texts that a migration seals, or opens again: on its own connection, under the data keys of each NGO.

The program's session stays out of it: it knows the tables of the newest code, a migration those of its day.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

import sqlalchemy as sa
from alembic import op

from migrations.isolation import each_tenant
from portal import clock, crypto
from portal.columns import UTCDateTime

KEY = sa.table(
    "tenant_key", sa.column("id", sa.Uuid()), sa.column("tenant_id", sa.Uuid()), sa.column("purpose", sa.String()),
    sa.column("number", sa.Integer()), sa.column("master", sa.String()), sa.column("wrapped", sa.String()),
    sa.column("made_at", UTCDateTime()),
)


@dataclass(frozen=True)
class Field:
    """A text of a table: its column as it is read by everybody, and its column as it is sealed."""

    table: str
    plain: str
    sealed: str

    @property
    def rows(self) -> sa.TableClause:
        """The table, as far as it is touched."""
        return sa.table(
            self.table, sa.column("id", sa.Uuid()), sa.column("tenant_id", sa.Uuid()),
            sa.column(self.plain, sa.String()), sa.column(self.sealed, sa.Text()),
        )

    def place(self, tenant: UUID, row: UUID) -> crypto.Place:
        return crypto.Place(tenant, self.table, self.sealed, row)


def seal(field: Field) -> None:
    """Fill the sealed column from the plain one, which is left as it is. Both are there."""
    rows, bind = field.rows, op.get_bind()
    for tenant in each_tenant():
        found = bind.execute(
            sa.select(rows.c.id, rows.c[field.plain]).where(rows.c.tenant_id == tenant, rows.c[field.plain] != "")
        ).all()
        if found:
            newest = _newest(tenant)
            _write(rows, field.sealed, [
                (row, crypto.seal_under(newest, text.encode(), field.place(tenant, row))) for row, text in found
            ])


def unseal(field: Field) -> None:
    """The way back."""
    rows, bind = field.rows, op.get_bind()
    for tenant in each_tenant():
        keys = _keys(tenant)
        sealed = rows.c[field.sealed]
        found = bind.execute(sa.select(rows.c.id, sealed).where(rows.c.tenant_id == tenant, sealed.is_not(None))).all()
        _write(rows, field.plain, [
            (row, crypto.unseal_with(keys.__getitem__, text, field.place(tenant, row)).decode()) for row, text in found
        ])


def _write(rows: sa.TableClause, column: str, values: list[tuple[UUID, str]]) -> None:
    if values:
        written = sa.update(rows).where(rows.c.id == sa.bindparam("row")).values({column: sa.bindparam("text")})
        op.get_bind().execute(written, [{"row": row, "text": text} for row, text in values])


def _keys(tenant: UUID) -> dict[int, bytes]:
    """The data keys of an NGO, by number. Raises SealBrokenError when MASTER_KEYS does not open one."""
    found = sa.select(KEY).where(KEY.c.tenant_id == tenant, KEY.c.purpose == "data")
    return {row.number: crypto.keyring.unwrap(row) for row in op.get_bind().execute(found)}


def _newest(tenant: UUID) -> tuple[int, bytes]:
    """The newest one with its number; an NGO that never sealed anything gets its first."""
    keys = _keys(tenant)
    if not keys:
        row, keys[1] = crypto.keyring.fresh(tenant, "data", 1)
        op.get_bind().execute(sa.insert(KEY).values(id=uuid4(), made_at=clock.now(), **row))
    number = max(keys)
    return number, keys[number]
