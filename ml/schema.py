"""The columns of families_data.csv and providers_data.csv: how each is read, its unit, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ml import schedule
from ml.frames import NEEDS

LONGEST_TEXT = 10_000  # characters
LONGEST_REF = 64
STATUSES = ("applied", "in_vetting", "approved", "suspended", "rejected", "closed")


class UnusableValueError(ValueError):
    """A value that cannot be used; the message says what is expected."""


@dataclass(frozen=True)
class Column:
    """How one column is read."""

    read: Callable[[str], Any]
    required: bool = True  # must every row have a value?
    missing: Any = None  # what an empty cell means


def _text(longest: int) -> Callable[[str], str]:
    def read(value: str) -> str:
        if len(value) > longest:
            raise UnusableValueError(f"{len(value)} characters, {longest} at most")
        return value

    return read


def _number(least: float, most: float) -> Callable[[str], float]:
    def read(value: str) -> float:
        try:
            number = float(value)
        except ValueError:
            raise UnusableValueError(f"{value[:40]!r} is not a number") from None
        if not least <= number <= most:
            raise UnusableValueError(f"{value[:40]} is not between {least:g} and {most:g}")
        return number

    return read


def _above_zero(value: str) -> float:
    number = _number(0, 20_100)(value)
    if number <= 0:
        raise UnusableValueError("0 kilometres; more than 0 is expected")
    return number


def _whole(value: str) -> int:
    number = _number(0, 1_000_000)(value)
    if number != int(number):
        raise UnusableValueError(f"{value[:40]} is not a whole number")
    return int(number)


def _one_of(*allowed: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in allowed:
            raise UnusableValueError(f"{value[:40]!r} is not one of {', '.join(allowed)}")
        return value

    return read


def _yes(value: str) -> bool:
    return _one_of("yes", "no")(value) == "yes"


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise UnusableValueError(f"{value[:40]!r} is not a day like 2026-11-23") from None


def _codes(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(piece.strip() for piece in value.split(";") if piece.strip()))


def _languages(value: str) -> tuple[str, ...]:
    codes = _codes(value)
    for code in codes:
        if not (code.isascii() and code.isalpha() and code.islower() and 2 <= len(code) <= 3):
            raise UnusableValueError(f"{code[:40]!r} is not a language code like es or quy")
    return codes


def _needs(value: str) -> tuple[str, ...]:
    codes = _codes(value)
    unknown = [code for code in codes if code not in NEEDS]
    if unknown:
        raise UnusableValueError(f"{unknown[0][:40]!r} is not one of {', '.join(NEEDS)}")
    return codes


def _schedule(value: str) -> Any:
    try:
        return schedule.parse(value)
    except schedule.ScheduleError as error:
        raise UnusableValueError(str(error)) from None


def _digits(count: int) -> Callable[[str], str]:
    def read(value: str) -> str:
        if not (value.isascii() and value.isdigit() and len(value) == count):
            raise UnusableValueError(f"{value[:40]!r} is not {count} digits")
        return value

    return read


_REF = Column(_text(LONGEST_REF))
_PLACE = {
    "ubigeo": Column(_digits(6)),
    "latitude": Column(_number(-90, 90), required=False),
    "longitude": Column(_number(-180, 180), required=False),
}
_MONEY = Column(_number(0, 100_000))  # soles a month

FAMILIES: dict[str, Column] = {
    "family_ref": _REF, "child_ref": _REF,
    "caregiver_name": Column(_text(300), required=False, missing=""),
    "caregiver_dni": Column(_digits(8), required=False, missing=""),
    "phone": Column(_text(40), required=False, missing=""),
    "language": Column(_languages), **_PLACE,
    "max_distance_km": Column(_above_zero), "max_monthly_fee_pen": _MONEY,
    "sisfoh": Column(_one_of("no_pobre", "pobre", "pobre_extremo", "unknown"), required=False, missing="unknown"),
    "siblings": Column(_one_of("together", "may_split")),
    "story": Column(_text(LONGEST_TEXT), required=False, missing=""),
    "consent_services": Column(_yes), "consent_matching": Column(_yes), "consent_training": Column(_yes),
    "child_name": Column(_text(300), required=False, missing=""),
    "child_sex": Column(_one_of("f", "m", "x"), required=False, missing=""),
    "child_birth_date": Column(_day), "start_date": Column(_day, required=False),
    "child_special_needs": Column(_needs, required=False, missing=()),
    "schedule": Column(_schedule),
}

PROVIDERS: dict[str, Column] = {
    "provider_ref": _REF, "name": Column(_text(300), required=False, missing=""),
    "kind": Column(_one_of("home", "group_home", "centre", "community")), **_PLACE,
    "languages": Column(_languages, required=False, missing=()),
    "monthly_fee_pen": _MONEY, "accepts_subsidy": Column(_yes),
    "schedule": Column(_schedule),
    "special_needs": Column(_needs, required=False, missing=()),
    **{f"seats_{band}": Column(_whole) for band in ("0_11m", "12_23m", "24_35m", "36_71m")},
    "vetting_status": Column(_one_of(*STATUSES)),
    "vetting_valid_until": Column(_day, required=False),
    "profile": Column(_text(LONGEST_TEXT), required=False, missing=""),
}

# What became of suggestions: a row for each child and provider that was shown. `propensity` is the probability with
# which the row came to be shown and looked at, above 0 and at most 1; `held` is empty while nobody knows.
DECISIONS: dict[str, Column] = {
    "family_ref": _REF, "child_ref": _REF, "provider_ref": _REF,
    "shown_on": Column(_day), "rank": Column(_whole),
    "propensity": Column(_number(1e-9, 1), required=False),
    "approved": Column(_yes), "held": Column(_yes, required=False),
}

LOCKS: dict[str, Column] = {"family_ref": _REF, "provider_ref": _REF}  # who must stay with whom in a plan
TRUTH: dict[str, Column] = {  # of synthetic data: what a pair is really worth
    "family_ref": _REF, "child_ref": _REF, "provider_ref": _REF, "utility": Column(_number(0, 1)),
}
DISTRICTS: dict[str, Column] = {
    "ubigeo": Column(_digits(6)),
    "poverty_quintile": Column(_one_of("1", "2", "3", "4", "5"), required=False, missing=""),  # 1 the poorest
    "area": Column(_one_of("urban", "rural"), required=False, missing=""),
}


def read_row(columns: Mapping[str, Column], row: dict[str, str]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The values of a row, and (column, what is wrong) for each that cannot be used."""
    values: dict[str, Any] = {}
    wrong: list[tuple[str, str]] = []
    for name, column in columns.items():
        cell = (row.get(name) or "").strip()
        if not cell:
            values[name] = column.missing
            if column.required:
                wrong.append((name, "empty"))
            continue
        try:
            values[name] = column.read(cell)
        except UnusableValueError as problem:
            wrong.append((name, str(problem)))
    return values, wrong
