"""A file in the words of the forms, in either language: titles, codes, and what is said of what is wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask_babel import force_locale

from portal import wording
from portal.forms.columns import LANGUAGES, spoken
from portal.places import fold
from portal.services import imports
from portal.services.imports.columns import KINDS_OF_FILE
from portal.services.imports.plan import Plan
from tests.portal.imports.conftest import FAMILY_ROW, PROVIDER_ROW, family, provider, sheet, told
from tests.portal.worlds import World

Look = Callable[..., Plan]
ROWS = {"families": FAMILY_ROW, "providers": PROVIDER_ROW}


def in_words(kind: str, row: dict[str, str]) -> dict[str, str]:
    """The row as somebody writes it in the language at work."""
    words = spoken(kind)
    written = {name: words.worded(name, cell) for name, cell in row.items()}
    return {str(words.titles[name]): wording.hours(cell) if name == "schedule" else cell
            for name, cell in written.items()}


def said(plan: Plan) -> list[str]:
    return [wording.problem(one.code, dict(one.values)) for one in plan.faults]


@pytest.mark.parametrize("kind", list(KINDS_OF_FILE))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_in_words_is_the_file_in_codes(world: World, kind: str, language: str) -> None:
    with force_locale(language):
        row = in_words(kind, ROWS[kind])
    assert not set(row) & set(ROWS[kind])
    found, coded = (imports.examine(world.supervisor, spoken(kind), sheet(one)) for one in (row, ROWS[kind]))
    assert (found.faults, found.steps) == ((), coded.steps)


@pytest.mark.parametrize("kind", list(KINDS_OF_FILE))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_title_and_every_word_means_one_thing(world: World, kind: str, language: str) -> None:
    words = spoken(kind)
    with force_locale(language):
        assert {words.column(str(title)): name for name, title in words.titles.items()} == {
            name: name for name in KINDS_OF_FILE[kind]
        }
        for column, labels in words.labels.items():
            assert [words.coded(column, str(label)) for label in labels.values()] == list(labels)
            assert words.coded(column, "; ".join(map(str, labels.values()))) == "; ".join(labels)


@pytest.mark.parametrize("title", ["TELEFONO", " teléfono ", "Telephone", "phone", "Tele\u0301fono"])
def test_case_accents_and_blanks_of_a_title_do_not_count(look: Look, title: str) -> None:
    row = family()
    number = row.pop("phone")
    step = look({**row, title: number}).steps[0]
    assert step.sections["caregiver"]["phone"] == "987654321"


@pytest.mark.parametrize(("cell", "code"), [
    ("juntos", "together"), ("Juntos en el mismo lugar", "together"), (" JUNTOS ", "together"),
    ("Together in one place", "together"), ("pueden ir", "may_split"), ("may_split", "may_split"),
])
def test_a_word_is_its_code(look: Look, cell: str, code: str) -> None:
    assert look(family(siblings=cell)).steps[0].sections["care"]["siblings"] == code


@pytest.mark.parametrize(("column", "cell"), [
    ("siblings", "jun"), ("siblings", "en el mismo lugar"), ("sisfoh", "no"), ("child_sex", "ni"),
    ("child_special_needs", "discapacidad"), ("language", "quechua"), ("consent_services", "tal vez"),
])
def test_a_word_that_may_mean_two_things_or_none_is_refused(look: Look, column: str, cell: str) -> None:
    assert [where for _, where, _ in told(look(family(**{column: cell})))] == [column]


@pytest.mark.parametrize("cell", [
    "Dispositivo médico (sonda, oxígeno), asma", "dispositivo medico (sonda, oxigeno);Asma", "medical device; asthma",
])
def test_a_comma_within_a_label_parts_nothing(look: Look, cell: str) -> None:
    step = look(family(child_special_needs=cell)).steps[0]
    assert step.children[0][2]["special_needs"] == ["medical_device", "asthma"]


def test_a_district_may_be_named_with_its_province_and_department(look: Look) -> None:
    plan = look(family(ubigeo="san juan de Lurigancho, Lima, LIMA"))
    assert plan.steps[0].sections["home"]["ubigeo"] == "150132"
    assert told(look(family(ubigeo="San Juan de Lurigancho"))) == [(2, "ubigeo", "ubigeo_format")]


def test_what_is_wrong_names_the_column_as_the_file_does_and_the_words_of_the_reader(look: Look) -> None:
    row = family()
    del row["siblings"]
    wrong = look({**row, " SI SON  varios": "revueltos"})
    assert told(wrong) == [(2, "SI SON varios", "not_one_of")]
    assert "Juntos en el mismo lugar; Pueden ir a lugares distintos" in said(wrong)[0]
    with force_locale("en"):
        assert "Together in one place; May go to different places" in said(look({**row, "Siblings": "x"}))[0]


def test_a_column_the_file_lacks_is_named_as_it_names_the_others(look: Look) -> None:
    lacking = {name: cell for name, cell in PROVIDER_ROW.items() if name != "kind"}
    assert told(look(lacking)) == [(2, "kind", "text_missing")]
    written = sheet(in_words("providers", lacking))
    assert told(look(provider(), data=written)) == [(2, "Tipo", "text_missing")]


def test_one_column_under_two_names_is_told(look: Look) -> None:
    assert [code for _, _, code in told(look({**family(), "Teléfono": "1"}))] == ["column_twice"]


def test_a_file_of_something_else_is_told_the_titles_in_words(look: Look) -> None:
    with force_locale("en"):
        text = said(look(data=b"a,b\n1,2\n"))[0]
    assert "Telephone" in text
    assert fold("Teléfono") not in fold(text)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_title_with_a_comma_is_read_whatever_parts_the_cells(world: World, separator: str) -> None:
    data = sheet(in_words("families", FAMILY_ROW), delimiter=separator)
    assert imports.examine(world.supervisor, spoken("families"), data).faults == ()
