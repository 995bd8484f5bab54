"""The steps of an import, done through the services that the forms use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from portal.errors import InvalidInputError
from portal.models import Family, Provider
from portal.policy import Actor
from portal.services import intakes, providers
from portal.services.imports.columns import PROVIDERS
from portal.services.imports.plan import ALONE, Plan, Step

OF_THE_PLACE = ("ubigeo", "latitude", "longitude")


def write(actor: Actor, plan: Plan, worker: UUID | None) -> None:
    """Every step that changes something. Who may import was asked before this."""
    at_work = replace(actor, importing=True)
    do: Callable[[Actor, Step, UUID | None], None] = _provider if plan.kind == PROVIDERS else _family
    for step in plan.steps:
        if step.outcome != ALONE:
            do(at_work, step, worker)


def _family(actor: Actor, step: Step, worker: UUID | None) -> None:
    family = step.row if isinstance(step.row, Family) else _new_family(actor, step, worker)
    sections = step.sections
    if step.row is not None and sections["caregiver"]:
        intakes.save_caregiver(actor, family, family.main_caregiver, sections["caregiver"])
    if sections["home"]:
        intakes.save_home(actor, family, sections["home"])
    if sections["care"]:
        intakes.save_care(actor, family, sections["care"])
    for ref, child, fields in step.children:
        if fields:
            intakes.save_child(actor, family, child, fields).external_ref = ref
    if step.answers and step.given is not None:
        intakes.record_consent(actor, family, step.answers, step.given)


def _new_family(actor: Actor, step: Step, worker: UUID | None) -> Family:
    if worker is None:
        raise InvalidInputError("worker_missing", {"worker": ["worker_missing"]})
    family = intakes.create(actor, step.sections["caregiver"], str(step.sections["home"]["ubigeo"]), worker)
    family.external_ref = step.ref
    return family


def _provider(actor: Actor, step: Step, _: UUID | None) -> None:
    fields = step.sections["provider"]
    if isinstance(step.row, Provider):
        now = {name: getattr(step.row, name) for name in ("name", "kind", *OF_THE_PLACE)}
        if "ubigeo" in fields:  # another district: its centre, unless the file knows better
            now |= {"latitude": None, "longitude": None}
        providers.save(actor, step.row, {**now, **fields}, step.row.version)
    else:
        providers.create(actor, {**fields, "external_ref": step.ref})
