"""Why a provider is suggested, as facts: codes and values, worded by whoever shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.constraints import Pairs
from ml.evidence import day, known
from ml.frames import BANDS, needs_codes
from ml.scoring import BASE

MOST_FOR, MOST_AGAINST = 3, 2
LEAST = 1e-6  # a smaller share is no reason
Column = NDArray[np.float64]  # (m,)


@dataclass(frozen=True)
class Fact:
    """One reason: the term, its values with units in their names, and its share of the score."""

    code: str
    values: dict[str, Any]
    share: float


@dataclass(frozen=True)
class Case:
    """A pair, where it stands among those listed, and the raw value of one term."""

    pairs: Pairs
    place: int
    raw: float

    @property
    def child(self) -> int:
        """Its row."""
        return int(self.pairs.listed[0][self.place])

    @property
    def provider(self) -> int:
        """Its row."""
        return int(self.pairs.listed[1][self.place])


@dataclass(frozen=True)
class Terms:
    """Every term's raw values and shares, (m,) each: of the pairs that are listed."""

    raw: Mapping[str, Column]
    shares: Mapping[str, Column]


def reasons(pairs: Pairs, terms: Terms, places: Sequence[int]) -> tuple[list[Fact], list[Fact]]:
    """Up to three for and two against, the weightiest first. A value nobody knows is no reason.

    `places` are the pairs of one provider with a child, or with all who are placed together: a term's share is then
    their mean, and its values are those of the child it suits least.
    """
    here = list(places)
    totals = {
        name: float(share[here].mean()) for name, share in terms.shares.items()
        if name != BASE and not np.isnan(terms.raw[name][here]).all()
    }
    order = sorted((name for name in totals if abs(totals[name]) > LEAST), key=lambda name: (-abs(totals[name]), name))

    def fact(name: str) -> Fact:
        raw = terms.raw[name][here]
        least = here[int(np.argmin(np.where(np.isnan(raw), np.inf, terms.shares[name][here])))]
        return Fact(name, VALUES[name](Case(pairs, least, float(terms.raw[name][least]))), round(totals[name], 6))

    favour = [name for name in order if totals[name] > 0][:MOST_FOR]
    against = [name for name in order if totals[name] < 0][:MOST_AGAINST]
    return [fact(name) for name in favour], [fact(name) for name in against]


def _hours(case: Case) -> dict[str, Any]:
    need, offer = case.pairs.children.schedule[case.child], case.pairs.providers.schedule[case.provider]
    covered = need.minutes - int(case.pairs.lacking[case.place])
    return {"needed": need.text(), "open": offer.text(), "spare_minutes": offer.minutes - covered}


def _fee(case: Case) -> dict[str, Any]:
    return {"pen": known(case.pairs.pay[case.provider]), "budget_pen": known(case.pairs.children.max_fee[case.child])}


def _language(case: Case) -> dict[str, Any]:
    mine, theirs = case.pairs.children.languages[case.child], case.pairs.providers.languages[case.provider]
    return {"preferred": mine[0] if mine else "", "common": [code for code in mine if code in theirs]}


def _siblings(case: Case) -> dict[str, Any]:
    children = int((case.pairs.children.family == case.pairs.children.family[case.child]).sum())
    return {"children": children, "share": round(case.raw, 2)}


VALUES: dict[str, Callable[[Case], dict[str, Any]]] = {
    "distance": lambda case: {"km": known(case.raw)},
    "hours": _hours,
    "fee": _fee,
    "age_fit": lambda case: {"seats": int(case.raw), "band": BANDS[int(case.pairs.children.band[case.child])]},
    "language": _language,
    "special_needs": lambda case: {"needs": needs_codes(int(case.pairs.children.needs[case.child]))},
    "siblings": _siblings,
    "vetting": lambda case: {"until": day(case.pairs.providers.valid_until[case.provider]), "days": int(case.raw)},
    "continuity": lambda case: {"share": round(case.raw, 2)},
    "text": lambda case: {"cosine": round(case.raw, 2)},
    "answers": lambda case: {"fit": round(case.raw, 2)},
}
