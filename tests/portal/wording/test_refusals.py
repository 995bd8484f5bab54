"""Refusals say what is wrong and what the reader can do."""

from __future__ import annotations

from typing import Any

import pytest

from portal import wording
from portal.errors import Refusal
from portal.models import Family
from portal.services import intakes
from portal.wording import refusals
from tests.portal.wording.conftest import In

WITH_VALUES: list[tuple[str, dict[str, Any], str]] = [
    ("no_free_seat", {"band": "24_35m", "children": 1}, "No queda cupo libre para 2 años."),
    ("checklist", {"item": "Visita al local", "state": "missing"}, "Visita al local: Falta."),
    ("child_has_open_proposal", {"child": "Luz"}, "Luz ya tiene una propuesta abierta o una colocación."),
    ("family_not_waiting", {"status": "paused"}, "La familia no está en espera (En pausa)."),
    ("missing", {"what": "story"}, "Falta: La historia de la familia."),
    ("missing", {"what": "child_start", "names": "Luz, Mateo"}, "Falta: Desde cuándo necesita cuidado: Luz, Mateo."),
    ("rule", {"rule": "distance", "needed": {"km": 4.0}, "offered": {"km": 9.5}},
     "Distancia: se necesita 4 km; hay 9.5 km."),
]


@pytest.mark.parametrize(("code", "values", "said"), WITH_VALUES)
def test_a_refusal_names_what_it_is_about(reading: In, code: str, values: dict[str, Any], said: str) -> None:
    with reading("es"):
        assert wording.refusal(Refusal(code, tuple(values.items()))) == said
    with reading("en"):
        assert wording.refusal(Refusal(code, tuple(values.items()))) not in {said, code}


def test_every_refusal_with_values_is_tried() -> None:
    assert {code for code, _, _ in WITH_VALUES} == {*refusals.WITH_VALUES, "missing", "rule"}


@pytest.mark.parametrize("code", sorted(refusals.PLAIN))
def test_a_plain_refusal_is_a_sentence_in_both_languages(reading: In, code: str) -> None:
    said = []
    for language in ("es", "en"):
        with reading(language):
            said.append(wording.refusal(Refusal(code)))
            assert wording.message(code) == said[-1]
    assert all(one.endswith(".") and one[0].isupper() for one in said)
    assert said[0] != said[1]


def test_whatever_an_intake_lacks_has_words(reading: In, world: Any) -> None:
    draft = Family(number=1, caseworker_id=world.worker.id)
    lacks = {str(dict(one.values)["what"]) for one in intakes.missing(draft, [], [])}
    assert lacks <= set(refusals.MISSING)
    assert {"caregiver", "phone", "district", "children", "story"} <= lacks
    for language in ("es", "en"):
        with reading(language):
            assert not {wording.missing(code) for code in refusals.MISSING} & set(refusals.MISSING)


def test_text_that_is_no_code_stays_as_it_is(reading: In) -> None:
    with reading("es"):
        assert wording.message("Este campo es obligatorio.") == "Este campo es obligatorio."
        assert wording.missing("?") == "?"
