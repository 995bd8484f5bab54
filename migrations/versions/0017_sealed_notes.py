"""The notes of moves and of follow-ups are sealed: they may say what happened to a child.

A move is still only ever added. The one change that the database lets pass is its note sealed again under a newer key.
"""

import sqlalchemy as sa
from alembic import op

from migrations import sealing
from migrations.isolation import grant, on_postgresql
from migrations.sealing import Field

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

FIELDS = (Field("transition", "note", "note_sealed"), Field("follow_up", "note", "note_sealed"))
KEPT = ("id", "tenant_id", "flow", "subject_id", "action", "before", "after", "actor_id", "actor_name", "at", "reason")
FUNCTION = """
CREATE FUNCTION refuse_all_but_a_newer_seal() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - 'note_sealed' = to_jsonb(NEW) - 'note_sealed'
    AND split_part(NEW.note_sealed, '.', 1)::integer > split_part(OLD.note_sealed, '.', 1)::integer
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME;
END $$
"""
NUMBER = "CAST(substr({0}.note_sealed, 1, instr({0}.note_sealed, '.') - 1) AS INTEGER)"
REFUSED = "BEGIN SELECT RAISE(ABORT, 'rows are only ever added'); END"


def upgrade() -> None:
    for field in FIELDS:
        op.add_column(field.table, sa.Column(field.sealed, sa.Text(), nullable=True))
    _let_go()
    for field in FIELDS:
        sealing.seal(field)
        op.drop_column(field.table, field.plain)
    if on_postgresql():
        op.execute(FUNCTION)
        _trigger("refuse_all_but_a_newer_seal")
    else:
        same = " AND ".join(f'OLD."{name}" IS NEW."{name}"' for name in KEPT)
        newer = f"{NUMBER.format('NEW')} > {NUMBER.format('OLD')}"
        op.execute(
            f"CREATE TRIGGER append_only_update_transition BEFORE UPDATE ON transition "
            f"WHEN ({same} AND {newer}) IS NOT TRUE {REFUSED}"
        )
    grant("UPDATE (note_sealed) ON transition")


def downgrade() -> None:
    for field in FIELDS:
        op.add_column(field.table, sa.Column(field.plain, sa.String(2000), nullable=False, server_default=""))
    _let_go()
    for field in FIELDS:
        sealing.unseal(field)
        op.drop_column(field.table, field.sealed)
    if on_postgresql():
        op.execute("DROP FUNCTION refuse_all_but_a_newer_seal()")
        _trigger("refuse_change")
    else:
        op.execute(f"CREATE TRIGGER append_only_update_transition BEFORE UPDATE ON transition {REFUSED}")


def _let_go() -> None:
    """Moves can be written until the next trigger is made."""
    if on_postgresql():
        op.execute("DROP TRIGGER append_only ON transition")
    else:
        op.execute("DROP TRIGGER append_only_update_transition")


def _trigger(function: str) -> None:
    op.execute(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON transition FOR EACH ROW EXECUTE FUNCTION {function}()"
    )
