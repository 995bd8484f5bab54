"""What changed since a proposal was made, field by field."""

from __future__ import annotations

from typing import Any

import pytest

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
