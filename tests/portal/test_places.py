"""Districts: found by name, by code, by what narrows a name that repeats; and how far one is from another."""

from __future__ import annotations

import csv
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.commands.places import far_off
from portal.places import TABLE, District, centres, distance_km, district, districts, fold, labelled, search

SJL = "150132"
EVERY = sorted(districts())
CODES = st.sampled_from(EVERY)
Point = tuple[float, float]
POINTS = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
HALF_WAY_ROUND = 20_016.0  # km


def names(found: list[District]) -> list[str]:
    return [one.label for one in found]


def test_the_table_holds_every_district_once() -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(districts()) > 1800
    assert len({row["code"][:2] for row in rows}) == 25
    assert all(len(row["code"]) == 6 and row["code"].isdecimal() for row in rows)


def test_provinces_and_departments_have_one_name_each() -> None:
    for length, field in ((4, "province"), (2, "department")):
        found = {(code[:length], getattr(one, field)) for code, one in districts().items()}
        assert Counter(key for key, _ in found).most_common(1)[0][1] == 1


def test_every_place_lies_in_peru_and_says_how_exact_it_is() -> None:
    for one in districts().values():
        assert -18.4 < one.latitude < 0.1, one
        assert -81.4 < one.longitude < -68.6, one
        assert one.exactness in {"town", "district", "province"}
        assert (one.population > 0) <= (one.exactness == "town")


def test_no_place_is_far_from_the_middle_of_its_province() -> None:
    """Both sources are keyed by names that repeat: a point of another province would be hundreds of kilometres off."""
    assert far_off(centres()) == {}


def test_no_place_stands_for_districts_of_two_provinces() -> None:
    found: dict[Point, set[str]] = {}
    for code, one in districts().items():
        if one.exactness != "province":
            found.setdefault(centres()[code], set()).add(code[:4])
    assert [provinces for provinces in found.values() if len(provinces) > 1] == []


@pytest.mark.parametrize(("code", "point"), [
    ("151014", (-12.203, -75.799)),  # Huancaya, and not Huancayo, which is also called so
    ("150732", (-11.884, -76.440)),  # Surco above the Rímac, and not Santiago de Surco
    ("140206", (-6.640, -79.796)),  # Pueblo Nuevo of Ferreñafe, and not that of Chepén
    ("061301", (-6.626, -78.944)),  # Santa Cruz, and not the village in Cutervo
    ("110304", (-15.365, -75.162)),  # Marcona: one of the lists spells its province with z
    ("240304", (-3.571, -80.235)),  # Papayal of Tumbes, and not the bigger one of Piura
    ("150130", (-12.089, -76.999)),  # San Borja, and not Miraflores, which is also called so
])
def test_a_place_that_shares_its_name_is_its_own(code: str, point: Point) -> None:
    assert distance_km(centres()[code], point) < 2


@pytest.mark.parametrize("typed", [
    "San Juan de Lurigancho", "SAN JUAN DE LURIGANCHO", "  san juan   de lurigancho ", "lurigancho san juan de",
    "san juan lurigan", "150132",
])
def test_a_district_is_found_however_it_is_typed(typed: str) -> None:
    assert search(typed)[0].code == SJL


@pytest.mark.parametrize(("typed", "label"), [
    ("ancon", "Ancón, Lima, Lima"), ("ANCÓN", "Ancón, Lima, Lima"), ("brena", "Breña, Lima, Lima"),
    ("breña", "Breña, Lima, Lima"), ("huanta", "Huanta, Huanta, Ayacucho"),
])
def test_accents_and_tildes_need_not_be_typed(typed: str, label: str) -> None:
    assert search(typed)[0].label == label


@given(CODES)
def test_every_district_is_found_by_its_code_and_by_its_whole_name(code: str) -> None:
    assert [one.code for one in search(code)] == [code]
    one = district(code)
    assert one is not None
    assert code in {found.code for found in search(fold(one.label.replace(",", "")), limit=50)}


def test_a_label_names_one_district_and_a_name_alone_none() -> None:
    held = Counter(one.label for one in districts().values())
    for one in districts().values():
        assert labelled(one.label) is labelled(f" {fold(one.label)}") is (one if held[one.label] == 1 else None)
    assert labelled("Lima") is None


@given(CODES)
def test_near_home_comes_first_among_equal_names(code: str) -> None:
    one = district(code)
    assert one is not None
    assert search(one.name, near=code, limit=100)[0].code[:4] == code[:4]


def test_a_name_that_repeats_is_narrowed_by_its_province() -> None:
    everywhere = search("santa rosa", limit=100)
    exact = [one for one in everywhere if fold(one.name) == "santa rosa"]
    assert len({one.code[:4] for one in exact}) == len(exact) > 5
    assert len(set(names(everywhere))) == len(everywhere)
    assert names(search("santa rosa la mar"))[0] == "Santa Rosa, La Mar, Ayacucho"
    assert [one.label for one in exact] == names(everywhere)[: len(exact)]  # the name itself before longer ones


def test_the_beginning_of_a_code_lists_a_department_in_order() -> None:
    found = search("15", limit=500)
    assert {one.department for one in found} == {"Lima"}
    assert [one.code for one in found] == sorted(one.code for one in found)
    assert len(search("15")) == 12


@pytest.mark.parametrize("typed", ["", "   ", "xyzzy", "999999", "ancon xyzzy", "´`¨"])
def test_what_is_no_district_finds_none(typed: str) -> None:
    assert search(typed) == []


@given(st.text(max_size=40), st.sampled_from(["", SJL, "050101", "nowhere"]), st.integers(0, 20))
def test_whatever_is_typed_the_search_answers(typed: str, near: str, limit: int) -> None:
    found = search(typed, near, limit)
    assert len(found) <= limit
    assert len({one.code for one in found}) == len(found)


def test_an_unknown_code_has_no_district_and_no_centre() -> None:
    assert district("000000") is None
    assert "000000" not in centres()
    assert centres()[SJL] == (districts()[SJL].latitude, districts()[SJL].longitude)


@given(st.text(alphabet=st.characters(codec="latin-1"), max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(text) == fold(text.upper()) or "ß" in text or "µ" in text
    assert fold(f"  {text} ") == fold(text)


@given(POINTS, POINTS, POINTS)
def test_distances_are_distances(one: Point, two: Point, three: Point) -> None:
    assert distance_km(one, one) == 0
    assert distance_km(one, two) == pytest.approx(distance_km(two, one))
    assert 0 <= distance_km(one, two) <= HALF_WAY_ROUND
    assert distance_km(one, three) <= distance_km(one, two) + distance_km(two, three) + 1e-3


@pytest.mark.parametrize(("one", "other", "km"), [
    ((0.0, 0.0), (0.0, 1.0), 111.195), ((-12.046, -77.043), (-13.158, -74.224), 330.0),
    ((0.0, 0.0), (0.0, 180.0), 20_015.1),
])
def test_known_distances(one: tuple[float, float], other: tuple[float, float], km: float) -> None:
    assert distance_km(one, other) == pytest.approx(km, rel=0.01)
