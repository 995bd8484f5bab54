"""What proposals, requests and checklists say of people is sealed. A kept answer names the families it tells of, and a
case is the duplicate of one that there is."""

import sqlalchemy as sa
from alembic import op

from migrations import sealing
from migrations.isolation import each_tenant, on_postgresql
from migrations.sealing import Field

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

FIELDS = {Field(table, "note", "note_sealed"): longest for table, longest in (
    ("proposal", 2000), ("information_request", 1000), ("vetting_item", 1000),
)}
ASKED = sa.table(
    "information_request", sa.column("id", sa.Uuid()), sa.column("tenant_id", sa.Uuid()), sa.column("note", sa.Text()),
    sa.column("items", sa.JSON()),
)
UNKNOWN = "NOT EXISTS (SELECT 1 FROM family WHERE id = NEW.duplicate_of_id AND tenant_id = NEW.tenant_id)"
REFUSED = "no such case to be a duplicate of"
FUNCTION = f"""
CREATE FUNCTION refuse_unknown_duplicate() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF {UNKNOWN} THEN RAISE EXCEPTION '{REFUSED}'; END IF;
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    if on_postgresql():
        op.alter_column("information_request", "note", type_=sa.Text())
    _say_all_in_the_note()
    op.drop_column("information_request", "items")
    for field in FIELDS:
        op.add_column(field.table, sa.Column(field.sealed, sa.Text(), nullable=True))
        sealing.seal(field)
        op.drop_column(field.table, field.plain)
    op.add_column("kept_answer", sa.Column("told_of", sa.JSON(), nullable=False, server_default="[]"))
    _refuse_unknown_duplicates()


def downgrade() -> None:
    if on_postgresql():
        op.execute("DROP TRIGGER duplicate_of_a_case ON family")
        op.execute("DROP FUNCTION refuse_unknown_duplicate()")
    else:
        for moment in ("insert", "update"):
            op.execute(f"DROP TRIGGER duplicate_of_a_case_{moment}")
    op.drop_column("kept_answer", "told_of")
    op.add_column("information_request", sa.Column("items", sa.JSON(), nullable=False, server_default="[]"))
    for field, longest in FIELDS.items():
        wide = sa.Text() if on_postgresql() else sa.String(longest)
        op.add_column(field.table, sa.Column(field.plain, wide, nullable=False, server_default=""))
        sealing.unseal(field)
        op.drop_column(field.table, field.sealed)
    _list_what_the_note_asks()
    for field, longest in FIELDS.items():
        if on_postgresql():
            op.alter_column(field.table, field.plain, type_=sa.String(longest))


def _say_all_in_the_note() -> None:
    """What was asked for is what people read: the note says it, one thing a line."""
    for tenant in each_tenant():
        found = op.get_bind().execute(sa.select(ASKED).where(ASKED.c.tenant_id == tenant)).all()
        for row in found:
            if row.items and row.items != _lines(row.note):
                _write(row.id, note="\n".join(row.items))


def _list_what_the_note_asks() -> None:
    for tenant in each_tenant():
        for row in op.get_bind().execute(sa.select(ASKED).where(ASKED.c.tenant_id == tenant)).all():
            _write(row.id, items=_lines(row.note), note=row.note[:1000])


def _write(row: object, **values: object) -> None:
    op.execute(ASKED.update().where(ASKED.c.id == row).values(**values))


def _lines(note: str) -> list[str]:
    return [line.strip() for line in note.splitlines() if line.strip()]


def _refuse_unknown_duplicates() -> None:
    """As a composite key of the table to itself would: SQLite takes none by ALTER."""
    if on_postgresql():
        op.execute(FUNCTION)
        op.execute(
            "CREATE CONSTRAINT TRIGGER duplicate_of_a_case AFTER INSERT OR UPDATE OF duplicate_of_id ON family "
            "FOR EACH ROW WHEN (NEW.duplicate_of_id IS NOT NULL) EXECUTE FUNCTION refuse_unknown_duplicate()"
        )
        return
    for moment, statement in (("insert", "INSERT"), ("update", "UPDATE OF duplicate_of_id")):
        op.execute(
            f"CREATE TRIGGER duplicate_of_a_case_{moment} BEFORE {statement} ON family "
            f"WHEN NEW.duplicate_of_id IS NOT NULL AND {UNKNOWN} BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
        )
