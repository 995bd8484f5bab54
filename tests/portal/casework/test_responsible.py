"""Who may be given a case, and who may have proposed: only people whose roles let them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from portal.extensions import db
from portal.models import Family
from portal.queries import people
from tests.ground import Ngo
from tests.portal.worlds import Browser, World

LogIn = Callable[..., Browser]
Made = Callable[[Callable[[World], Any]], str]


def choices(text: str, name: str) -> set[str]:
    """The values a list offers."""
    found = re.search(rf'<select[^>]*name="{name}".*?</select>', text, re.DOTALL)
    assert found
    return set(re.findall(r'value="([^"]+)"', found[0]))


def those(ngo: Ngo, *roles: str) -> set[str]:
    return {str(ngo.people[role]) for role in roles}


def test_a_case_is_offered_to_those_who_can_work_it(log_in: LogIn, made: Made, semilla: Ngo) -> None:
    family = made(lambda world: world.family())
    text = log_in("supervisor").get(f"/families/{family}").text
    assert choices(text, "worker") == those(semilla, "caseworker", "supervisor")


@pytest.mark.parametrize("roles", [["ngo_admin"], ["data_scientist"], ["ngo_admin", "data_scientist"]])
def test_a_case_is_not_given_to_who_could_not_open_it(
    log_in: LogIn, made: Made, kept: Callable[..., Any], semilla: Ngo, roles: list[str]
) -> None:
    def build(world: World) -> Any:
        people.member(semilla.people["ngo_admin"]).roles = roles
        return world.family()

    family = made(build)
    (other,) = those(semilla, "ngo_admin")
    answer = log_in("supervisor").post(f"/families/{family}/assign", f"/families/{family}", worker=other)
    assert answer.status_code == 422
    assert "Esa persona no puede llevar casos" in answer.text
    assert kept(Family, family).caseworker_id == semilla.people["caseworker"]


def test_an_administrator_who_also_works_cases_can_be_given_one(
    log_in: LogIn, made: Made, kept: Callable[..., Any], semilla: Ngo
) -> None:
    def build(world: World) -> Any:
        people.member(semilla.people["ngo_admin"]).roles = ["ngo_admin", "caseworker"]
        return world.family()

    family = made(build)
    (other,) = those(semilla, "ngo_admin")
    answer = log_in("supervisor").post(f"/families/{family}/assign", f"/families/{family}", worker=other)
    assert answer.status_code == 302
    assert kept(Family, family).caseworker_id == semilla.people["ngo_admin"]


def test_the_queue_is_narrowed_to_those_whose_proposals_wait(log_in: LogIn, made: Made, semilla: Ngo) -> None:
    supervisor = log_in("supervisor")
    assert choices(supervisor.get("/queue/").text, "proposer") == set()
    made(lambda world: world.proposal())
    assert choices(supervisor.get("/queue/").text, "proposer") == those(semilla, "caseworker")


def test_who_is_chosen_stays_to_be_seen_when_the_last_one_is_decided(log_in: LogIn, semilla: Ngo) -> None:
    (worker,) = those(semilla, "caseworker")
    assert choices(log_in("supervisor").get(f"/queue/?proposer={worker}").text, "proposer") == {worker}


def test_who_proposed_and_left_is_still_among_them(log_in: LogIn, made: Made, semilla: Ngo) -> None:
    def build(world: World) -> Any:
        proposal = world.proposal()
        people.member(semilla.people["caseworker"]).active = False
        db.session.commit()
        return proposal

    supervisor = log_in("supervisor")
    made(build)
    assert str(semilla.people["caseworker"]) in choices(supervisor.get("/queue/").text, "proposer")
