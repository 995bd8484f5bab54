"""Providers, suggestions, proposals and placements as programs meet them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock, tenancy
from portal.audit import AuditEvent
from portal.extensions import db
from portal.models import Provider, SuggestionRun
from tests.ground import Ngo
from tests.portal.worlds import World
from tests.programs import Program

Made = Callable[[Callable[[World], Any]], str]
FAILURE = {"rule": "distance", "result": "fail", "needed": {"km": 4.0}, "offered": {"km": 5.0}}


def tomorrow() -> str:
    return (clock.today() + timedelta(days=1)).isoformat()


def suggested(world: World, **values: Any) -> Any:
    return world.suggestion(world.family(), world.provider(), **values)


def test_providers_are_listed_and_narrowed(program: Program, made: Made) -> None:
    home = made(lambda world: world.provider())
    centre = made(lambda world: world.provider(kind="centre", name="Centro Sol", status="suspended"))
    assert [one["id"] for one in program.get("/providers").json["items"]] == [home, centre]
    assert [one["id"] for one in program.get("/providers?kind=centre").json["items"]] == [centre]
    assert [one["id"] for one in program.get("/providers?status=approved").json["items"]] == [home]


def test_a_provider_is_read_with_its_seats(program: Program, made: Made) -> None:
    made(lambda world: world.proposal(provider=world.provider(profile="Cuido hace años.", phone="987654321")))
    listed = program.get("/providers")
    one = program.get(f"/providers/{listed.json['items'][0]['id']}")
    assert one.json["seats"] == [{"band": "24_35m", "capacity": 2, "held": 1, "taken": 0, "free": 1}]
    assert (one.json["profile"], one.json["has_phone"]) == ("Cuido hace años.", True)
    assert "987654321" not in listed.text + one.text


def test_a_provider_s_phone_is_revealed_for_a_reason(program: Program, made: Made, app: Flask, semilla: Ngo) -> None:
    provider = made(lambda world: world.provider(phone="987654321"))
    asked = {"field": "phone", "reason": "Llamar mañana"}
    assert program.post(f"/providers/{provider}/reveal", asked).json["value"] == "987654321"
    with app.app_context(), tenancy.acting_for(semilla.id):
        entry = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "reveal")).one()
        assert (str(entry.subject_id), entry.reason) == (provider, "Llamar mañana")


def test_suggestions_come_with_their_reasons_in_words(program: Program, made: Made) -> None:
    family = made(lambda world: suggested(world).family)
    told = program.get(f"/families/{family}/suggestions").json
    assert (told["pending"], told["model_version"]) == (False, "test")
    one = told["items"][0]
    assert one["favour"] == [{"code": "distance", "text": "A menos de 0.5 km en línea recta"}]
    assert (one["rank"], one["provider"]["name"]) == (1, "Hogar Amancay")
    english = program.get(f"/families/{family}/suggestions", Accept_Language="en").json
    assert english["items"][0]["favour"][0]["text"] == "under 0.5 km away in a straight line"


def test_a_family_nobody_matched_yet_has_an_empty_list(program: Program, made: Made) -> None:
    family = made(lambda world: world.family())
    assert program.get(f"/families/{family}/suggestions").json["items"] == []
    assert program.get(f"/families/{family}/why-not").json == {"items": [], "next": None}


def refused(world: World, count: int = 3) -> Any:
    """A run that left providers out for their distance."""
    found = suggested(world)
    run = db.session.get_one(SuggestionRun, found.run_id)
    run.why_not = [
        {"provider": str(world.provider().id), "distance_km": 5.0, "rules": [{**FAILURE, "children": found.children}]}
        for _ in range(count)
    ]
    db.session.commit()
    return found.family


def test_why_not_names_each_rule_and_goes_on_where_it_stopped(program: Program, made: Made) -> None:
    family = made(refused)
    first = program.get(f"/families/{family}/why-not?limit=2").json
    rule = first["items"][0]["rules"][0]
    assert (rule["rule"], rule["name"], rule["result"]) == ("distance", "Distancia", "fail")
    assert "4" in rule["needed"]
    rest = program.get(f"/families/{family}/why-not?limit=2&cursor={first['next']}").json
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)


def test_a_cursor_into_a_list_that_was_made_anew_is_refused(program: Program, made: Made) -> None:
    first, second = made(refused), made(refused)
    cursor = program.get(f"/families/{first}/why-not?limit=1").json["next"]
    assert program.get(f"/families/{second}/why-not?cursor={cursor}").status_code == 422


def test_a_suggestion_is_shortlisted_and_set_aside(program: Program, made: Made) -> None:
    one = f"/suggestions/{made(lambda world: suggested(world, status='suggested'))}/move"
    assert program.post(one, {"action": "shortlist"}).json["status"] == "shortlisted"
    assert program.post(one, {"action": "shortlist"}).status_code == 409
    without = program.post(one, {"action": "dismiss"})
    assert (without.status_code, without.json["errors"][0]["pointer"]) == (422, "/reason")
    assert program.post(one, {"action": "dismiss", "reason": "family_trust"}).json["status"] == "dismissed"


def test_a_proposal_is_made_and_holds_a_seat(program: Program, made: Made, app: Flask, semilla: Ngo) -> None:
    body = {"suggestion_id": made(suggested), "starts_on": tomorrow(), "note": "Conocen el lugar."}
    answer = program.post("/proposals", body, Idempotency_Key="a")
    assert (answer.status_code, answer.json["status"], answer.json["note"]) == (201, "proposed", "Conocen el lugar.")
    assert program.post("/proposals", body, Idempotency_Key="a").json == answer.json
    assert program.post("/proposals", body).status_code == 409
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert World(semilla).seats(db.session.scalars(select(Provider.id)).one()) == (1, 0)


def test_a_proposal_is_refused_with_every_reason(program: Program, made: Made) -> None:
    late = {"suggestion_id": made(suggested), "starts_on": "2020-01-01"}
    assert program.post("/proposals", late).json["errors"][0]["pointer"] == "/starts_on"
    far = made(lambda world: world.suggestion(world.family(), world.provider(monthly_fee_pen=900, status="suspended")))
    told = program.post("/proposals", {"suggestion_id": far, "starts_on": tomorrow()})
    assert told.status_code == 409
    assert len(told.json["reasons"]) == 2


@pytest.mark.parametrize(("decision", "status"), [
    ({"decision": "approve"}, "approved"), ({"decision": "return", "note": "Falta hablar"}, "returned"),
    ({"decision": "reject", "reason": "better_option"}, "rejected"),
])
def test_a_supervisor_decides(program: Program, made: Made, decision: dict[str, str], status: str) -> None:
    one = f"/proposals/{made(lambda world: world.proposal())}"
    seen = program.get(one)
    assert {"approve", "return", "reject"} <= set(seen.json["moves"])
    assert program.post(f"{one}/decision", decision).status_code == 428
    answer = program.post(f"{one}/decision", decision, If_Match=seen.headers["ETag"], Idempotency_Key="a")
    assert (answer.status_code, answer.json["status"]) == (200, status)
    again = program.post(f"{one}/decision", decision, If_Match=seen.headers["ETag"], Idempotency_Key="a")
    assert (again.status_code, again.json) == (200, answer.json)
    assert program.post(f"{one}/decision", decision, If_Match=seen.headers["ETag"]).status_code == 412


def test_nobody_decides_on_their_own_proposal(works_for: Callable[..., Program], made: Made) -> None:
    own = f"/proposals/{made(lambda world: world.proposal(actor=world.supervisor))}/decision"
    assert works_for("supervisor").post(own, {"decision": "approve"}, If_Match="*").status_code == 403
    assert works_for("caseworker").post(own, {"decision": "approve"}, If_Match="*").status_code == 403


def test_a_rejection_says_why(program: Program, made: Made) -> None:
    one = f"/proposals/{made(lambda world: world.proposal())}/decision"
    without = program.post(one, {"decision": "reject"}, If_Match="*")
    assert (without.status_code, without.json["errors"][0]["pointer"]) == (422, "/reason")


def test_proposals_are_listed_newest_first(program: Program, made: Made) -> None:
    ids = [made(lambda world: world.proposal()) for _ in range(3)]
    first = program.get("/proposals?limit=2").json
    rest = program.get(f"/proposals?limit=2&cursor={first['next']}").json
    assert [one["id"] for one in (*first["items"], *rest["items"])] == ids[::-1]
    assert program.get("/proposals?status=approved").json["items"] == []


def test_proposals_are_narrowed_to_who_proposed(program: Program, made: Made, semilla: Ngo) -> None:
    by_worker = made(lambda world: world.proposal())
    by_supervisor = made(lambda world: world.proposal(actor=world.supervisor))
    for role, proposals in (("caseworker", [by_worker]), ("supervisor", [by_supervisor]), ("ngo_admin", [])):
        found = program.get(f"/proposals?proposer_id={semilla.people[role]}").json["items"]
        assert [one["id"] for one in found] == proposals


def test_placements_are_listed_and_read(program: Program, made: Made) -> None:
    ids = {made(lambda world: world.active()) for _ in range(3)}
    first = program.get("/placements?limit=2").json
    rest = program.get(f"/placements?limit=2&cursor={first['next']}").json
    assert {one["id"] for one in (*first["items"], *rest["items"])} == ids
    one = program.get(f"/placements/{first['items'][0]['id']}")
    assert one.json["status"] == "active"
    family = f"/placements?family_id={one.json['family_id']}"
    assert [two["id"] for two in program.get(family).json["items"]] == [one.json["id"]]
