"""A tag stands for all that is told: reads are spared a body while it holds, changes are refused when it does not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import tenancy
from portal.audit import AuditEvent
from portal.extensions import db
from portal.models import SeatBand
from tests.ground import Ngo
from tests.portal.api.test_families import CARE, Made, child
from tests.portal.worlds import World
from tests.programs import Program

ONES: dict[str, Callable[[World], Any]] = {
    "/families/{}": lambda world: world.family(), "/providers/{}": lambda world: world.provider(),
    "/proposals/{}": lambda world: world.proposal(), "/placements/{}": lambda world: world.active(),
}


@pytest.fixture
def family(made: Made) -> str:
    return f"/families/{made(lambda world: world.family())}"


@pytest.mark.parametrize("path", ONES)
def test_what_is_known_is_not_told_again(program: Program, made: Made, path: str) -> None:
    one = path.format(made(ONES[path]))
    tag = program.get(one).headers["ETag"]
    again = program.get(one, If_None_Match=tag)
    assert (again.status_code, again.get_data(), again.headers["ETag"]) == (304, b"", tag)
    assert not {"Content-Type", "Content-Length"} & set(dict(again.headers))


@pytest.mark.parametrize("form", ["{}", "W/{}", '"x", {}', '"x" , W/"y",{}', "*"])
def test_tags_are_compared_weakly_and_in_lists(program: Program, family: str, form: str) -> None:
    assert program.get(family, If_None_Match=form.format(program.get(family).headers["ETag"])).status_code == 304


@pytest.mark.parametrize("other", ['"x"', 'W/"x", "y"', "", "nonsense", '"'])
def test_another_tag_is_told_everything(program: Program, family: str, other: str) -> None:
    answer = program.get(family, If_None_Match=other)
    assert (answer.status_code, answer.json["id"]) == (200, family.rpartition("/")[2])


def test_a_head_is_answered_alike(program: Program, family: str) -> None:
    tag = program.ask("HEAD", family).headers["ETag"]
    assert tag == program.get(family).headers["ETag"]
    assert program.ask("HEAD", family, {"If-None-Match": tag}).status_code == 304


def test_what_is_not_there_is_not_unchanged(program: Program) -> None:
    assert program.get("/families/00000000-0000-0000-0000-000000000001", If_None_Match="*").status_code == 404


def test_who_may_not_read_is_not_told_that_nothing_changed(
    works_for: Callable[..., Program], made: Made, semilla: Ngo
) -> None:
    worker = semilla.people["supervisor"]
    theirs = f"/families/{made(lambda world: world.family(confidential=True, caseworker_id=worker))}"
    tag = works_for("supervisor").get(theirs).headers["ETag"]
    assert works_for("caseworker").get(theirs, If_None_Match=tag).status_code == 403


def test_the_trail_notes_a_read_without_a_body_too(app: Flask, semilla: Ngo, program: Program, family: str) -> None:
    program.get(family, If_None_Match=program.get(family).headers["ETag"])
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert db.session.scalar(select(func.count(AuditEvent.id)).where(AuditEvent.action == "read")) == 2


@pytest.mark.parametrize("child", [False, True])
def test_the_trail_notes_that_a_change_of_nothing_was_told_the_case(
    app: Flask, semilla: Ngo, program: Program, family: str, child: bool
) -> None:
    one = f"{family}/children/{program.get(family).json['children'][0]['id']}" if child else family
    assert program.patch(one, {}, If_Match="*").status_code == 200
    with app.app_context(), tenancy.acting_for(semilla.id):
        found = db.session.scalar(select(func.count(AuditEvent.id)).where(AuditEvent.action == "read"))
        assert found == (2 if child else 1)


def test_a_child_that_changed_is_a_case_that_changed(program: Program, family: str) -> None:
    one = f"{family}/children/{program.get(family).json['children'][0]['id']}"
    program.patch(one, {"sex": "m"}, If_Match="*")
    seen = program.get(family)
    assert program.patch(one, {"sex": "f"}, If_Match="*").status_code == 200
    again = program.get(family, If_None_Match=seen.headers["ETag"])
    assert (again.status_code, again.json["version"]) == (200, seen.json["version"])
    assert program.patch(family, {"care": CARE}, If_Match=seen.headers["ETag"]).status_code == 412


def test_of_changes_made_at_once_for_one_tag_one_is_made(program: Program, family: str) -> None:
    one = f"{family}/children/{program.get(family).json['children'][0]['id']}"
    tag = program.patch(one, {"sex": "x"}, If_Match="*").headers["ETag"]
    together = threading.Barrier(4)

    def send(hours: str) -> int:
        together.wait()
        return program.patch(one, {"schedule": hours}, If_Match=tag).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(send, (f"mon-fri 07:00-1{hour}:00" for hour in range(4)))) == [200, 412, 412, 412]


def test_a_seat_that_is_taken_is_a_provider_that_changed(
    app: Flask, semilla: Ngo, program: Program, made: Made
) -> None:
    one = f"/providers/{made(lambda world: world.provider())}"
    tag = program.get(one).headers["ETag"]
    with app.app_context(), tenancy.acting_for(semilla.id):
        db.session.scalars(select(SeatBand)).one().taken = 1
        db.session.commit()
    assert program.get(one, If_None_Match=tag).json["seats"][0]["taken"] == 1


def test_a_list_has_no_tag(program: Program, family: str) -> None:
    answer = program.get("/families", If_None_Match="*")
    assert (answer.status_code, "ETag" in answer.headers) == (200, False)


def test_a_weak_tag_changes_nothing(program: Program, family: str) -> None:
    tag = program.get(family).headers["ETag"]
    assert program.patch(family, {"care": CARE}, If_Match=f"W/{tag}").status_code == 412


def test_the_description_says_where_a_read_may_name_its_tag(app: Flask) -> None:
    paths = app.test_client().get("/api/v1/openapi.json").json["paths"]
    told = {path: item["get"] for path, item in paths.items() if "get" in item}
    tagged = {path for path, one in told.items() if "ETag" in one["responses"]["200"].get("headers", {})}
    for path, one in told.items():
        names = {header["name"] for header in one.get("parameters", ())}
        assert ("If-None-Match" in names) is ("304" in one["responses"]) is (path in tagged)
    assert len(tagged) >= 6


def test_two_children_added_are_two_tags(program: Program, family: str) -> None:
    tags = {program.post(f"{family}/children", child(given_names=name)).headers["ETag"] for name in ("Sol", "Luz")}
    assert len(tags) == 2
