"""A case on its way to the supervisor, sent by a program: children, consents, what is missing, the sending."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock, tenancy
from portal.audit import AuditEvent
from portal.events import Job
from portal.extensions import db
from portal.models import Child, Consent, Family, Transition
from portal.services.intakes import CONSENT_TEXT
from tests.ground import Ngo
from tests.portal.api.test_families import CARE, HOME, NEW, Made, child
from tests.portal.worlds import World
from tests.programs import Program


def said(**values: Any) -> dict[str, Any]:
    today = clock.today().isoformat()
    return {"answers": {}, "given_by": "Rosa Quispe", "given_on": today, "channel": "signature", **values}


def tag(program: Program, path: str) -> str:
    return program.get(path).headers["ETag"]


@pytest.fixture
def draft(program: Program) -> str:
    """A draft with a caregiver and a district, as an address."""
    return program.post("/families", NEW).headers["Location"].removeprefix("/api/v1")


def test_the_whole_way_from_a_draft_to_the_supervisor(app: Flask, semilla: Ngo, program: Program, draft: str) -> None:
    start = (clock.today() + timedelta(days=10)).isoformat()
    assert program.post(f"{draft}/children", child(start_date=start)).status_code == 201
    sections = program.patch(draft, {"home": HOME, "care": CARE}, If_Match=tag(program, draft))
    assert sections.json["missing"] == ["consent_services", "consent_matching"]
    asked = program.post(f"{draft}/consents", said(answers={"services": True, "matching": False}))
    assert (asked.json["missing"], asked.json["consents"]) == ([], ["services"])
    sent = program.post(f"{draft}/submit", None, If_Match=asked.headers["ETag"])
    assert (sent.status_code, sent.json["status"]) == (200, "submitted")
    with app.app_context(), tenancy.acting_for(semilla.id):
        move = db.session.scalars(select(Transition)).one()
        assert (move.action, move.actor_id) == ("submit", semilla.people["supervisor"])


def test_what_is_missing_is_named_and_nothing_moves(program: Program, draft: str) -> None:
    refused = program.post(f"{draft}/submit", None, If_Match=tag(program, draft))
    assert refused.status_code == 409
    assert {one["code"] for one in refused.json["reasons"]} == {"missing"}
    told = program.get(draft).json
    assert [one["what"] for one in refused.json["reasons"]] == told["missing"]
    assert "Falta: La historia de la familia." in {one["detail"] for one in refused.json["reasons"]}
    assert told["status"] == "draft"


def test_a_case_is_sent_as_it_was_read_and_once(program: Program, made: Made) -> None:
    ready = made(complete)
    address = f"/families/{ready}"
    assert program.post(f"{address}/submit", None).status_code == 428
    assert program.post(f"{address}/submit", None, If_Match='"99"').status_code == 412
    seen = tag(program, address)
    answers = [program.post(f"{address}/submit", None, If_Match=seen, Idempotency_Key="a") for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].get_data() == answers[1].get_data()
    assert program.post(f"{address}/submit", None, If_Match="*").status_code == 409


def complete(world: World) -> Family:
    """A draft that lacks nothing."""
    family = world.family(status="draft", story="Trabajo de noche.")
    family.main_caregiver.phone = "987654321"
    family.children[0].start_date = clock.today()
    for purpose in ("services", "matching"):
        db.session.add(Consent(
            family_id=family.id, purpose=purpose, given=True, text_version=CONSENT_TEXT, given_on=clock.today(),
            recorded_by_id=world.worker.id,
        ))
    db.session.commit()
    return family


def test_the_same_child_is_not_taken_twice(program: Program, draft: str) -> None:
    assert program.post(f"{draft}/children", child(given_names="Luz")).status_code == 201
    again = program.post(f"{draft}/children", child(given_names=" LÚZ"))
    twin = program.post(f"{draft}/children", child(given_names="Sol")).headers["Location"].removeprefix("/api/v1")
    renamed = program.patch(twin, {"given_names": "luz"}, If_Match=tag(program, twin))
    other = {**NEW["caregiver"], "phone": "911222333", "dni": "87654321"}
    whole = program.post("/families", {**NEW, "caregiver": other, "children": [child(), child()]})
    assert [one.status_code for one in (again, renamed, whole)] == [409, 409, 409]
    for one in (again, renamed, whole):
        assert "Ya está en esta ficha" in one.text
    assert "children/1/given_names" in whole.text
    assert [one["given_names"] for one in program.get(draft).json["children"]] == ["Luz", "Sol"]


def test_a_child_is_added_read_and_changed(program: Program, draft: str) -> None:
    added = program.post(f"{draft}/children", child(sex="f", special_needs=["asthma"], dni="12345679"))
    one = added.headers["Location"].removeprefix("/api/v1")
    seen = program.get(one)
    assert (seen.json, seen.headers["ETag"]) == (added.json, added.headers["ETag"])
    assert "12345679" not in seen.text
    assert program.patch(one, {"sex": "m"}).status_code == 428
    changed = program.patch(one, {"surnames": "Quispe", "start_date": "2026-12-01"}, If_Match=seen.headers["ETag"])
    assert changed.status_code == 200
    assert changed.json == {**seen.json, "surnames": "Quispe", "start_date": "2026-12-01"}
    assert program.patch(one, {"sex": "m"}, If_Match=seen.headers["ETag"]).status_code == 412
    emptied = program.patch(one, {"start_date": None}, If_Match=changed.headers["ETag"])
    assert emptied.json == {**changed.json, "start_date": None}
    nothing = program.patch(one, {}, If_Match=emptied.headers["ETag"])
    assert nothing.headers["ETag"] == emptied.headers["ETag"]
    assert program.get(draft).json["children"] == [nothing.json]


def test_a_child_is_held_to_what_its_page_is_held_to(program: Program, draft: str) -> None:
    wrong = program.post(f"{draft}/children", child(birth_date="2010-01-01"))
    assert [one["pointer"] for one in wrong.json["errors"]] == ["/birth_date"]
    one = program.post(f"{draft}/children", child(dni="12345679")).headers["Location"].removeprefix("/api/v1")
    twin = program.post(f"{draft}/children", child(given_names="Sol", dni="12345679"))
    assert (twin.status_code, twin.json["errors"][0]["pointer"]) == (409, "/dni")
    late = program.patch(one, {"schedule": "cuando pueda"}, If_Match=tag(program, one))
    assert [found["pointer"] for found in late.json["errors"]] == ["/schedule"]
    empty = program.patch(one, {"birth_date": None}, If_Match=tag(program, one))
    assert [found["pointer"] for found in empty.json["errors"]] == ["/birth_date"]


def test_nobody_needs_care_before_birth(program: Program, draft: str) -> None:
    born, before = clock.today() - timedelta(days=400), (clock.today() - timedelta(days=401)).isoformat()
    wrong = program.post(f"{draft}/children", child(birth_date=born.isoformat(), start_date=before))
    assert [one["pointer"] for one in wrong.json["errors"]] == ["/start_date"]
    made = program.post(f"{draft}/children", child(birth_date=born.isoformat(), start_date=born.isoformat()))
    one = made.headers["Location"].removeprefix("/api/v1")
    for change in ({"start_date": before}, {"birth_date": (born + timedelta(days=1)).isoformat()}):
        wrong = program.patch(one, change, If_Match=tag(program, one))
        assert [found["pointer"] for found in wrong.json["errors"]] == ["/start_date"]


def test_a_child_sent_twice_is_one_child(app: Flask, semilla: Ngo, program: Program, draft: str) -> None:
    first, again = (program.post(f"{draft}/children", child(), Idempotency_Key="a") for _ in range(2))
    assert first.json == again.json
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert len(db.session.scalars(select(Child)).all()) == 1


def test_a_child_is_found_in_its_own_case_only(program: Program, draft: str, made: Made) -> None:
    other = f"/families/{made(lambda world: world.family())}"
    one = program.post(f"{draft}/children", child()).json["id"]
    assert program.get(f"{draft}/children/{one}").status_code == 200
    assert program.get(f"{other}/children/{one}").status_code == 404
    assert program.patch(f"{other}/children/{one}", {"sex": "m"}, If_Match="*").status_code == 404


def test_a_case_that_waits_is_matched_anew_when_a_child_changes(
    app: Flask, semilla: Ngo, program: Program, made: Made
) -> None:
    family = made(lambda world: world.family())
    one = f"/families/{family}/children/{program.get(f'/families/{family}').json['children'][0]['id']}"
    assert program.patch(one, {"schedule": "lun-vie 8:00-12:00"}, If_Match="*").status_code == 200
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert "family.changed" in set(db.session.scalars(select(Job.event)))


def test_answers_follow_each_other_and_none_is_lost(app: Flask, semilla: Ngo, program: Program, draft: str) -> None:
    yes, no = (
        program.post(f"{draft}/consents", said(answers={"training": answer}, text_version="2025-01"))
        for answer in (True, False)
    )
    assert (yes.json["consents"], no.json["consents"]) == (["training"], [])
    assert tag(program, draft) == no.headers["ETag"] != yes.headers["ETag"]
    with app.app_context(), tenancy.acting_for(semilla.id):
        rows = db.session.scalars(select(Consent).order_by(Consent.recorded_at)).all()
        assert [(one.given, one.text_version, one.given_by) for one in rows] == [
            (True, "2025-01", "Rosa Quispe"), (False, "2025-01", "Rosa Quispe"),
        ]
        assert {one.recorded_by_id for one in rows} == {semilla.people["supervisor"]}


@pytest.mark.parametrize(("wrong", "pointer"), [
    ({"given_on": "2999-01-01"}, "/given_on"), ({"given_on": "1900-01-01"}, "/given_on"), ({}, "/answers"),
    ({"given_by": " "}, "/given_by"), ({"channel": "letter"}, "/channel"),
    ({"answers": {"all": True}}, "/answers/all"), ({"answers": {"services": "yes"}}, "/answers/services"),
    ({"text_version": "x" * 21}, "/text_version"),
])
def test_an_answer_that_cannot_be_is_refused(program: Program, draft: str, wrong: dict[str, Any], pointer: str) -> None:
    refused = program.post(f"{draft}/consents", said(**wrong))
    assert (refused.status_code, [one["pointer"] for one in refused.json["errors"]]) == (422, [pointer])


def test_a_case_of_another_worker_is_neither_changed_nor_sent(
    works_for: Callable[..., Program], made: Made, semilla: Ngo
) -> None:
    theirs = f"/families/{made(lambda world: world.family(caseworker_id=semilla.people['supervisor']))}"
    worker = works_for("caseworker")
    one = f"{theirs}/children/{worker.get(theirs).json['children'][0]['id']}"
    assert worker.get(one).status_code == 200
    assert worker.patch(one, {"sex": "m"}, If_Match="*").status_code == 403
    assert worker.post(f"{theirs}/children", child()).status_code == 403
    assert worker.post(f"{theirs}/consents", said(answers={"services": True})).status_code == 403
    assert worker.post(f"{theirs}/submit", None, If_Match="*").status_code == 403


def test_the_trail_names_who_changed_what(app: Flask, semilla: Ngo, program: Program, draft: str) -> None:
    one = program.post(f"{draft}/children", child()).headers["Location"].removeprefix("/api/v1")
    program.patch(one, {"sex": "f"}, If_Match="*")
    program.post(f"{draft}/consents", said(answers={"services": True}))
    with app.app_context(), tenancy.acting_for(semilla.id):
        entries = db.session.execute(
            select(AuditEvent.subject_type, AuditEvent.action).where(AuditEvent.author_name == "Supervisor · prueba")
        ).all()
        assert {("child", "create"), ("child", "update"), ("consent", "create")} <= {tuple(one) for one in entries}
