"""Families and providers from a file: `examine` finds out what it would do, `carry_out` does it.

The steps go through the same services as the forms: `intakes` and `providers`. Families come as drafts, whatever they
hold: sending a case means that a person answered whether it is a duplicate, and no file can. Providers come as
applicants: vetting is done in the portal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from portal.errors import ConflictError, Refusal
from portal.extensions import db
from portal.policy import Actor, Permission, require
from portal.services.imports import columns, families, providers, sheet, writing
from portal.services.imports.columns import EXAMPLE
from portal.services.imports.plan import Plan
from portal.services.imports.problems import Problem, UnreadableError
from portal.services.imports.spoken import Spoken

PLANS = {columns.FAMILIES: families.plan, columns.PROVIDERS: providers.plan}
KEYS = {columns.FAMILIES: "family_ref", columns.PROVIDERS: "provider_ref"}


def examine(actor: Actor, spoken: Spoken, data: bytes, most_rows: int = sheet.MOST_ROWS) -> Plan:
    """What a file of this kind would do to the NGO at work.

    Nothing is written; a file that cannot be read has one fault. What is wrong names a column as the file does.
    """
    require(actor, Permission.DATA_IMPORT)
    kind = spoken.kind
    try:
        found = sheet.read(data, spoken, most_rows)
    except UnreadableError as error:
        return Plan(kind, faults=(error.problem,), bad=1)
    notices = list(found.notices)
    examples = [line for line in found.lines if line.cells.get(KEYS[kind]) == EXAMPLE]
    if examples:
        notices.append(Problem(examples[0].number, KEYS[kind], "example_row"))
    rows = [columns.read(line, spoken) for line in found.lines if line not in examples]
    return _named(PLANS[kind](rows, list(found.faults), notices), found.titles, spoken)


def _named(plan: Plan, written: Mapping[str, str], spoken: Spoken) -> Plan:
    """The plan with the file's own titles; a column it lacks is named as it names the others, by title or by code."""
    lacking = {} if all(name in spoken.titles for name in written.values()) else spoken.titles
    titles = {**{name: str(title) for name, title in lacking.items()}, **written}

    def named(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
        return tuple(replace(one, column=titles.get(one.column, one.column)) for one in problems)

    return replace(plan, faults=named(plan.faults), notices=named(plan.notices))


def carry_out(actor: Actor, plan: Plan, worker: UUID | None = None, only_good: bool = False) -> dict[str, int]:
    """Do what the plan says. Returns its counts.

    `worker` answers for the families that are made. Raises ConflictError, with nothing written, when lines are bad and
    `only_good` was not asked for; InvalidInputError when something came between the plan and this.
    """
    require(actor, Permission.DATA_IMPORT)
    if plan.bad and not only_good:
        raise ConflictError("import_has_faults", [Refusal("import_has_faults")])
    writing.write(actor, plan, worker)
    db.session.flush()
    return plan.counts()
