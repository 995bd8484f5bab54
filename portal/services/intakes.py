"""The intake: a family's case from the first note to the supervisor's decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal import clock, consents, events, policy, workflow
from portal.errors import ConflictError, InvalidInputError, Refusal
from portal.extensions import db
from portal.models import Caregiver, Child, Consent, Exclusion, Family, InformationRequest
from portal.models.family import consent_now
from portal.places import fold
from portal.policy import SYSTEM, Actor, Permission
from portal.queries.families import Alike
from portal.services import checks, duplicates, numbers, told
from portal.services.told import Question
from portal.workflow import Said

Values = Mapping[str, Any]
GRID = 0.005  # degrees, about 500 m: places are kept no more exactly than that
CONSENT_TEXT = consents.newest()  # version of the consent text in use
HOME = frozenset({
    "ubigeo", "latitude", "longitude", "address", "address_reference", "adults", "sisfoh", "sisfoh_valid_until",
    "income", "referral_source",
})
CARE = frozenset({
    "max_monthly_fee_pen", "max_distance_km", "languages", "language_required", "siblings", "care_reason", "story",
    "priority",
})
CAREGIVER = frozenset({
    "given_names", "paternal_surname", "maternal_surname", "relation", "sex", "birth_date", "dni",
    "no_document_reason", "phone", "phone_owner", "whatsapp", "activity", "weekly_hours",
})
CHILD = frozenset({
    "given_names", "surnames", "sex", "birth_date", "birth_estimated", "dni", "special_needs", "health_note",
    "schedule", "start_date", "current_care",
})


def create(actor: Actor, caregiver: Values, ubigeo: str, worker: UUID | None = None) -> Family:
    """A draft with its main caregiver, for the person at work, or of another `worker` who goes on with it from a file.

    Raises InvalidInputError by field, and when the DNI is known already.
    """
    policy.require(actor, Permission.FAMILY_CREATE)
    checks.refuse(checks.faults("home", {"ubigeo": ubigeo}))
    family = Family(
        number=numbers.following(Family.number), caseworker_id=worker or actor.id, ubigeo=ubigeo,
        status_since=clock.now(), registered_on=clock.today(), caregivers=[], children=[],
    )
    db.session.add(family)
    db.session.flush()
    save_caregiver(actor, family, None, caregiver)
    return family


def save_home(actor: Actor, family: Family, values: Values) -> None:
    """Address, household and money. Coordinates are kept on a grid of about 500 m. Raises InvalidInputError."""
    checks.refuse(checks.faults("home", values))
    _set(actor, family, family, (HOME, values))
    for name in ("latitude", "longitude"):
        setattr(family, name, on_grid(getattr(family, name)))
    _changed(family)


def on_grid(degrees: float | None) -> float | None:
    """As exactly as a family's place is kept."""
    return None if degrees is None else round(round(degrees / GRID) * GRID, 4)


def save_care(actor: Actor, family: Family, values: Values) -> None:
    """What care is wanted, and the story. Raises InvalidInputError."""
    checks.refuse(checks.faults("care", values))
    _set(actor, family, family, (CARE, values))
    _changed(family)


def save_caregiver(actor: Actor, family: Family, caregiver: Caregiver | None, values: Values) -> Caregiver:
    """Change a caregiver, or add one. Raises InvalidInputError by field, and when the DNI belongs to another case."""
    checks.refuse(checks.required(values, "given_names", "paternal_surname") | checks.faults("caregiver", values))
    refuse_known_dni(Caregiver, values.get("dni"), caregiver)
    if caregiver is None:
        caregiver = Caregiver(family_id=family.id, given_names="", position=len(family.caregivers))
        family.caregivers.append(caregiver)
    _set(actor, family, caregiver, (CAREGIVER, values))
    _rename(family)
    return caregiver


