"""Families: the list, a new draft, one case, a change, and what is sealed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import selectinload

from portal import audit
from portal.api import paging, repeats, versions
from portal.api.interface import Needs, Resource
from portal.api.shapes import families as shapes
from portal.api.shapes.forms import checked, within
from portal.errors import ConflictError
from portal.extensions import db
from portal.forms.family import CareForm, ChildForm, HomeForm, NewFamilyForm
from portal.models import Family
from portal.policy import Permission
from portal.queries import families as queries
from portal.queries import programs
from portal.services import duplicates, intakes, reveals
from portal.views.base import load

WHOLE = (selectinload(Family.caregivers), selectinload(Family.children), selectinload(Family.consents))
resource = Resource("api-families", __name__, url_prefix="/api/v1/families", description=_l("Familias"))
ONE = "/<uuid:family_id>"


@resource.at("", Needs(Permission.FAMILY_LIST, "read:families"), _l("Las familias que la persona puede leer"))
@resource.arguments(shapes.FamilyListing, location="query")
@resource.response(200, shapes.FamilyPage)
def listed(asked: dict[str, Any]) -> dict[str, Any]:
    """By number."""
    found = programs.families(g.actor, asked, paging.key(asked.get("cursor"), (paging.number,)), asked["limit"])
    return {"items": found.rows, "next": paging.word(found.after)}


@resource.at("", Needs(Permission.FAMILY_CREATE, "write:families"), _l("Registrar un borrador"), "POST")
@repeats.once
@resource.arguments(shapes.NewFamily)
@resource.tells(shapes.FamilyShape, 201)
def create(given: dict[str, Any]) -> tuple[Family, dict[str, str]]:
    """A draft. Refused while its phone is known and nobody said it is another family."""
    above = {"ubigeo": given["ubigeo"], "confirmed": given["confirmed"]}
    main = checked(NewFamilyForm, {**given["caregiver"], **above}, "caregiver/", above)
    ubigeo, sure = main.pop("ubigeo"), main.pop("confirmed")
    if not sure and queries.with_phone(main.get("phone")):
        raise ConflictError("maybe_known")
    children = [checked(ChildForm, one, f"children/{place}/") for place, one in enumerate(given["children"])]
    with within("caregiver/"):
        family = intakes.create(g.actor, main, ubigeo)
    if sure:
        duplicates.tell_all_apart(g.actor, family)
    for place, child in enumerate(children):
        with within(f"children/{place}/"):
            intakes.save_child(g.actor, family, None, child)
    db.session.flush()
    db.session.refresh(family)
    audit.record("read", family)
    return family, {"Location": url_for("api-families.one", family_id=family.id)}


@resource.at(ONE, Needs(Permission.FAMILY_READ, "read:families"), _l("Un caso, con su historia"))
@resource.tells(shapes.FamilyShape)
def one(family_id: UUID) -> Family:
    """The trail notes that it was read."""
    family = load(Family, family_id, Permission.FAMILY_READ, *WHOLE)
    audit.record("read", family)
    return family


@resource.at(ONE, Needs(Permission.FAMILY_EDIT, "write:families"), _l("Cambiar secciones de un caso"), "PATCH")
@versions.guarded
@resource.arguments(shapes.FamilyChange)
@resource.tells(shapes.FamilyShape)
def change(given: dict[str, Any], family_id: UUID) -> Family:
    """Made for the case as If-Match names it."""
    family = load(Family, family_id, Permission.FAMILY_EDIT, *WHOLE)
    versions.expect(shapes.FamilyShape, family)
    if "home" in given:
        intakes.save_home(g.actor, family, checked(HomeForm, given["home"], "home/"))
    if "care" in given:
        intakes.save_care(g.actor, family, checked(CareForm, given["care"], "care/"))
    db.session.flush()
    audit.record("read", family)  # the whole case is told, also where nothing was to be changed
    return family


@resource.at(f"{ONE}/reveal", Needs(Permission.FAMILY_REVEAL, "reveal:families"), _l("Ver un dato reservado"), "POST")
@resource.arguments(shapes.Reveal)
@resource.response(200, shapes.Revealed)
def reveal(given: dict[str, Any], family_id: UUID) -> dict[str, Any]:
    """A sealed value, for a reason that stays in the trail."""
    family = load(Family, family_id, Permission.FAMILY_REVEAL, *WHOLE)
    row = reveals.row_of(family, str(given.get("row", "")))
    return {"field": given["field"], "value": reveals.of_family(g.actor, row, given["field"], given["reason"])}
