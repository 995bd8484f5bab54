"""What holds for a value wherever it comes from, a form or a file: bounds, formats, lengths.

Each check gives back field → codes of what is wrong (worded by `portal.wording.message`), and looks only at the fields
that are there: whether one must be there is asked by `required`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal import clock, places
from portal.errors import InvalidInputError
from portal.models import dni
from portal.models.child import months_old
from portal.models.provider import KINDS

Values = Mapping[str, Any]
Faults = dict[str, list[str]]
LATITUDE, LONGITUDE = (-19, 1), (-82, -68)  # degrees: Peru
FEE = (0, 9999)  # soles a month
DISTANCE = (0.1, 200)  # km in a straight line
SEATS = (0, 99)
LONGEST_TEXT = 10_000  # characters of a story or a profile
LONGEST_HOURS = 400
LONGEST_REF, TEXT_VERSION = 64, 20
GIVEN_NAMES, SURNAME, SURNAMES, PROVIDER_NAME, FAMILY_PHONE = 120, 80, 160, 160, 20  # characters
FIRST_CONSENT = date(2011, 7, 3)  # Ley 29733 was published: before it no consent of this kind was asked for
TOO_OLD = 72  # months at the start of care
SISFOH = ("no_pobre", "pobre", "pobre_extremo", "unknown")
SIBLINGS = ("together", "may_split")


@dataclass(frozen=True)
class Rule:
    """What must hold, and the code of what is wrong where it does not."""

    holds: Callable[[Any], bool]
    code: str


def within(bounds: tuple[float, float], code: str) -> Rule:
    """A number between two others, both included."""
    return Rule(lambda value: bounds[0] <= value <= bounds[1], code)


def longest(count: int) -> Rule:
    """A text of so many characters at most."""
    return Rule(lambda value: len(value) <= count, "too_long")


def one_of(codes: tuple[str, ...]) -> Rule:
    """One of a few codes."""
    return Rule(lambda value: value in codes, "choice_unknown")


def phone_of_provider(text: str) -> bool:
    """Six to nine digits."""
    return text.isdigit() and 6 <= len(text) <= 9


DISTRICT = Rule(lambda code: places.district(str(code)) is not None, "district_unknown")
DNI = Rule(lambda text: dni.split(str(text)) is not None, "dni_format")
PLACE = {
    "ubigeo": DISTRICT, "latitude": within(LATITUDE, "latitude_outside"),
    "longitude": within(LONGITUDE, "longitude_outside"),
}
CAREGIVER = {
    "given_names": longest(GIVEN_NAMES), "paternal_surname": longest(SURNAME), "maternal_surname": longest(SURNAME),
    "dni": DNI, "phone": longest(FAMILY_PHONE),
}
HOME = {**PLACE, "sisfoh": one_of(SISFOH)}
CARE = {
    "max_monthly_fee_pen": within(FEE, "fee_outside"), "max_distance_km": within(DISTANCE, "distance_outside"),
    "siblings": one_of(SIBLINGS), "story": longest(LONGEST_TEXT),
}
CHILD = {
    "given_names": longest(GIVEN_NAMES), "surnames": longest(SURNAMES), "dni": DNI, "schedule": longest(LONGEST_HOURS),
    "birth_date": Rule(lambda day: day <= clock.today(), "birth_future"),
}
PROVIDER = {
    **PLACE, "name": longest(PROVIDER_NAME), "kind": one_of(KINDS),
    "dni": Rule(lambda text: text.isdigit() and len(text) == 8, "dni_format"),
    "phone": Rule(phone_of_provider, "phone_format"), "monthly_fee_pen": within(FEE, "fee_outside"),
    "schedule": longest(LONGEST_HOURS), "profile": longest(LONGEST_TEXT),
    **{f"seats_{band}": within(SEATS, "seats_outside") for band in ("0_11m", "12_23m", "24_35m", "36_71m")},
}
SECTIONS: dict[str, dict[str, Rule]] = {
    "caregiver": CAREGIVER, "home": HOME, "care": CARE, "child": CHILD, "provider": PROVIDER,
}


def faults(section: str, values: Values) -> Faults:
    """What is wrong with the fields of a section that are there."""
    found = {
        name: [rule.code] for name, rule in SECTIONS[section].items()
        if values.get(name) not in (None, "") and not rule.holds(values[name])
    }
    if section == "child" and "birth_date" not in found and values.get("birth_date"):
        found |= _start(values["birth_date"], values.get("start_date"))
    return found


def _start(birth: date, start: date | None) -> Faults:
    """Nobody needs care before birth, and a child who will have turned six when care begins is too old."""
    if start and start < birth:
        return {"start_date": ["start_before_birth"]}
    day = max(start or clock.today(), clock.today())
    return {"birth_date": ["birth_too_old"]} if months_old(birth, day) >= TOO_OLD else {}


def required(values: Values, *names: str) -> Faults:
    """Fields that were sent, and sent empty, though a value must be there."""
    return {name: ["text_missing"] for name in names if name in values and not str(values[name] or "").strip()}


def consent_day(day: date | None) -> Faults:
    """Nobody answered on a day to come, nor before the law that asks for the answer."""
    if day and day < FIRST_CONSENT:
        return {"given_on": ["date_before_law"]}
    return {"given_on": ["date_future"]} if day and day > clock.today() else {}


def refuse(found: Faults) -> None:
    """Raise InvalidInputError when something is wrong."""
    if found:
        raise InvalidInputError("refused", found)