def save_child(actor: Actor, family: Family, child: Child | None, values: Values) -> Child:
    """Change a child, or add one.

    Raises InvalidInputError by field, when the DNI belongs to another child, and when the case already has this child.
    """
    days = {**other_day(child, values), **values}
    checks.refuse(checks.required(values, "given_names", "birth_date") | checks.faults("child", days))
    refuse_known_dni(Child, values.get("dni"), child)
    _refuse_same_child(family, child, values)
    if child is None:
        child = Child(family_id=family.id, given_names="", birth_date=values["birth_date"])
        family.children.append(child)
    _set(actor, family, child, (CHILD, values))
    _rename(family)
    _changed(family)
    return child


def known_by(child: Child | None, values: Values) -> tuple[str, date]:
    """What tells a child from its siblings, once it has these values."""
    name, born = (values.get(field) or getattr(child, field) for field in ("given_names", "birth_date"))
    return fold(name), born


def _refuse_same_child(family: Family, child: Child | None, values: Values) -> None:
    """After a lost connection people write a child twice. One that is there twice already can still be put right."""
    as_told = known_by(child, values)
    if child is not None and as_told == known_by(child, {}):
        return
    if any(as_told == known_by(one, {}) for one in family.children if one is not child):
        raise InvalidInputError("same_child", {"given_names": ["same_child"]})


def other_day(child: Child | None, values: Values) -> Values:
    """Where only one of birth and start is said, the other as it is known: the two must fit."""
    if child is None:
        return {}
    pairs = (("birth_date", "start_date"), ("start_date", "birth_date"))
    return {kept: getattr(child, kept) for kept, said in pairs if values.get(said)}


def remove_child(actor: Actor, family: Family, child: Child) -> None:
    """Take out a child entered by mistake; refused once the case was submitted."""
    _may_remove(actor, family)
    family.children.remove(child)
    db.session.delete(child)  # the trail sees what is deleted, not what a flush finds to be left over
    _rename(family)


def remove_caregiver(actor: Actor, family: Family, caregiver: Caregiver) -> None:
    """The same for a caregiver; never the last one. The next in order is then the main one."""
    _may_remove(actor, family)
    if len(family.caregivers) == 1:
        raise ConflictError("refused", [Refusal("last_caregiver")])
    family.caregivers.remove(caregiver)
    db.session.delete(caregiver)
    for position, one in enumerate(family.caregivers):
        one.position = position
    _rename(family)


def _may_remove(actor: Actor, family: Family) -> None:
    policy.require(actor, Permission.FAMILY_EDIT, family)
    if family.status != "draft":
        raise ConflictError("moved_on", [Refusal("moved_on", (("status", family.status), ("action", "remove")))])


def refuse_known_dni(kind: type[Caregiver] | type[Child], dni: str | None, but: Caregiver | Child | None) -> None:
    """Raise InvalidInputError when another row of the NGO has this DNI."""
    index = kind.dni.lookup(dni) if dni else None
    if index is None:
        return
    found = db.session.scalars(select(kind).where(kind.dni_index == index)).first()
    if found is not None and found is not but:
        raise InvalidInputError("duplicate_dni", {"dni": ["duplicate_dni"]})


def save_protection(actor: Actor, family: Family, note: str, exclusions: list[Exclusion]) -> None:
    """The protection note and whom the family must never meet: for those who may reveal only."""
    policy.require(actor, Permission.FAMILY_REVEAL, family)
    family.protection_note = note
    family.exclusions = exclusions
    _changed(family)


@dataclass(frozen=True)
class Given:
    """Who answered, on which day, how, and to which version of the text."""

    given_by: str
    given_on: date
    channel: str = "signature"
    text_version: str = CONSENT_TEXT


def record_consent(actor: Actor, family: Family, answers: Mapping[str, bool], given: Given) -> None:
    """A new answer for each purpose that was asked; those before stay.

    Raises InvalidInputError when nothing was answered, or on a day that cannot be.
    """
    policy.require(actor, Permission.FAMILY_EDIT, family)
    checks.refuse(checks.consent_day(given.given_on) | ({} if answers else {"answers": ["answers_missing"]}))
    for purpose, answer in answers.items():
        db.session.add(Consent(
            family_id=family.id, purpose=purpose, given=answer, recorded_by_id=actor.id, recorded_at=clock.now(),
            **vars(given),
        ))
    _changed(family)


