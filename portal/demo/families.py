"""The families of the demo, registered and brought to their state by the moves that lead there."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from portal import clock, consents, places, workflow
from portal.demo.stage import Ngo, Stage, records
from portal.extensions import db
from portal.models import Caregiver, Child, Consent, Family, InformationRequest
from portal.places import fold
from portal.policy import SYSTEM, Actor
from portal.workflow import Said

WAITS = ("waiting", "matched", "placed", "paused", "closed")


def enter(stage: Stage, ngo: Ngo) -> dict[str, list[Family]]:
    """Register every family of an NGO. Returns them by the state their case is to reach."""
    found: dict[str, list[Family]] = {}
    for number, record in enumerate(records(f"{ngo.slug}_families"), start=1):
        worker = ngo.caseworkers[number % len(ngo.caseworkers)]
        state = record["home"]["state"]
        days = 165 - 3 * number if state in WAITS else 2 + number % 5
        with stage.days_ago(days, worker):
            family = register(stage, record, worker, number)
        bring_to(stage, ngo, family, (state, days))
        db.session.commit()
        found.setdefault(state, []).append(family)
    return found


def register(stage: Stage, record: dict[str, Any], worker: Actor, number: int) -> Family:
    """A family as its record says, with its consents unless it stays a draft."""
    who, home = record["who"], record["home"]
    centre = places.district(home["ubigeo"])
    latitude, longitude = stage.near((centre.latitude, centre.longitude))
    family = Family(
        number=number, caseworker_id=worker.id, registered_on=clock.today(), ubigeo=home["ubigeo"],
        status_since=clock.now(), latitude=latitude, longitude=longitude, adults=stage.dice.randrange(1, 4),
        sisfoh=home["sisfoh"], max_monthly_fee_pen=home["fee"], max_distance_km=home["km"],
        languages=home.get("languages", ["es"]), language_required=home.get("language_required", False),
        siblings=home.get("siblings", "together"), care_reason="working", referral_source="neighbour",
        priority=1 if home["sisfoh"] == "pobre_extremo" else 0,
    )
    if home["sisfoh"] != "unknown":
        family.sisfoh_valid_until = clock.today() + timedelta(days=stage.dice.randrange(100, 1000))
    family.story, family.address = record["story"], f"Mz. {stage.dice.choice('ABCDEFGH')} Lt. {number}"
    family.address_reference = "Frente a la losa deportiva" if number % 2 else "Al costado de la bodega"
    caregiver = _caregiver(stage, family, who)
    family.search_name = fold(" ".join([caregiver.full_name, *(one["name"] for one in record["children"])]))
    family.caregivers = [caregiver]
    family.children = [_child(stage, family, who, one) for one in record["children"]]
    db.session.add(family)
    db.session.flush()
    if home["state"] != "draft":
        _consents(stage, family, caregiver, worker)
    return family


def _caregiver(stage: Stage, family: Family, who: dict[str, Any]) -> Caregiver:
    caregiver = Caregiver(
        family_id=family.id, position=0, given_names=who["given"], paternal_surname=who["paternal"],
        maternal_surname=who["maternal"], relation=who["relation"], sex="m" if who["relation"] == "father" else "f",
        birth_date=date(stage.dice.randrange(1968, 2005), stage.dice.randrange(1, 13), stage.dice.randrange(1, 28)),
        activity=who["activity"], weekly_hours=who["hours"], phone_owner="own", whatsapp=True,
    )
    caregiver.dni, caregiver.phone = stage.dni(), stage.phone()
    return caregiver


def _child(stage: Stage, family: Family, who: dict[str, Any], one: dict[str, Any]) -> Child:
    today = stage.now.astimezone(clock.LIMA).date()
    born = today - timedelta(days=int(one["months"] * 30.44) + 8)
    child = Child(
        family_id=family.id, given_names=one["name"], surnames=f"{who['paternal']} {who['maternal']}", sex=one["sex"],
        birth_date=born, special_needs=one.get("needs", []), schedule=one["schedule"], current_care="relative",
        start_date=clock.today() + timedelta(days=7),
    )
    child.dni = stage.dni()
    return child


def _consents(stage: Stage, family: Family, caregiver: Caregiver, worker: Actor) -> None:
    for purpose in ("services", "matching", "training", "sharing"):
        given = purpose != "training" or stage.dice.random() < 0.7
        db.session.add(Consent(
            family_id=family.id, purpose=purpose, given=given, text_version=consents.newest(), given_on=clock.today(),
            given_by=caregiver.full_name, channel="signature", recorded_by_id=worker.id, recorded_at=clock.now(),
        ))


def bring_to(stage: Stage, ngo: Ngo, family: Family, aim: tuple[str, int]) -> None:
    """Play the moves from a draft to (state, days since it was registered)."""
    state, days = aim
    if state == "draft":
        return
    worker = next(one for one in ngo.caseworkers if one.id == family.caseworker_id)
    with stage.days_ago(days - 0.5, worker):
        workflow.advance(family, "submit", worker, Said(facts={"missing": []}))
    with stage.days_ago(days - 1, ngo.supervisors[0]) as supervisor:
        _decide(family, supervisor, state)
    if state == "paused":
        with stage.days_ago(6, worker):
            workflow.advance(family, "pause", worker, Said(reason="travel"))
            family.paused_until = clock.today() + timedelta(days=36)
    if state == "closed":
        with stage.days_ago(4, supervisor):
            facts = {"no_open_placement": True, "no_open_proposal": True}
            said = Said("no_longer_needs", "La familia avisó por teléfono.", facts)
            workflow.advance(family, "close", supervisor, said)


def _decide(family: Family, supervisor: Actor, state: str) -> None:
    if state == "needs_information":
        note = "Carné de vacunas\nHorario confirmado"
        workflow.advance(family, "ask", supervisor, Said(note=note))
        db.session.add(InformationRequest(family_id=family.id, note=note, asked_by_id=supervisor.id))
    elif state == "not_eligible":
        workflow.advance(family, "refuse", supervisor, Said(reason="outside_area"))
    elif state != "submitted":
        workflow.advance(family, "accept", supervisor)
        if state != "eligible":
            workflow.advance(family, "wait", SYSTEM)
            family.waiting_since = clock.now()
