"""What a family allowed, refused and took back, as programs read it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from portal import clock, tenancy
from portal.audit import AuditEvent
from portal.extensions import db
from tests.ground import Ngo
from tests.portal.api.test_families import Made
from tests.portal.api.test_intakes import said
from tests.programs import Program


def test_every_answer_is_told_by_purpose_the_newest_first(program: Program, made: Made, semilla: Ngo) -> None:
    address = f"/families/{made(lambda world: world.family(status='draft'))}/consents"
    start = clock.now()
    answers = ({"matching": True, "training": False}, {"matching": False}, {"services": True})
    for minutes, given in enumerate(answers):
        with clock.at(start + timedelta(minutes=minutes)):
            program.post(address, said(answers=given, text_version=f"v{minutes}"))
    told = {one["purpose"]: one for one in program.get(address).json["purposes"]}
    assert {purpose: one["now"] for purpose, one in told.items()} == {
        "services": "given", "matching": "withdrawn", "training": "refused", "sharing": "not_asked",
    }
    assert [(one["given"], one["text_version"]) for one in told["matching"]["answers"]] == [(False, "v1"), (True, "v0")]
    first = told["matching"]["answers"][1]
    assert (first["given_by"], first["channel"], first["given_on"]) == (
        "Rosa Quispe", "signature", clock.today().isoformat(),
    )
    assert first["recorded_by_id"] == str(semilla.people["supervisor"])
    assert told["sharing"]["answers"] == []


def test_the_history_has_a_tag_and_the_trail_notes_the_reading(
    app: Flask, semilla: Ngo, program: Program, made: Made
) -> None:
    address = f"/families/{made(lambda world: world.family())}/consents"
    tag = program.get(address).headers["ETag"]
    assert program.get(address, If_None_Match=tag).status_code == 304
    program.post(address, said(answers={"training": True}))  # answered with the case, which is a read too
    assert program.get(address, If_None_Match=tag).status_code == 200
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert len(db.session.scalars(select(AuditEvent).where(AuditEvent.action == "read")).all()) == 4


def test_the_history_is_for_who_reads_the_family(works_for: Callable[..., Program], made: Made, semilla: Ngo) -> None:
    theirs = made(lambda world: world.family(confidential=True, caseworker_id=semilla.people["supervisor"]))
    assert works_for("caseworker").get(f"/families/{theirs}/consents").status_code == 403
    assert works_for("supervisor", "write:families").get(f"/families/{theirs}/consents").status_code == 403
    assert works_for("supervisor", "read:families").get(f"/families/{theirs}/consents").status_code == 200
