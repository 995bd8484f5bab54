"""What changed since a proposal was made, field by field."""

from __future__ import annotations

from typing import Any

import pytest

from ml.changes import fields
from portal import wording
from portal.services import matching
from portal.wording import changes
from tests.portal.wording.conftest import In
from tests.portal.worlds import World


@pytest.mark.parametrize(("field", "value", "said"), [
    ("max_km", 4.0, "4 km"), ("max_km", None, "no se sabe"), ("fee", 0, "gratis"), ("max_fee", 80.0, "S/ 80"),
    ("languages", ["es", "quy"], "Castellano, Quechua chanka (Ayacucho)"), ("siblings", "may_split",
     "Pueden ir a lugares distintos"), ("birth", "2024-03-10", "10 mar. 2024"), ("schedule", "", "sin horario"),
    ("schedule", "sun 07:00-09:00", "dom 07:00-09:00"), ("needs", [], "ninguna"), ("needs", None, "ninguna"),
    ("status", "suspended", "Suspendido"), ("valid_until", "2999-12-31", "no vence"),
    ("valid_until", None, "sin fecha"),
    ("seats", [0, 2, 0, 1], "1 año: 2, 3 a 5 años: 1"), ("seats", [0, 0, 0, 0], "ninguno"), ("seats", None, "ninguno"),
])
def test_a_value_is_said(reading: In, field: str, value: Any, said: str) -> None:
    with reading("es"):
        assert wording.changed_value(field, value).replace("\xa0", " ") == said


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_field_of_a_snapshot_has_a_name_and_a_value(reading: In, world: World, language: str) -> None:
    kept = matching.snapshot(world.family(), world.provider())
    need = {name: value for name, value in kept["need"].items() if name != "children"}
    (child,) = kept["need"]["children"].values()
    with reading(language):
        for name, value in {**need, **child, **kept["offer"]}.items():
            assert wording.changed_field(name) not in {"", name}
            said = wording.changed_value(name, value)
            assert said
            assert said != str(value) or name == "schedule"  # the days of the week are English codes
    assert set(changes.FIELDS) == set(changes.WORDS) == {*need, *child, *kept["offer"]}


def step(field: str, by: float, then: str = "") -> dict[str, Any]:
    return {"field": field, "by": by, "then": then}


@pytest.mark.parametrize(("steps", "count", "said"), [
    ([step("max_fee", 19.2)], 4, "Pagando S/ 20 más al mes, podrían atender 4 cuidadores más."),
    ([step("max_km", 1.21)], 1, "Yendo 1.3 km más lejos, podría atender 1 cuidador más."),
    ([step("start_later", 30.0, "07:30")], 2,
     "Empezando a las 07:30 (30 min más tarde), podrían atender 2 cuidadores más."),
    ([step("start_later", 90.0)], 2, "Empezando 1 h 30 min más tarde, podrían atender 2 cuidadores más."),
    ([step("end_earlier", 60.0, "16:00")], 2,
     "Recogiendo a las 16:00 (1 h más temprano), podrían atender 2 cuidadores más."),
    ([step("start_date", 14.0, "2026-12-12")], 2,
     "Empezando el 12 dic. 2026 (14 días después), podrían atender 2 cuidadores más."),
    ([step("split", 1.0), step("max_km", 2.0)], 2,
     "Con los hermanos en lugares distintos y yendo 2 km más lejos, podrían atender 2 cuidadores más."),
])
def test_what_a_change_opens_is_said(reading: In, steps: list[dict[str, Any]], count: int, said: str) -> None:
    with reading("es"):
        told = wording.opening({"steps": steps, "providers": ["p"] * count})
    assert told.replace("\xa0", " ") == said


def test_from_the_centre_of_a_district_it_is_said_no_more_exactly(reading: In) -> None:
    change = {"steps": [step("max_km", 1.21), step("max_fee", 19.2)], "providers": ["p"]}
    with reading("es"):
        told = wording.opening(change, from_centre=True).replace("\xa0", " ")
    assert told == (
        "Yendo unos 1.3 km más lejos (contados desde el centro del distrito) y pagando S/ 20 más al mes, podría "
        "atender 1 cuidador más."
    )


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_wish_that_can_change_has_words(reading: In, language: str) -> None:
    with reading(language):
        for field in fields.FIELDS:
            assert wording.opening({"steps": [step(field, 1.0)], "providers": ["p"]})
