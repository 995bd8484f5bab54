"""A good family of a file beside the case it may have become already: what of it is new."""

from __future__ import annotations

from typing import Any

from portal import clock
from portal.models import Child, Family
from portal.services import intakes
from portal.services.imports import names
from portal.services.imports.columns import FAMILY, Row
from portal.services.imports.plan import ALONE, CHANGED, MADE, Step, differing
from portal.services.intakes import Given

FROM_FILE = "archivo"  # the version of a consent's text where the file names none: only its sender knows


def step(whole: Row, rows: tuple[Row, ...], family: Family | None) -> Step:
    """What to do with a family. A case that was sent already is left alone: it is changed in the portal."""
    ref = str(rows[0].values["family_ref"])
    if family is not None and family.status != "draft":
        return Step(ref, whole.line, ALONE, family)
    sections = {
        "caregiver": _caregiver(whole, family), "home": _home(whole, family),
        "care": differing(family, whole.section(FAMILY, "care")),
    }
    children = tuple(_child(row, family) for row in rows)
    answers = _answers(whole, family)
    is_new = any(sections.values()) or any(fields for _, _, fields in children) or bool(answers)
    outcome = MADE if family is None else CHANGED if is_new else ALONE
    return Step(
        ref, whole.line, outcome, family, sections, children, answers, _given(whole), _is_complete(whole, rows),
    )


def _caregiver(whole: Row, family: Family | None) -> dict[str, Any]:
    caregiver = family.main_caregiver if family is not None else None
    name = str(whole.values["caregiver_name"])
    fields = whole.section(FAMILY, "caregiver")
    if caregiver is None or not names.is_same(name, caregiver.full_name):
        fields |= names.of_caregiver(name)
    return differing(caregiver, fields)


def _home(whole: Row, family: Family | None) -> dict[str, Any]:
    fields = whole.section(FAMILY, "home")
    placed = {name: intakes.on_grid(fields[name]) for name in ("latitude", "longitude") if name in fields}
    return differing(family, {**fields, **placed})


def child_of(row: Row, family: Family | None) -> Child | None:
    """The child of a known family whom a row is about; None for a new one."""
    children = family.children if family is not None else []
    return next((one for one in children if one.external_ref == row.values.get("child_ref")), None)


def _child(row: Row, family: Family | None) -> tuple[str, Child | None, dict[str, Any]]:
    ref, child = str(row.values["child_ref"]), child_of(row, family)
    name = str(row.values["child_name"])
    fields = row.section(FAMILY, "child")
    if child is None or not names.is_same(name, child.full_name):
        fields |= names.of_child(name)
    return ref, child, differing(child, fields)


def _answers(whole: Row, family: Family | None) -> dict[str, bool]:
    """Purpose → answer, where the file gives one and the case's last one is another. An empty cell was never asked."""
    given = whole.section(FAMILY, "consent")
    last = {one.purpose: one.given for one in family.consents} if family is not None else {}
    return {name: answer for name, answer in given.items() if last.get(name) is not answer}


def _given(whole: Row) -> Given:
    """Who answered is the caregiver; the day is the file's, or that of the import."""
    return Given(
        str(whole.values["caregiver_name"])[:120], whole.values.get("consent_date") or clock.today(), "file",
        whole.values.get("consent_text_version") or FROM_FILE,
    )


NEEDED = ("phone", "max_monthly_fee_pen", "max_distance_km", "story", "consent_matching")
OF_EACH_CHILD = ("schedule", "start_date")


def _is_complete(whole: Row, rows: tuple[Row, ...]) -> bool:
    """Does the file alone hold all that `intakes.missing` asks?"""
    return (
        all(name in whole.values for name in NEEDED) and whole.values.get("consent_services") is True
        and all(name in row.values for name in OF_EACH_CHILD for row in rows)
    )
