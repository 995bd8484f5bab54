"""Why a provider is suggested, as facts: codes and values, worded by whoever shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ml import schedule
from ml.constraints import after_subsidy
from ml.frames import Children, Providers, Rules, needs_codes
from ml.scoring import BASE

MOST_FOR, MOST_AGAINST = 3, 2
LEAST = 1e-6  # a smaller share is no reason


@dataclass(frozen=True)
class Fact:
    """One reason: the term, its values with units in their names, and its share of the score."""

    code: str
    values: dict[str, Any]
    share: float


@dataclass(frozen=True)
class Case:
    """A pair and what is known about it."""

    children: Children
    child: int
    providers: Providers
    provider: int
    raw: dict[str, float]
    rules: Rules


def reasons(case: Case, contributions: dict[str, float]) -> tuple[list[Fact], list[Fact]]:
    """Up to three for and two against, the weightiest first. A value nobody knows is no reason."""
    shares = {name: share for name, share in contributions.items() if name != BASE and case.raw[name] == case.raw[name]}
    order = sorted(shares, key=lambda name: (-abs(shares[name]), name))
    favour = [_fact(case, name, shares[name]) for name in order if shares[name] > LEAST]
    against = [_fact(case, name, shares[name]) for name in order if shares[name] < -LEAST]
    return favour[:MOST_FOR], against[:MOST_AGAINST]


def _fact(case: Case, name: str, share: float) -> Fact:
    return Fact(name, VALUES[name](case), round(share, 6))


def _hours(case: Case) -> dict[str, Any]:
    need, offer = case.children.schedule[case.child], case.providers.schedule[case.provider]
    spare = offer & ~need
    return {"needed": schedule.text(need), "open": schedule.text(offer), "spare_minutes": schedule.minutes(spare)}


def _fee(case: Case) -> dict[str, Any]:
    pay = float(after_subsidy(case.providers, case.rules)[case.provider])
    return {"pen": round(pay, 2), "budget_pen": round(float(case.children.max_fee[case.child]), 2)}


def _language(case: Case) -> dict[str, Any]:
    mine, theirs = case.children.languages[case.child], case.providers.languages[case.provider]
    return {"preferred": mine[0] if mine else "", "common": [code for code in mine if code in theirs]}


VALUES: dict[str, Callable[[Case], dict[str, Any]]] = {
    "distance": lambda case: {"km": round(case.raw["distance"], 2)},
    "hours": _hours,
    "fee": _fee,
    "age_fit": lambda case: {"seats": int(case.raw["age_fit"])},
    "language": _language,
    "special_needs": lambda case: {"needs": needs_codes(int(case.children.needs[case.child]))},
    "siblings": lambda case: {},
    "vetting": lambda case: {"until": str(case.providers.valid_until[case.provider]), "days": int(case.raw["vetting"])},
    "continuity": lambda case: {"share": round(case.raw["continuity"], 2)},
    "text": lambda case: {"cosine": round(case.raw["text"], 2)},
}
