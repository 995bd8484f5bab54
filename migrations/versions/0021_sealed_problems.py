"""What is wrong, as a follow-up finds it, is sealed as its note is, and no longer one of the coded answers."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from migrations import sealing
from migrations.isolation import each_tenant
from migrations.sealing import Field

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

FIELD = Field("follow_up", "problem", "problem_sealed")
ANSWERED = sa.table(
    "follow_up", sa.column("id", sa.Uuid()), sa.column("tenant_id", sa.Uuid()), sa.column("answers", sa.JSON()),
    sa.column("problem", sa.Text()),
)


def upgrade() -> None:
    _add(FIELD.plain, nullable=False, server_default="")
    _add(FIELD.sealed, nullable=True)
    for row in _rows():
        if "problem" in row.answers:
            coded = {name: answer for name, answer in row.answers.items() if name != "problem"}
            _write(row, answers=coded, problem=row.answers["problem"] or "")
    sealing.seal(FIELD)
    op.drop_column(FIELD.table, FIELD.plain)


def downgrade() -> None:
    _add(FIELD.plain, nullable=False, server_default="")
    sealing.unseal(FIELD)
    for row in _rows():
        if row.problem:
            _write(row, answers={**row.answers, "problem": row.problem})
    for name in (FIELD.plain, FIELD.sealed):
        op.drop_column(FIELD.table, name)


def _add(name: str, **how: object) -> None:
    op.add_column(FIELD.table, sa.Column(name, sa.Text(), **how))


def _rows() -> Iterator[sa.Row]:
    """Every follow-up, its NGO at work while it is handled."""
    for tenant in each_tenant():
        yield from op.get_bind().execute(sa.select(ANSWERED).where(ANSWERED.c.tenant_id == tenant)).all()


def _write(row: sa.Row, **values: object) -> None:
    op.execute(ANSWERED.update().where(ANSWERED.c.id == row.id).values(**values))
