"""The providers of the demo, vetted or not, each brought to its state by the moves that lead there."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from portal import clock, places, workflow
from portal.demo.stage import Ngo, Stage, records
from portal.extensions import db
from portal.models import ChecklistItem, Provider, SeatBand, VettingItem
from portal.models.child import BANDS
from portal.places import fold
from portal.policy import SYSTEM, Actor
from portal.workflow import Said

FIRST = 260  # days ago the first provider applied
ROUND = 80  # providers, after which the days begin again
PATHS = {  # state → the moves after the vetting began: (who, action, reason, note)
    "in_vetting": (),
    "approved": (("supervisor", "approve", "", ""),),
    "recertification_due": (("supervisor", "approve", "", ""), ("system", "renewal_due", "", "")),
    "conditional": (("supervisor", "approve_with_conditions", "", "Falta la segunda puerta; plazo de 30 días."),),
    "suspended": (("supervisor", "approve", "", ""), ("system", "lapse", "document_expired", "")),
    "rejected": (("supervisor", "reject", "registry_check", "Resultado de la consulta al registro."),),
    "on_leave": (("supervisor", "approve", "", ""), ("caseworker", "leave", "", "")),
    "closed": (("supervisor", "approve", "", ""), ("admin", "close", "own_wish", "")),
}


def enter(stage: Stage, ngo: Ngo) -> None:
    """Make every provider of an NGO."""
    items = list(db.session.scalars(select(ChecklistItem).order_by(ChecklistItem.position)))
    for number, record in enumerate(records(f"{ngo.slug}_providers"), start=1):
        settle(stage, ngo, record, (number, items))


def settle(stage: Stage, ngo: Ngo, record: dict[str, Any], place: tuple[int, list[ChecklistItem]]) -> None:
    """Make one provider, by its (number, checklist), and play the moves to the state its record says."""
    number, items = place
    about, applied = record["about"], FIRST - 3 * (number % ROUND)
    officer = ngo.caseworkers[number % len(ngo.caseworkers)]
    with stage.days_ago(applied, officer):
        provider = _row(stage, record, number)
    if about["state"] not in PATHS:
        db.session.commit()
        return
    with stage.days_ago(applied - 2, officer):
        workflow.advance(provider, "start_vetting", officer)
        provider.vetting_officer_id = officer.id
        _vet(stage, about, provider, items)
    with stage.days_ago(applied - 10, ngo.supervisors[0]):
        for who, action, reason, note in PATHS[about["state"]]:
            _move(ngo, provider, (who, action), Said(reason=reason, note=note, facts=FACTS))
    if about["state"] == "on_leave":
        provider.leave_from = clock.today() - timedelta(days=5)
        provider.leave_until = clock.today() + timedelta(days=25)
    db.session.commit()


FACTS = {"checklist_failures": [], "no_open_placement": True, "no_open_proposal": True}


def _move(ngo: Ngo, provider: Provider, move: tuple[str, str], said: Said) -> None:
    who, action = move
    actors: dict[str, Actor] = {
        "supervisor": ngo.supervisors[0], "caseworker": ngo.caseworkers[0], "admin": ngo.admin, "system": SYSTEM,
    }
    workflow.advance(provider, action, actors[who], said)


def _row(stage: Stage, record: dict[str, Any], number: int) -> Provider:
    about = record["about"]
    centre = places.district(about["ubigeo"])
    latitude, longitude = stage.near((centre.latitude, centre.longitude))
    provider = Provider(
        number=number, name=record["name"], kind=about["kind"], contact_name=about["contact"], ubigeo=about["ubigeo"],
        status="invited" if about["state"] == "invited" else "applied", status_since=clock.now(),
        search_name=fold(f"{record['name']} {about['contact']}"), latitude=latitude, longitude=longitude,
        languages=about["languages"], monthly_fee_pen=about["fee"], accepts_subsidy=about["kind"] != "home",
        schedule=about["schedule"], special_needs=about["needs"], profile=record["profile"],
        vacancies_confirmed_on=clock.today(),
    )
    provider.dni, provider.phone = stage.dni(), stage.phone()
    provider.address = f"Mz. {chr(65 + number % 26)} Lt. {stage.dice.randrange(1, 30)}"
    provider.seats = [SeatBand(provider_id=provider.id, band=band, capacity=count)
                      for band, count in zip(BANDS, about["seats"], strict=True)]
    db.session.add(provider)
    db.session.flush()
    return provider


def _vet(stage: Stage, about: dict[str, Any], provider: Provider, items: list[ChecklistItem]) -> None:
    """The checklist as far as the provider has come: all verified where it was decided, half of it where not."""
    last = (stage.now + timedelta(days=about["valid"])).date()
    decided = about["state"] != "in_vetting"
    rows = []
    for place, item in enumerate(items):
        row = VettingItem(provider_id=provider.id, checklist_item_id=item.id)
        done = decided or place % 2 == 0
        row.state = "verified" if done else ("received" if place % 3 == 0 else "missing")
        if done:
            row.issued_on, row.expires_on = _dates(stage, item, last + timedelta(days=20 * place))
            since = max(row.issued_on - clock.today(), timedelta(0))
            row.verifier_id, row.verified_at = provider.vetting_officer_id, clock.now() + since
        rows.append(row)
    db.session.add_all(rows)
    if decided and about["valid"]:
        provider.valid_until = min(row.expires_on for row, item in zip(rows, items, strict=True)
                                   if item.mandatory and row.expires_on)


def _dates(stage: Stage, item: ChecklistItem, wished: date) -> tuple[date, date | None]:
    """(issued, expires): a paper that expires was renewed since, at the latest yesterday."""
    if not item.validity_days:
        return clock.today(), None
    validity = timedelta(days=item.validity_days)
    expires = min(wished, stage.now.date() - timedelta(days=1) + validity)
    return expires - validity, expires
