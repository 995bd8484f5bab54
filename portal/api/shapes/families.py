"""Families, as programs read and write them. What is sealed is neither in a list nor in a case: it is revealed."""

from __future__ import annotations

from flask import g
from marshmallow import Schema, fields, validate

from portal import places
from portal.api.shapes.base import SOME, Flag, Listing, Shape, has, one_of, page, states, text, why
from portal.api.shapes.forms import changes_of, fields_of
from portal.forms.family import CareForm, ChildForm, ConsentForm, HomeForm, NewFamilyForm
from portal.models import Family
from portal.models.family import consent_now
from portal.queries.families import ALIKE_BY
from portal.services import checks, duplicates, intakes, told
from portal.services.matching import NEEDS
from portal.services.reveals import OF_FAMILY

PURPOSES = ConsentForm.PURPOSES
GIVEN = ("given_by", "given_on", "channel")  # who answered, when and how
CAREGIVER = (
    "given_names", "paternal_surname", "maternal_surname", "relation", "dni", "no_document_reason", "phone",
    "phone_owner", "whatsapp",
)
CHILD = (
    "given_names", "surnames", "sex", "birth_date", "birth_estimated", "dni", "start_date", "schedule", "current_care",
    "special_needs", "health_note",
)
HOME = (
    "ubigeo", "address", "address_reference", "latitude", "longitude", "adults", "sisfoh", "sisfoh_valid_until",
    "income", "referral_source",
)
CARE = (
    "max_monthly_fee_pen", "max_distance_km", "siblings", "language", "other_languages", "language_required",
    "care_reason", "priority", "story",
)

NewCaregiver = Shape.from_dict(fields_of(NewFamilyForm, CAREGIVER), name="NewCaregiver")
NewChild = Shape.from_dict(fields_of(ChildForm, CHILD), name="NewChild")
ChildChange = Shape.from_dict(changes_of(ChildForm, CHILD), name="ChildChange")
Answers = Shape.from_dict({purpose: Flag() for purpose in PURPOSES}, name="Answers")
Answered = Shape.from_dict(fields_of(ConsentForm, GIVEN), name="Answered")
Home = Shape.from_dict(fields_of(HomeForm, HOME), name="Home")
Care = Shape.from_dict(fields_of(CareForm, CARE), name="Care")


class FamilyListing(Listing):
    """Which families."""

    status = one_of(states("family"))
    mine = fields.Boolean(load_default=False, truthy={"true"}, falsy={"false"})


class NewFamily(Shape):
    """A draft: the main caregiver, the district, and the children as far as they are known."""

    caregiver = fields.Nested(NewCaregiver, required=True)
    ubigeo = fields_of(NewFamilyForm, ["ubigeo"])["ubigeo"]
    children = fields.List(fields.Nested(NewChild), load_default=list, validate=validate.Length(max=12))
    confirmed = Flag(load_default=False, metadata={"description": "Not the same family as one with this phone"})


class FamilyChange(Shape):
    """Sections of a case; each is given whole, those left out stay. So does a sealed field that is left out."""

    home = fields.Nested(Home)
    care = fields.Nested(Care)


class Consents(Answered):
    """What the family allows and what not; a purpose that is left out was not asked."""

    answers = fields.Nested(Answers, required=True, metadata={"minProperties": 1})
    text_version = text(
        checks.TEXT_VERSION, pattern=SOME, load_default=intakes.CONSENT_TEXT,
        metadata={"description": "Of the text they were read"},
    )


class Reveal(Shape):
    """Which sealed value, and what for: the reason stays in the trail."""

    row = fields.UUID(metadata={"description": "A caregiver or child of the case; the case itself if left out"})
    field = one_of(tuple(dict.fromkeys(one for names in OF_FAMILY.values() for one in names)), required=True)
    reason = why()


class Revealed(Schema):
    """A sealed value in the clear."""

    field = fields.String(required=True)
    value = fields.String(required=True, allow_none=True)


