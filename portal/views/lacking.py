"""What an intake lacks before it can be sent: a line each, that leads to where it is entered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import url_for

from portal import wording
from portal.errors import Refusal
from portal.models import Caregiver, Child, Family

CONSENTS = ("consent_services", "consent_matching")
OF_A_CHILD: Mapping[str, Callable[[Child], bool]] = {
    "child_schedule": lambda child: not child.schedule, "child_start": lambda child: child.start_date is None,
}


@dataclass(frozen=True)
class Line:
    """What is lacking, in words, and the address of the field."""

    text: str
    at: str


def lines(family: Family, lacks: Iterable[Refusal]) -> list[Line]:
    """`lacks`: of `intakes.missing`."""
    found = []
    for one in lacks:
        values = dict(one.values)
        what = str(values["what"])
        found.append(Line(wording.missing(what, values.get("names", "")), _at(family, what)))
    return found


def _at(family: Family, what: str) -> str:
    if what == "duplicates" or what.startswith("need:"):
        return "#alike" if what == "duplicates" else "#told"
    if what in {"caregiver", "phone"}:
        return url_for("intake.caregiver", family_id=family.id, caregiver_id=_or_new(family.main_caregiver))
    if what in {"children", *OF_A_CHILD}:
        return url_for("intake.child", family_id=family.id, child_id=_or_new(_child(family, what)))
    section = "home" if what == "district" else "consents" if what in CONSENTS else "care"
    return url_for(f"intake.{section}", family_id=family.id)


def _child(family: Family, what: str) -> Child | None:
    """The first that lacks it."""
    lacks = OF_A_CHILD.get(what)
    return next(filter(lacks, family.children), None) if lacks else None


def _or_new(row: Caregiver | Child | None) -> UUID | str:
    return row.id if row else "new"
