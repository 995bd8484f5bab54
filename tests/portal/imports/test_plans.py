"""Whatever the cells hold, there is a report in words; and who brings a file in may do no more than that."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy import func, select

from portal import wording
from portal.errors import InvalidInputError, NotAllowedError
from portal.extensions import db
from portal.forms.columns import spoken
from portal.models import Family
from portal.policy import Permission, allowed
from portal.services import checks, imports, intakes
from portal.services.imports import columns
from portal.wording import imported
from tests.portal.imports.conftest import FAMILY_ROW, PROVIDER_ROW, family, provider, sheet
from tests.portal.worlds import World

SOURCES = sorted(Path("portal/services/imports").glob("*.py"))
TOLD = {"Problem": 2, "CellError": 0, "UnreadableError": 0}  # which argument is the code
TEXT = st.text(st.characters(codec="utf-8"), max_size=20)


def any_row(right: dict[str, str]) -> st.SearchStrategy[dict[str, str]]:
    """A row in which any cell may be right, empty or anything."""
    return st.fixed_dictionaries({name: st.one_of(st.just(cell), st.just(""), TEXT) for name, cell in right.items()})


# The world is only read: one is enough for all examples.
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(any_row(FAMILY_ROW), min_size=1, max_size=4), st.lists(any_row(PROVIDER_ROW), min_size=1, max_size=4))
def test_any_cells_give_a_report_in_words(
    world: World, families: list[dict[str, str]], providers: list[dict[str, str]]
) -> None:
    for kind, rows in (("families", families), ("providers", providers)):
        plan = imports.examine(world.supervisor, spoken(kind), sheet(*rows))
        words = [wording.problem(one.code, dict(one.values)) for one in (*plan.faults, *plan.notices)]
        assert all(" " in text for text in words)
        assert bool(plan.faults) is bool(plan.bad)


def codes() -> set[str]:
    """Every code a problem is told by, as the source writes it."""
    found: set[str] = set()
    for path in SOURCES:
        for call in (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)):
            place = TOLD.get(getattr(call.func, "id", ""))
            if place is not None and len(call.args) > place and isinstance(call.args[place], ast.Constant):
                found.add(call.args[place].value)
    return found | {rule.code for rules in checks.SECTIONS.values() for rule in rules.values()}


def test_every_code_has_words_and_every_column_a_note() -> None:
    found = codes()
    assert len(found) > 40
    assert {code for code in found if code not in imported.PLAIN | imported.WITH_VALUES
            and wording.message(code) == code} == set()
    assert set(imported.COLUMNS) == {*columns.FAMILY, *columns.PROVIDER}


def test_a_workbook_with_numbers_and_days_comes_in(world: World) -> None:
    row = family(ubigeo="10101", caregiver_dni="", latitude="", longitude="")
    made, out = Workbook(), BytesIO()
    days = {"child_birth_date": date(2024, 5, 20), "start_date": date(2026, 12, 1), "ubigeo": 10101, "phone": 987654321}
    made.worksheets[0].append(list(row))
    made.worksheets[0].append([days.get(name, cell) for name, cell in row.items()])
    made.save(out)
    plan = imports.examine(world.supervisor, spoken("families"), out.getvalue())
    assert (plan.faults, plan.counts()["made"]) == ((), 1)
    assert plan.steps[0].sections["home"]["ubigeo"] == "010101"


def test_spanish_words_and_signs_are_understood(world: World) -> None:
    row = family(schedule="lun-vie 7:00-18:00", consent_services="Sí", max_distance_km="2,5", start_date="1/12/2026")
    step = imports.examine(world.supervisor, spoken("families"), sheet(row, delimiter=";")).steps[0]
    assert step.sections["care"]["max_distance_km"] == 2.5
    assert step.children[0][2]["schedule"] == "mon-fri 07:00-18:00"
    assert (step.answers["services"], step.children[0][2]["start_date"]) == (True, date(2026, 12, 1))


@pytest.mark.parametrize("role", ["caseworker"])
def test_who_may_not_import_does_not(world: World, role: str) -> None:
    actor = world.ngo.actor(role)
    with pytest.raises(NotAllowedError):
        imports.examine(actor, spoken("families"), sheet(family()))
    plan = imports.examine(world.supervisor, spoken("families"), sheet(family()))
    with pytest.raises(NotAllowedError):
        imports.carry_out(actor, plan, world.worker.id)


def test_an_importer_writes_drafts_and_no_other_case(world: World) -> None:
    admin = world.ngo.actor("ngo_admin")
    draft, waiting = world.family(status="draft"), world.family()
    importer = replace(admin, importing=True)
    assert [allowed(importer, Permission.FAMILY_EDIT, one) for one in (draft, waiting)] == [True, False]
    assert [allowed(admin, Permission.FAMILY_EDIT, one) for one in (draft, waiting)] == [False, False]
    assert not allowed(importer, Permission.FAMILY_READ, draft)
    assert not allowed(importer, Permission.INTAKE_SUBMIT, draft)


def test_what_came_between_undoes_all(world: World, look: Callable[..., imports.Plan]) -> None:
    plan = look(family(family_ref="f0", caregiver_dni=""), family())
    imports.carry_out(world.supervisor, look(family(family_ref="f9")), world.worker.id)
    db.session.commit()
    with pytest.raises(InvalidInputError):
        imports.carry_out(world.supervisor, plan, world.worker.id)
    db.session.rollback()
    assert db.session.scalar(select(func.count(Family.id))) == 1


@pytest.mark.parametrize(("section", "values"), [
    ("home", {"latitude": 5.0}), ("home", {"ubigeo": "999999"}), ("home", {"sisfoh": "rico"}),
    ("care", {"max_monthly_fee_pen": 10_000}), ("care", {"max_distance_km": 0.0}), ("care", {"story": "a" * 10_001}),
    ("caregiver", {"given_names": " "}), ("caregiver", {"dni": "12"}), ("child", {"given_names": ""}),
    ("child", {"given_names": "Luz", "birth_date": date(2010, 1, 1)}),
])
def test_the_services_refuse_what_the_forms_refuse(world: World, section: str, values: dict[str, object]) -> None:
    case, actor = world.family(status="draft"), world.worker
    save = {
        "home": lambda: intakes.save_home(actor, case, values), "care": lambda: intakes.save_care(actor, case, values),
        "caregiver": lambda: intakes.save_caregiver(actor, case, case.main_caregiver, values),
        "child": lambda: intakes.save_child(actor, case, case.children[0], values),
    }
    with pytest.raises(InvalidInputError):
        save[section]()


def test_providers_of_a_file_need_no_worker(world: World) -> None:
    plan = imports.examine(world.supervisor, spoken("providers"), sheet(provider()))
    assert imports.carry_out(world.supervisor, plan)["made"] == 1
    with pytest.raises(InvalidInputError):
        imports.carry_out(world.supervisor, imports.examine(world.supervisor, spoken("families"), sheet(family())))
