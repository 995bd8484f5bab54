"""Soles, days, kilometres, ages and hours as a reader in Peru writes them; reasons and rules as sentences."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml import pipeline
from ml.passages import Corpus, Passage
from ml.pipeline import Request
from portal import wording
from portal.wording import facts
from tests.ml import population
from tests.portal.wording.conftest import In

BORN = date(2024, 3, 10)


@pytest.mark.parametrize(("soles", "es", "en"), [
    (0, "gratis", "free"), (None, "no se sabe", "not known"), (120, "S/ 120", "PEN 120"),
    (1250.5, "S/ 1,250.5", "PEN 1,250.5"), (99.99, "S/ 99.99", "PEN 99.99"),
])
def test_soles(reading: In, soles: float | None, es: str, en: str) -> None:
    with reading("es"):
        assert wording.money(soles).replace("\xa0", " ") == es
    with reading("en"):
        assert wording.money(soles).replace("\xa0", " ") == en


@pytest.mark.parametrize(("km", "said"), [
    (0, "0 km"), (0.04, "0 km"), (1.25, "1.2 km"), (3.96, "4 km"), (1234.5, "1,234.5 km"),
])
def test_kilometres(reading: In, km: float, said: str) -> None:
    with reading("es"):
        assert wording.kilometres(km) == said
        assert wording.kilometres(None) == "no se sabe"


@pytest.mark.parametrize(("km", "said"), [
    (0, "menos de 0.5 km"), (0.49, "menos de 0.5 km"), (0.5, "0.5 km"), (3.96, "4 km"), (None, "no se sabe"),
])
def test_a_distance_is_no_more_exact_than_places_are_known(reading: In, km: float | None, said: str) -> None:
    with reading("es"):
        assert wording.distance(km) == said



@pytest.mark.parametrize(("language", "said", "told"), [
    ("es", "aprox. 1.8 km, desde el centro del distrito",
     "En línea recta, aprox. 1.8 km, desde el centro del distrito"),
    ("en", "about 1.8 km, from the centre of the district",
     "In a straight line, about 1.8 km, from the centre of the district"),
])
def test_a_distance_from_a_centre_is_never_said_as_if_it_were_exact(
    reading: In, language: str, said: str, told: str
) -> None:
    with reading(language):
        assert wording.distance(1.83, True) == said
        assert wording.offered({"rule": "distance", "offered": {"km": 1.83}}, True) == said
        assert wording.fact({"code": "distance", "values": {"km": 1.83}}, True, True) == told
        assert wording.distance(None, True) == wording.distance(None)


@pytest.mark.parametrize(("days", "es", "en"), [
    (date(2024, 3, 10), "0 meses", "0 months"), (date(2024, 4, 9), "0 meses", "0 months"),
    (date(2024, 4, 10), "1 mes", "1 month"), (date(2025, 3, 9), "11 meses", "11 months"),
    (date(2025, 3, 10), "1 año", "1 year"), (date(2026, 6, 10), "2 años y 3 meses", "2 years and 3 months"),
    (date(2025, 4, 10), "1 año y 1 mes", "1 year and 1 month"), (date(2020, 1, 1), "0 meses", "0 months"),
])
def test_ages(reading: In, days: date, es: str, en: str) -> None:
    with reading("es"):
        assert wording.age(BORN, days) == es
    with reading("en"):
        assert wording.age(BORN, days) == en


@pytest.mark.parametrize(("text", "es"), [
    ("2026-11-03", "3 nov. 2026"), ("2026-09-30", "30 set. 2026"), ("", "sin fecha"), ("NaT", "sin fecha"),
    (None, "sin fecha"),
])
def test_days(reading: In, text: Any, es: str) -> None:
    with reading("es"):
        assert facts.day(text) == es


def test_days_in_english(reading: In) -> None:
    with reading("en"):
        assert facts.day("2026-11-03") == "Nov 3, 2026"


@pytest.mark.parametrize(("minutes", "said"), [
    (0, "0 min"), (59, "59 min"), (60, "1 h"), (125, "2 h 5 min"), (6000, "100 h"),
])
def test_durations(reading: In, minutes: int, said: str) -> None:
    with reading("es"):
        assert facts.duration(minutes) == said


def test_hours_name_the_days_of_the_reader(reading: In) -> None:
    text = "mon-fri 07:00-18:00; sat 08:00-13:00"
    with reading("es"):
        assert wording.hours(text) == "lun-vie 07:00-18:00; sáb 08:00-13:00"
        assert wording.hours("") == "sin horario"
    with reading("en"):
        assert wording.hours(text).lower().startswith("mon-fri 07:00")


@given(st.dates(date(2018, 1, 1), date(2026, 1, 1)), st.integers(0, 2500))
@settings(max_examples=50, deadline=None)
def test_an_age_is_never_more_than_eleven_months_beside_its_years(born: date, days: int) -> None:
    said = wording.age(born, born + timedelta(days=days))
    numbers = [int(number) for number in re.findall(r"\d+", said)]
    assert numbers[-1] <= 11 or "año" in said
    assert len(numbers) <= 2


def vetting(until: str, days: int) -> dict[str, Any]:
    return {"code": "vetting", "values": {"until": until, "days": days}}


@pytest.mark.parametrize(("one", "good", "said"), [
    ({"code": "distance", "values": {"km": 0.44}}, True, "A menos de 0.5 km en línea recta"),
    ({"code": "fee", "values": {"pen": 0, "budget_pen": 100}}, True, "No cuesta"),
    ({"code": "age_fit", "values": {"seats": 1}}, True, "Tiene 1 cupo libre para su edad"),
    ({"code": "age_fit", "values": {"seats": 2}}, True, "Tiene 2 cupos libres para su edad"),
    ({"code": "language", "values": {"preferred": "quy", "common": []}}, False, "No tienen una lengua en común"),
    ({"code": "language", "values": {"preferred": "es", "common": ["es"]}}, True,
     "Habla castellano, la lengua de la casa"),
    ({"code": "special_needs", "values": {"needs": ["asthma", "diet"]}}, True, "Puede atender: asma, dieta especial"),
    (vetting("2026-12-24", 40), True, "Su verificación vale hasta el 24 dic. 2026"),
    (vetting("2999-12-31", 9), True, "Su verificación no vence"),
    (vetting("2026-12-24", 1), False, "Su verificación vence 1 día después del inicio"),
    ({"code": "siblings", "values": {"children": 2}}, True, "Recibe juntos a los hermanos"),
])
def test_a_reason_is_a_sentence(reading: In, one: dict[str, Any], good: bool, said: str) -> None:
    with reading("es"):
        assert wording.fact(one, good) == said


@pytest.mark.parametrize(("rule", "side", "values", "said"), [
    ("fee", "needed", {"pen": 100.0}, "S/ 100"),
    ("hours", "offered", {"schedule": "mon 08:00-12:00", "missing_minutes": 90, "missing": "mon 06:30-08:00"},
     "lun 08:00-12:00; faltan 1 h 30 min (lun 06:30-08:00)"),
    ("seats", "needed", {"seats": {"24_35m": 2}, "too_old": False}, "2 años: 2"),
    ("seats", "needed", {"seats": {}, "too_old": True}, "menos de 6 años en la fecha de inicio"),
    ("seats", "offered", {"seats": {}, "away_from": None, "away_until": None}, "ninguno"),
    ("seats", "offered", {"seats": {"0_11m": 1}, "away_from": "2026-01-05", "away_until": "2026-02-01"},
     "de licencia del 5 ene. 2026 al 1 feb. 2026"),
    ("vetting", "needed", {"until": "2026-12-24"}, "aprobado y vigente el 24 dic. 2026"),
    ("vetting", "offered", {"status": "suspended", "until": None}, "suspendido, sin fecha de vigencia"),
    ("vetting", "offered", {"status": "approved", "until": "2026-12-01"}, "aprobado, vigente hasta el 1 dic. 2026"),
    ("vetting", "offered", {"status": "suspended", "until": "2999-12-31"}, "suspendido, sin vencimiento"),
    ("distance", "offered", {"km": None}, "no se sabe"), ("conflict", "needed", {}, "reservado"),
    ("special_needs", "offered", {"needs": []}, "ninguna"), ("language", "needed", {"languages": []}, "no se sabe"),
])
def test_a_side_of_a_rule_is_said(reading: In, rule: str, side: str, values: dict[str, Any], said: str) -> None:
    with reading("es"):
        assert getattr(wording, side)({"rule": rule, side: values}).replace("\xa0", " ") == said


def answers(seed: int) -> tuple[pipeline.Answer, Any]:
    """A run over made-up people."""
    children, providers = population.made(12, 12, seed)
    blank = Passage((), np.ones((1, 4), dtype=np.float32) / 2)
    request = Request(children, providers, [blank] * 12, Corpus.of([blank] * 12))
    answer = pipeline.rank(request)
    return answer, pipeline.why_not(request)


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_matcher_says_can_be_said(reading: In, language: str, seed: int) -> None:
    answer, table = answers(seed)
    with reading(language):
        said = [
            wording.fact({"code": one.code, "values": one.values}, good)
            for row in answer.suggestions for good, told in ((True, row.favour), (False, row.against)) for one in told
        ]
        for failure in table.rows():
            values = {"rule": failure.rule, "needed": failure.needed, "offered": failure.offered}
            said += [wording.rule(failure.rule), wording.needed(values), wording.offered(values)]
    assert len(said) > 100
    assert not [one for one in said if not one or re.search(r"None|NaT|nan|_|\{", one)]
