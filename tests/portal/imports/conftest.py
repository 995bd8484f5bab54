"""Files of families and providers, with one row that is right to begin with."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest

from portal.extensions import db
from portal.forms.columns import spoken
from portal.services import imports
from portal.services.imports.columns import FAMILY, PROVIDER
from portal.services.imports.plan import Plan
from tests.portal.worlds import World

FAMILY_ROW = {
    "family_ref": "f1", "child_ref": "f1-1", "caregiver_name": "Quispe Huamán, Rosa María", "caregiver_dni": "41234567",
    "phone": "987 654 321", "language": "quy;es", "ubigeo": "150132", "latitude": "-11.98123", "longitude": "-77.00456",
    "max_distance_km": "3", "max_monthly_fee_pen": "150", "sisfoh": "pobre", "siblings": "together",
    "story": "Vende en el mercado.", "consent_services": "yes", "consent_matching": "no", "consent_training": "",
    "child_name": "Luz", "child_sex": "f", "child_birth_date": "2024-05-20", "start_date": "2026-12-01",
    "child_special_needs": "asthma;diet", "schedule": "mon-fri 07:00-18:00",
}
PROVIDER_ROW = {
    "provider_ref": "p1", "name": "Hogar Amancay", "kind": "home", "ubigeo": "150132", "languages": "es;quy",
    "monthly_fee_pen": "120", "accepts_subsidy": "yes", "schedule": "mon-fri 06:00-19:00", "special_needs": "asthma",
    "seats_0_11m": "0", "seats_12_23m": "1", "seats_24_35m": "2", "seats_36_71m": "3", "vetting_status": "approved",
    "vetting_valid_until": "2027-06-30", "profile": "Cuido en mi casa.",
}
Sheet = Callable[..., bytes]


def sheet(*rows: dict[str, str], delimiter: str = ",") -> bytes:
    """Rows as CSV; the columns are those of the first row."""
    out = StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def family(**changed: str) -> dict[str, str]:
    """A row of a family."""
    return {**FAMILY_ROW, **changed}


def provider(**changed: str) -> dict[str, str]:
    """A row of a provider."""
    return {**PROVIDER_ROW, **changed}


def told(plan: Plan) -> list[tuple[int, str, str]]:
    """What is wrong, as (line, column, code)."""
    return [(one.line, one.column, one.code) for one in plan.faults]


def noticed(plan: Plan) -> set[str]:
    """The codes of the notices."""
    return {one.code for one in plan.notices}


@pytest.fixture
def look(world: World) -> Callable[..., Plan]:
    """`look(row, row)`: what a file of these rows would do to the NGO."""

    def examine(*rows: dict[str, str], data: bytes = b"") -> Plan:
        kind = "providers" if rows and "provider_ref" in rows[0] else "families"
        return imports.examine(world.supervisor, spoken(kind), data or sheet(*rows))

    return examine


@pytest.fixture
def bring(world: World, look: Callable[..., Plan]) -> Callable[..., dict[str, int]]:
    """Import these rows for the caseworker."""

    def carry_out(*rows: dict[str, str], only_good: bool = False, **more: Any) -> dict[str, int]:
        done = imports.carry_out(world.supervisor, look(*rows, **more), world.worker.id, only_good)
        db.session.commit()
        db.session.expire_all()
        return done

    return carry_out


COLUMNS = {"families": FAMILY, "providers": PROVIDER}