def missing(family: Family, alike: Sequence[Alike], asked: Sequence[Question]) -> list[Refusal]:
    """Everything an intake lacks before it can be sent, what is each child's with the children's `names`; `alike`: what
    it looks like, of `duplicates.alike`; `asked`: of `told.unticked`.
    """
    caregiver = family.main_caregiver
    of_child = {
        "child_schedule": [one.given_names for one in family.children if not one.schedule],
        "child_start": [one.given_names for one in family.children if one.start_date is None],
    }
    lacks = {
        "caregiver": not (caregiver and caregiver.given_names and caregiver.paternal_surname),
        "phone": not (caregiver and caregiver.phone_sealed),
        "district": not family.ubigeo,
        "children": not family.children,
        **of_child,
        "fee": family.max_monthly_fee_pen is None,
        "distance": family.max_distance_km is None,
        "story": not family.story_sealed,
        "consent_services": not consent_now(family, "services"),
        "consent_matching": not any(one.purpose == "matching" for one in family.consents),
        "duplicates": duplicates.unanswered(alike),
    }
    whats = [what for what, lacking in lacks.items() if lacking]
    whats += [f"need:{one.need}" for one in asked]
    named = {what: (("names", ", ".join(names)),) for what, names in of_child.items()}
    return [Refusal("missing", (("what", what), *named.get(what, ()))) for what in whats]


def submit(actor: Actor, family: Family) -> None:
    """To the supervisor, who is somebody else; ConflictError with everything that is missing."""
    lacking = missing(family, duplicates.alike(actor, family), told.unticked(family))
    workflow.advance(family, "submit", actor, Said(facts={"missing": lacking}))
    family.authors = sorted({*map(str, family.author_ids), str(actor.id)})
    for request in open_requests(family):
        request.answered_at = clock.now()
    events.announce("intake.submitted", family=family.id)


def open_requests(family: Family) -> list[InformationRequest]:
    """What a supervisor still waits for."""
    found = select(InformationRequest).where(
        InformationRequest.family_id == family.id, InformationRequest.answered_at.is_(None)
    )
    return list(db.session.scalars(found))


def ask(actor: Actor, family: Family, note: str) -> None:
    """Ask the caseworker for what is missing: one item a line."""
    workflow.advance(family, "ask", actor, Said(note=note))
    db.session.add(InformationRequest(family_id=family.id, note=note.strip()[:2000], asked_by_id=actor.id))


def accept(actor: Actor, family: Family) -> None:
    """Admit the case: it waits from now on, or from when it first did."""
    workflow.advance(family, "accept", actor)
    workflow.advance(family, "wait", SYSTEM)
    family.waiting_since = family.waiting_since or clock.now()
    events.announce("intake.submitted", family=family.id)


def refuse(actor: Actor, family: Family, reason: str, note: str = "") -> None:
    """Do not admit the case, with a coded reason."""
    workflow.advance(family, "refuse", actor, Said(reason=reason, note=note))


def _set(actor: Actor, family: Family, row: Any, allowed: tuple[frozenset[str], Values]) -> None:
    """Set the fields a form may set, and no others."""
    policy.require(actor, Permission.FAMILY_EDIT, family)
    names, values = allowed
    for name in names & set(values):
        setattr(row, name, values[name])


def _rename(family: Family) -> None:
    people = [one.full_name for one in (*family.caregivers, *family.children)]
    family.search_name = fold(" ".join(people))[:300]


def _changed(family: Family) -> None:
    """An open case that changed is matched anew."""
    if family.status not in {"draft", "closed", "not_eligible"}:
        events.announce("family.changed", family=family.id)