class FamilyLine(Schema):
    """A family in a list."""

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    status = fields.String(required=True)
    status_since = fields.DateTime(required=True)
    waiting_since = fields.DateTime(allow_none=True)
    priority = fields.Integer(metadata={"description": "0 usual, 1 soon, 2 urgent"})
    ubigeo = fields.String()
    caseworker_id = fields.UUID()
    confidential = fields.Boolean()
    children_count = fields.Function(lambda one: len(one.children), metadata={"type": "integer"})
    version = fields.Integer()


class CaregiverShape(Schema):
    """An adult who answers for the children."""

    id = fields.UUID(required=True)
    given_names = fields.String()
    paternal_surname = fields.String()
    maternal_surname = fields.String()
    relation = fields.String()
    sex = fields.String()
    birth_date = fields.Date(allow_none=True)
    activity = fields.String()
    weekly_hours = fields.Integer(allow_none=True)
    whatsapp = fields.Boolean()
    has_dni = has("dni")
    has_phone = has("phone")


class ChildShape(Schema):
    """A child and the week it needs."""

    id = fields.UUID(required=True)
    given_names = fields.String()
    surnames = fields.String()
    sex = fields.String()
    birth_date = fields.Date()
    birth_estimated = fields.Boolean()
    start_date = fields.Date(allow_none=True)
    schedule = fields.String()
    current_care = fields.String()
    special_needs = fields.List(fields.String())
    has_dni = has("dni")


class FamilyShape(FamilyLine):
    """A case, with its story. What else is sealed is only named here."""

    registered_on = fields.Date()
    district = fields.Function(lambda one: _district(one), metadata={"type": "string"})
    latitude = fields.Float(allow_none=True)
    longitude = fields.Float(allow_none=True)
    adults = fields.Integer(allow_none=True)
    sisfoh = fields.String()
    sisfoh_valid_until = fields.Date(allow_none=True)
    referral_source = fields.String()
    max_monthly_fee_pen = fields.Float(allow_none=True)
    max_distance_km = fields.Float(allow_none=True)
    languages = fields.List(fields.String())
    language_required = fields.Boolean()
    siblings = fields.String()
    care_reason = fields.String()
    story = fields.String(allow_none=True)
    caregivers = fields.List(fields.Nested(CaregiverShape))
    children = fields.List(fields.Nested(ChildShape))
    consents = fields.Function(
        lambda one: [purpose for purpose in PURPOSES if consent_now(one, purpose)],
        metadata={"type": "array", "items": {"type": "string"}},
    )
    missing = fields.Function(
        lambda one: [dict(lack.values)["what"] for lack in intakes.missing(
            one, duplicates.alike(g.actor, one), told.unticked(one)
        )],
        metadata={"type": "array", "items": {"type": "string"}, "description": (
            "What the intake lacks to be sent; `need:asthma`: a text of the case names asthma and it is not ticked"
        )},
    )


class Submission(Shape):
    """What is said with the sending of a case. There may be no body: then nothing is."""

    may_be_left_out = True
    not_needed = fields.List(one_of(NEEDS), load_default=list, metadata={
        "description": "Needs that `missing` names as `need:…` and no child has: the text speaks of somebody else, "
                       "or it is no longer so",
    })


class SaidOfAlike(Shape):
    """What somebody who looked says of a family that may be the same."""

    family_id = fields.UUID(required=True, metadata={"description": "One of those alike"})
    same = Flag(required=True, metadata={"description": "true closes the draft as a duplicate; false: another family"})


class AlikeShape(Schema):
    """A family that may be the same as the one asked about, and by what."""

    id = fields.UUID(required=True, attribute="family.id")
    code = fields.String(required=True, attribute="family.code")
    name = fields.String(required=True, attribute="family.name")
    status = fields.String(required=True, attribute="family.status")
    answered = fields.Boolean(required=True, metadata={"description": "Somebody said that it is another family"})
    why = fields.List(fields.String(metadata={"enum": list(ALIKE_BY)}), required=True, metadata={
        "description": "phone: a caregiver's phone; child: a child's names and birth date",
    })


class Duplicates(Schema):
    """Families to look at before a draft is sent: those alike by phone first."""

    items = fields.List(fields.Nested(AlikeShape), required=True)


FamilyPage = page(FamilyLine, "FamilyPage")


def _district(family: Family) -> str:
    found = places.district(family.ubigeo)
    return found.label if found else ""
