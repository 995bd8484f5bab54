"""I26: a file of one NGO that names keys, ids, documents and the name of the other touches nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from portal import tenancy
from portal.errors import InvalidInputError
from portal.extensions import db
from portal.forms.columns import spoken
from portal.models import Caregiver, Child, Family, ImportFile, Provider
from portal.services import imports
from portal.services.documents import Upload
from portal.services.imports import waiting
from tests.attack import canary
from tests.attack.canary import CANARY, DNI
from tests.ground import Ngo
from tests.portal.api.test_imports import book, coded
from tests.portal.imports.conftest import family, provider, sheet
from tests.portal.imports.test_screens import answer_to, send
from tests.portal.worlds import Browser
from tests.programs import Program

KEYS = ("theirs", "theirs-1")


@pytest.fixture
def theirs(app: Flask, wasi: Ngo, victim: dict[str, list[UUID]]) -> dict[str, list[UUID]]:
    """The other NGO has the same keys; they are as good as secret words."""
    with app.app_context(), tenancy.acting_for(wasi.id):
        db.session.scalars(select(Family)).first().external_ref = KEYS[0]
        db.session.scalars(select(Child)).first().external_ref = KEYS[1]
        db.session.scalars(select(Provider)).first().external_ref = KEYS[0]
        db.session.commit()
    return victim


def rows(theirs: dict[str, list[UUID]], wasi: Ngo) -> list[dict[str, str]]:
    """Families that name everything of the other NGO there is to name."""
    extra = {"id": f"{theirs['family'][0]}", "tenant_id": f"{wasi.id}", "tenant": "wasi",
             "caseworker_id": f"{wasi.people['caseworker']}", "provider_id": f"{theirs['provider'][0]}"}
    named = [family(family_ref=KEYS[0], child_ref=KEYS[1], caregiver_dni=DNI)]
    named += [family(family_ref=f"{theirs['family'][0]}", child_ref=f"{theirs['child'][0]}", caregiver_dni="")]
    return [{**one, **extra} for one in named]


def test_i26_families_of_a_file_touch_no_case_of_the_other_ngo(
    app: Flask, semilla: Ngo, wasi: Ngo, theirs: dict[str, list[UUID]], person: Callable[[str], Browser]
) -> None:
    before, admin = canary.seen_by(app, wasi), person("ngo_admin")
    page = send(admin, sheet(*rows(theirs, wasi))).headers["Location"]
    assert answer_to(admin, page, "confirm").status_code == 302
    assert canary.seen_by(app, wasi) == before
    with app.app_context(), tenancy.acting_for(semilla.id):
        made = db.session.scalars(select(Family)).all()
        assert {one.external_ref for one in made} == {KEYS[0], f"{theirs['family'][0]}"}
        assert {one.tenant_id for one in made} == {semilla.id}
        assert {one.caseworker_id for one in made} == {semilla.people["caseworker"]}


def test_i26_a_workbook_a_program_sends_touches_and_names_nothing_of_the_other_ngo(
    app: Flask, semilla: Ngo, wasi: Ngo, theirs: dict[str, list[UUID]]
) -> None:
    program, before = Program.of(app, semilla), canary.seen_by(app, wasi)
    worker = str(semilla.people["caseworker"])
    sent = program.post("/imports", {"kind": "families", "worker": worker, **coded(book(*rows(theirs, wasi)))})
    assert (sent.status_code, sent.json["faults"], sent.json["counts"]["made"]) == (201, [], 2)
    done = program.post(f"/imports/{sent.json['id']}/commit", {"seen": sent.json["seen"]})
    assert (done.status_code, [one["id"] for one in program.get("/imports").json["items"]]) == (200, [sent.json["id"]])
    assert canary.seen_by(app, wasi) == before
    strange = {"kind": "families", "worker": str(wasi.people["caseworker"]), **coded(book(family()))}
    assert program.post("/imports", strange).status_code == 422


def test_i26_what_the_other_ngo_has_is_not_told(
    app: Flask, semilla: Ngo, wasi: Ngo, theirs: dict[str, list[UUID]]
) -> None:
    with app.app_context(), tenancy.acting_for(semilla.id):
        plan = imports.examine(semilla.actor("supervisor"), spoken("families"), sheet(*rows(theirs, wasi)))
        assert (plan.faults, plan.counts()["made"]) == ((), 2)
        assert {one.code for one in plan.notices} == {"columns_unknown"}


def test_i26_providers_of_a_file_touch_no_provider_of_the_other_ngo(
    app: Flask, wasi: Ngo, theirs: dict[str, list[UUID]], person: Callable[[str], Browser]
) -> None:
    before, supervisor = canary.seen_by(app, wasi), person("supervisor")
    named = [provider(provider_ref=KEYS[0]), provider(provider_ref=f"{theirs['provider'][0]}")]
    page = send(supervisor, sheet(*named), "providers").headers["Location"]
    assert answer_to(supervisor, page, "confirm").status_code == 302
    assert canary.seen_by(app, wasi) == before


@pytest.mark.parametrize("action", ["", "/report.csv", "/confirm", "/abandon"])
def test_i26_a_waiting_file_of_the_other_ngo_is_not_found(
    app: Flask, wasi: Ngo, victim: dict[str, list[UUID]], person: Callable[[str], Browser], action: str
) -> None:
    with app.app_context(), tenancy.acting_for(wasi.id):
        data = sheet(family(caregiver_name=f"{CANARY}, Rosa"))
        left = waiting.leave(wasi.actor("supervisor"), "families", Upload(data), wasi.people["caseworker"])
        db.session.commit()
        address = f"/imports/{left.id}{action}"
    admin = person("ngo_admin")
    answer = admin.get(address) if action in {"", "/report.csv"} else admin.post(address, "/imports/", only_good="yes")
    assert answer.status_code == 404


def test_i26_no_worker_of_the_other_ngo_answers_for_families(at_work: Ngo, wasi: Ngo) -> None:
    with pytest.raises(InvalidInputError):
        waiting.leave(at_work.actor("ngo_admin"), "families", Upload(sheet(family())), wasi.people["caseworker"])


def test_i26_a_sealed_file_opens_in_no_other_ngo(
    app: Flask, semilla: Ngo, wasi: Ngo, victim: dict[str, list[UUID]]
) -> None:
    def left(ngo: Ngo) -> Any:
        return waiting.leave(ngo.actor("supervisor"), "families", Upload(sheet(family())), ngo.people["caseworker"])

    with app.app_context(), tenancy.acting_for(wasi.id):
        sealed = left(wasi).content_sealed
        db.session.commit()
    with app.app_context(), tenancy.acting_for(semilla.id):
        ours: ImportFile = left(semilla)
        ours.content_sealed = sealed
        with pytest.raises(RuntimeError, match="key"):
            ours.data()


def test_i26_a_document_both_ngos_know_is_no_duplicate(app: Flask, semilla: Ngo, victim: dict[str, list[UUID]]) -> None:
    with app.app_context(), tenancy.acting_for(semilla.id):
        plan = imports.examine(semilla.actor("supervisor"), spoken("families"), sheet(family(caregiver_dni=DNI)))
        imports.carry_out(semilla.actor("supervisor"), plan, semilla.people["caseworker"])
        db.session.commit()
        assert db.session.scalars(select(Caregiver)).one().dni == DNI
