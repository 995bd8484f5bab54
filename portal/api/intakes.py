"""The way of a case to the supervisor: its children, what the family allows, and sending it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import g, url_for
from flask_babel import lazy_gettext as _l

from portal import audit
from portal.api import repeats, versions
from portal.api.families import ONE, WHOLE
from portal.api.interface import Needs, Resource
from portal.api.shapes import consents
from portal.api.shapes import families as shapes
from portal.api.shapes.forms import checked, filled
from portal.errors import NotFoundError
from portal.extensions import db
from portal.forms.family import ChildForm, ConsentForm
from portal.models import Child, Family
from portal.policy import Permission
from portal.queries import families as queries
from portal.services import duplicates, intakes, told
from portal.views.base import load

resource = Resource("api-intakes", __name__, url_prefix="/api/v1/families", description=_l("La ficha de una familia"))
READ = Needs(Permission.FAMILY_READ, "read:families")
EDIT = Needs(Permission.FAMILY_EDIT, "write:families")
CHILD = f"{ONE}/children/<uuid:child_id>"
OPEN = tuple(name for name in shapes.CHILD if name not in ChildForm.SEALED)


@resource.at(f"{ONE}/children", EDIT, _l("Añadir una niña o un niño"), "POST")
@repeats.once
@resource.arguments(shapes.NewChild)
@resource.tells(shapes.ChildShape, 201)
def add_child(given: dict[str, Any], family_id: UUID) -> tuple[Child, dict[str, str]]:
    """One more child of the case."""
    family = load(Family, family_id, Permission.FAMILY_EDIT, *WHOLE)
    child = intakes.save_child(g.actor, family, None, checked(ChildForm, given))
    db.session.flush()
    audit.record("read", family)
    return child, {"Location": url_for("api-intakes.child", family_id=family.id, child_id=child.id)}


@resource.at(CHILD, READ, _l("Una niña o un niño, con el horario que necesita"))
@resource.tells(shapes.ChildShape)
def child(family_id: UUID, child_id: UUID) -> Child:
    """One child; the trail notes that its family was read."""
    family = load(Family, family_id, Permission.FAMILY_READ, *WHOLE)
    found = _child(family, child_id)
    audit.record("read", family)
    return found


@resource.at(CHILD, EDIT, _l("Cambiar datos de una niña o un niño"), "PATCH")
@versions.guarded
@resource.arguments(shapes.ChildChange)
@resource.tells(shapes.ChildShape)
def change_child(given: dict[str, Any], family_id: UUID, child_id: UUID) -> Child:
    """Made for the child as If-Match names it; what is left out stays."""
    _hold(family_id)
    family = load(Family, family_id, Permission.FAMILY_EDIT, *WHOLE)
    found = _child(family, child_id)
    versions.expect(shapes.ChildShape, found)
    if given:
        now = {name: getattr(found, name) for name in OPEN}
        intakes.save_child(g.actor, family, found, checked(ChildForm, {**now, **given}))
        db.session.flush()
    audit.record("read", family)
    return found


@resource.at(f"{ONE}/consents", READ, _l("Todo lo que la familia aceptó, rechazó o retiró"))
@resource.tells(consents.ConsentHistory)
def consents_of(family_id: UUID) -> dict[str, Any]:
    """By purpose, with the text they were read; the trail notes that the family was read."""
    family = load(Family, family_id, Permission.FAMILY_READ, *WHOLE)
    audit.record("read", family)
    return consents.told(family)


@resource.at(f"{ONE}/consents", EDIT, _l("Registrar qué acepta la familia y qué no"), "POST")
@repeats.once
@resource.arguments(shapes.Consents)
@resource.tells(shapes.FamilyShape)
def consent(given: dict[str, Any], family_id: UUID) -> Family:
    """A new answer for each purpose that is named; those before stay in the case's history."""
    family = load(Family, family_id, Permission.FAMILY_EDIT, *WHOLE)
    said = {purpose: "yes" if answer else "no" for purpose, answer in given["answers"].items()}
    form = filled(ConsentForm, {**said, **{name: given[name] for name in shapes.GIVEN}})
    answered = replace(form.given(), text_version=given["text_version"])
    intakes.record_consent(g.actor, family, form.answers(), answered)
    return _anew(family)


@resource.at(f"{ONE}/duplicates", READ, _l("Las familias que pueden ser la misma, y en qué se parecen"))
@resource.tells(shapes.Duplicates)
def alike(family_id: UUID) -> dict[str, Any]:
    """Those the person may read. A case is sent once somebody has said of each that it is another family."""
    family = load(Family, family_id, Permission.FAMILY_READ, *WHOLE)
    audit.record("read", family)
    found = queries.alike(g.actor, family)
    return {"items": [{**vars(one), "answered": one.said is not None} for one in found]}


@resource.at(f"{ONE}/duplicates", EDIT, _l("Decir si es otra familia o la misma"), "POST")
@repeats.once
@resource.arguments(shapes.SaidOfAlike)
@resource.tells(shapes.FamilyShape)
def say_of_alike(given: dict[str, Any], family_id: UUID) -> Family:
    """Of one of those alike, after a person looked. The same family: the draft is closed, the other case goes on."""
    family = load(Family, family_id, Permission.FAMILY_EDIT, *WHOLE)
    if given["same"]:
        duplicates.close(g.actor, family, given["family_id"])
    else:
        duplicates.tell_apart(g.actor, family, [given["family_id"]])
    return _anew(family)


@resource.at(
    f"{ONE}/submit", Needs(Permission.INTAKE_SUBMIT, "write:families"), _l("Enviar el caso a supervisión"), "POST"
)
@repeats.once
@versions.guarded
@resource.arguments(shapes.Submission, required=False)
@resource.tells(shapes.FamilyShape)
def submit(given: dict[str, Any], family_id: UUID) -> Family:
    """A draft, or a case that was asked for information. Refused with a reason for each thing that is missing."""
    family = load(Family, family_id, Permission.INTAKE_SUBMIT, *WHOLE)
    versions.expect(shapes.FamilyShape, family)
    told.not_needed(g.actor, family, given["not_needed"])
    intakes.submit(g.actor, family)
    return _anew(family)


def _child(family: Family, child_id: UUID) -> Child:
    found = next((one for one in family.children if one.id == child_id), None)
    if found is None:
        raise NotFoundError
    return found


def _hold(family_id: UUID) -> None:
    """Let changes to a case's children follow each other: a child has no version of its own in the database."""
    db.session.get(Family, family_id, with_for_update={"key_share": True})


def _anew(family: Family) -> Family:
    """The case as it is read from now on; the trail notes that it was told."""
    db.session.flush()
    db.session.refresh(family)
    audit.record("read", family)
    return family
