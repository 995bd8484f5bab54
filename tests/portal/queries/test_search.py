"""One box: names, codes, DNI and phones, as people type them."""

from __future__ import annotations

from typing import Any

import pytest

from portal.extensions import db
from portal.models import Family, Provider
from portal.places import fold
from portal.policy import Actor
from portal.queries.search import MOST, Found, search
from tests.portal.worlds import World


def known(world: World, names: str, **values: Any) -> Family:
    """A family of that name, as the intake files it."""
    family = world.family(search_name=fold(names), **values)
    family.caregivers[0].dni, family.caregivers[0].phone = values.pop("dni", None), None
    db.session.commit()
    return family


@pytest.fixture
def rosa(world: World) -> Family:
    family = known(world, "Rosa Ñaupari Quispe")
    family.caregivers[0].dni, family.caregivers[0].phone = "17801146", "987654321"
    family.children[0].dni = "90123456"
    db.session.commit()
    return family


@pytest.fixture
def home(world: World) -> Provider:
    provider = world.provider(search_name="wawa wasi los molles", name="Wawa Wasi Los Molles")
    provider.dni, provider.phone = "41234567", "966111222"
    db.session.commit()
    return provider


@pytest.mark.parametrize("typed", [
    "ñaupari", "NAUPARI", "quispe rosa", "aupa", "17801146", "178-011-46", "17801146-0", "17801146 - 0", "178011460",
    "987654321", "+51 987 654 321", "987-654-321", "90123456",
])
def test_a_family_is_found_however_it_is_typed(world: World, rosa: Family, typed: str) -> None:
    assert search(world.worker, typed) == Found([rosa], [])


@pytest.mark.parametrize("typed", ["los molles", "MOLLES wawa", "41234567", "966111222", "966 111 222"])
def test_a_provider_is_found_however_it_is_typed(world: World, home: Provider, rosa: Family, typed: str) -> None:
    assert search(world.worker, typed) == Found([], [home])


def test_a_code_is_one_case_or_one_provider(world: World, rosa: Family, home: Provider) -> None:
    assert search(world.worker, rosa.code) == Found([rosa], [])
    assert search(world.worker, f"p-{home.number}") == Found([], [home])
    assert search(world.worker, f"f-{home.number + 1000}") == Found([], [])


@pytest.mark.parametrize("typed", [
    "", "   ", "xyzzy", "17801147", "987654320", "%", "_", "rosa%quispe", "f-", "f-²", "F-1.5", "--", "²²²²²²",
    "99999999999999999999", "f-99999999999999",
])
def test_what_nobody_has_finds_nobody(world: World, rosa: Family, home: Provider, typed: str) -> None:
    assert search(world.worker, typed) == Found([], [])


def test_the_number_of_a_person_of_the_other_kind_finds_nobody(world: World, rosa: Family) -> None:
    """A DNI is no phone, though both are digits."""
    rosa.caregivers[0].phone = "717801146"
    db.session.commit()
    assert search(world.worker, "17801146").families == [rosa]
    assert search(world.worker, "71780114").families == []


def test_a_confidential_case_is_found_by_who_may_read_it(world: World, rosa: Family) -> None:
    rosa.confidential = True
    db.session.commit()
    other = Actor(world.ngo.people["ngo_admin"], "Otra", frozenset({"caseworker"}), world.ngo.id)
    for typed in ("naupari", "17801146", "987654321", rosa.code):
        assert search(other, typed).families == []
        assert search(world.worker, typed).families == search(world.supervisor, typed).families == [rosa]


def test_no_more_are_shown_than_a_page_holds(world: World) -> None:
    for _ in range(MOST + 3):
        known(world, "Rosa Quispe")
    found = search(world.worker, "quispe").families
    assert len(found) == MOST
    assert [one.number for one in found] == sorted(one.number for one in found)
