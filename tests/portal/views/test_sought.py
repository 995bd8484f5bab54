"""What a list is narrowed by: no address holds the words, and no address opens them for anybody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import tenancy
from portal.audit import AuditEvent
from portal.extensions import db
from tests.ground import Ngo
from tests.portal.worlds import Browser, World

LogIn = Callable[[str], Browser]
Made = Callable[..., str]
LISTS = (("/families/", "name"), ("/providers/", "q"), ("/placements/", "q"), ("/search/", "q"))
NAME = "Ñaupari Yauri"


def address(person: Browser, url: str, field: str, **values: str) -> str:
    answer = person.post(url, url, **{field: NAME}, **values)
    assert answer.status_code == 303
    return answer.headers["Location"]


@pytest.mark.parametrize(("url", "field"), LISTS)
def test_the_address_holds_no_word_and_opens_as_often_as_one_goes_back(log_in: LogIn, url: str, field: str) -> None:
    worker = log_in("caseworker")
    there = address(worker, url, field)
    assert there.startswith(f"{url}?sought=")
    assert "aupari" not in there
    for _ in range(2):
        page = worker.get(there)
        assert page.status_code == 200
        assert NAME in page.text


@pytest.mark.parametrize(("url", "field"), LISTS)
def test_a_search_is_one_entry_in_the_trail_without_its_words(
    app: Flask, semilla: Ngo, log_in: LogIn, url: str, field: str
) -> None:
    worker = log_in("caseworker")
    there = address(worker, url, field)
    worker.get(there)
    worker.get(there)
    with app.app_context(), tenancy.acting_for(semilla.id):
        told = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "search")).all()
        assert len(told) == 1
        assert "aupari" not in f"{told[0].reason} {told[0].subject_id}"


@pytest.mark.parametrize(("url", "field"), LISTS)
def test_it_opens_for_who_typed_it_only(app: Flask, log_in: LogIn, url: str, field: str) -> None:
    there = address(log_in("caseworker"), url, field)
    for other in (log_in("supervisor"), Browser(app, "supervisor@wasi.example")):
        page = other.get(there)
        assert page.status_code == 200
        assert NAME not in page.text


@pytest.mark.parametrize("broken", [
    "x", "1.", "1.x", "9.AAAA", "٣.AAAA", "9" * 900 + ".A", "1." + "A" * 5000, "%00", "1.ñ",
])
def test_an_address_somebody_made_up_narrows_nothing(log_in: LogIn, made: Made, broken: str) -> None:
    case = made(lambda world: world.family())
    page = log_in("caseworker").get(f"/families/?sought={broken}")
    assert page.status_code == 200
    assert case in page.text


def test_the_other_fields_stay_and_none_is_left_empty(log_in: LogIn) -> None:
    there = address(log_in("caseworker"), "/providers/", "q", status="approved", kind="")
    assert re.match(r"/providers/\?status=approved&sought=", there)


@pytest.mark.parametrize(("url", "field", "kept"), [
    ("/families/", "name", {"status": "draft"}), ("/providers/", "q", {"band": "0_11m"}),
    ("/placements/", "q", {"mine": "y"}),
])
def test_without_words_the_list_is_narrowed_by_the_rest(
    log_in: LogIn, url: str, field: str, kept: dict[str, str]
) -> None:
    worker = log_in("caseworker")
    answer = worker.post(url, url, **{field: "  "}, **kept)
    (name, value), = kept.items()
    assert answer.headers["Location"] == f"{url}?{name}={value}"
    assert worker.get(answer.headers["Location"]).status_code == 200


def test_what_was_found_has_a_second_page(log_in: LogIn, made: Made) -> None:
    def many(world: World) -> Any:
        return [world.family(search_name="rosa naupari yauri") for _ in range(30)][0]

    made(many)
    worker = log_in("caseworker")
    first = worker.get(address(worker, "/families/", "name")).text
    further = re.search(r'href="(/families/\?[^"]*page=1[^"]*)"', first)
    second = worker.get(further[1].replace("&amp;", "&")).text
    found = [set(re.findall(r'href="/families/([0-9a-f-]{36})"', page)) for page in (first, second)]
    assert [len(one) for one in found] == [25, 5]
    assert not found[0] & found[1]
