"""The columns of the two files: how a cell is read, and which field of which section of the record it becomes.

They are the columns of `ml.schema` (a test compares them), and three more of a consent. A column left out of a file
counts as empty, and what is empty changes nothing. What people call a column and its codes is `Spoken`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.models.child import BANDS
from portal.models.provider import KINDS
from portal.services import checks
from portal.services.imports import cells
from portal.services.imports.problems import CellError, Problem
from portal.services.imports.sheet import Line
from portal.services.imports.spoken import Spoken
from portal.services.matching import NEEDS

FAMILIES, PROVIDERS = "families", "providers"
EXAMPLE = "EJEMPLO-1"  # the key of the template's example row, which is nobody's


@dataclass(frozen=True)
class Column:
    """One column."""

    read: cells.Read
    section: str = ""  # the form that asks it; "" for what no form asks in one field
    field: str = ""
    required: bool = False
    example: str = ""
    words: str = ""  # the kind of wording of its codes; "" where it holds none
    codes: tuple[str, ...] = ()  # those it may hold; () for all that have words


@dataclass(frozen=True)
class Row:
    """A line as values by column, with what is wrong with it."""

    line: int
    values: Mapping[str, Any]
    faults: tuple[Problem, ...] = ()

    def section(self, columns: Mapping[str, Column], name: str) -> dict[str, Any]:
        """Field → value of one section, for the cells that hold one."""
        return {
            column.field: self.values[key] for key, column in columns.items()
            if column.section == name and column.field and key in self.values
        }


SEX, ANSWERS = ("f", "m", "x"), ("yes", "no")


def _coded(words: str, codes: tuple[str, ...], *place: str, **more: Any) -> Column:
    """A column of one of a few codes."""
    return Column(cells.code(*codes), *place, words=words, codes=codes, **more)


def _answer(*place: str, example: str) -> Column:
    """A column of yes and no."""
    return Column(cells.yes, *place, example=example, words="yes_no", codes=ANSWERS)


REF = Column(cells.ref, required=True, example=EXAMPLE)
FAMILY: dict[str, Column] = {
    "family_ref": REF,
    "child_ref": Column(cells.ref, required=True, example="EJEMPLO-1-1"),
    "caregiver_name": Column(cells.words, example="Quispe Huamán, Rosa María"),
    "caregiver_dni": Column(cells.document, "caregiver", "dni"),
    "phone": Column(cells.phone, "caregiver", "phone", example="987654321"),
    "language": Column(cells.languages, "care", "languages", example="quy;es", words="language"),
    "ubigeo": Column(cells.district, "home", "ubigeo", example="150132"),
    "latitude": Column(cells.number, "home", "latitude"),
    "longitude": Column(cells.number, "home", "longitude"),
    "max_distance_km": Column(cells.number, "care", "max_distance_km", example="3"),
    "max_monthly_fee_pen": Column(cells.money, "care", "max_monthly_fee_pen", example="150"),
    "sisfoh": _coded("sisfoh", checks.SISFOH, "home", "sisfoh", example="pobre"),
    "siblings": _coded("siblings", checks.SIBLINGS, "care", "siblings", example="together"),
    "story": Column(cells.words, "care", "story", example="Vende en el mercado desde la madrugada."),
    "consent_services": _answer("consent", "services", example="yes"),
    "consent_matching": _answer("consent", "matching", example="yes"),
    "consent_training": _answer("consent", "training", example="no"),
    "consent_sharing": _answer("consent", "sharing", example="yes"),
    "consent_date": Column(cells.day, example="2026-11-02"),
    "consent_text_version": Column(cells.words, example="2026-03"),
    "child_name": Column(cells.words, required=True, example="Luz Marina"),
    "child_sex": _coded("child_sex", SEX, "child", "sex", example="f"),
    "child_birth_date": Column(cells.day, "child", "birth_date", required=True, example="2024-05-20"),
    "start_date": Column(cells.day, "child", "start_date", example="2026-12-01"),
    "child_special_needs": Column(
        cells.needs, "child", "special_needs", example="asthma", words="need", codes=NEEDS
    ),
    "schedule": Column(cells.hours, "child", "schedule", example="mon-fri 07:00-18:00; sat 08:00-13:00"),
}
OF_A_FAMILY = ("caregiver_name", "ubigeo")  # one of its rows must say them
OF_A_CHILD = ("child_name", *(name for name, column in FAMILY.items() if column.section == "child"))
PROVIDER: dict[str, Column] = {
    "provider_ref": REF,
    "name": Column(cells.words, "provider", "name", required=True, example="Wawa Wasi Las Flores"),
    "kind": _coded("kind", KINDS, "provider", "kind", required=True, example="home"),
    "ubigeo": Column(cells.district, "provider", "ubigeo", required=True, example="150132"),
    "latitude": Column(cells.number, "provider", "latitude"),
    "longitude": Column(cells.number, "provider", "longitude"),
    "languages": Column(cells.languages, "provider", "languages", example="es;quy", words="language"),
    "monthly_fee_pen": Column(cells.money, "provider", "monthly_fee_pen", example="120"),
    "accepts_subsidy": _answer("provider", "accepts_subsidy", example="yes"),
    "schedule": Column(cells.hours, "provider", "schedule", example="mon-fri 06:30-18:30"),
    "special_needs": Column(
        cells.needs, "provider", "special_needs", example="asthma;diet", words="need", codes=NEEDS
    ),
    **{
        f"seats_{band}": Column(cells.whole, "provider", f"seats_{band}", example=seats)
        for band, seats in zip(BANDS, ("0", "1", "2", "2"), strict=True)
    },
    "vetting_status": Column(cells.words, example="applied", words="provider_status"),
    "vetting_valid_until": Column(cells.words),
    "profile": Column(cells.words, "provider", "profile", example="Cuida en su casa desde hace seis años."),
}
KINDS_OF_FILE: dict[str, dict[str, Column]] = {FAMILIES: FAMILY, PROVIDERS: PROVIDER}


def read(line: Line, spoken: Spoken) -> Row:
    """The values of a line, and what is wrong with its cells one by one."""
    values: dict[str, Any] = {}
    wrong: list[Problem] = []
    for name, column in KINDS_OF_FILE[spoken.kind].items():
        cell = line.cells.get(name, "")
        if not cell and column.required:
            wrong.append(Problem(line.number, name, "text_missing"))
        elif cell:
            try:
                values[name] = column.read(spoken.coded(name, cell))
            except CellError as error:
                wrong.append(Problem(line.number, name, error.code, (("allowed", spoken.allowed(name)),)))
    return Row(line.number, values, tuple(wrong))


def half_a_place(row: Row) -> list[Problem]:
    """One coordinate without the other says nothing."""
    lacking = [name for name in ("latitude", "longitude") if name not in row.values]
    return [Problem(row.line, lacking[0], "half_a_place")] if len(lacking) == 1 else []


def placed(found: checks.Faults, section: str, columns: Mapping[str, Column], line: int) -> list[Problem]:
    """What a check says of a field, said of its column."""
    names = {column.field: name for name, column in columns.items() if column.section == section}
    return [Problem(line, names.get(field, ""), code) for field, codes in found.items() for code in codes]
