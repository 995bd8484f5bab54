"""What a rule needed and what was offered instead, as values with their units in the names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml import schedule
from ml.constraints import RESULTS, RULES, Pairs, Verdicts, judge, vetted_until
from ml.frames import BANDS, Children, Providers, Rules, needs_codes

Facts = dict[str, Any]
NAMES = tuple(RULES)


@dataclass(frozen=True)
class Failure:
    """A rule that stands between a child and a provider. `cause` is the child, or the sibling, it comes from."""

    child: int
    provider: int
    rule: str
    result: str  # fail | unknown
    needed: Facts
    offered: Facts
    distance_km: float | None
    cause: int


def needed(pairs: Pairs, rule: str, child: int) -> Facts:
    """What a rule asked for."""
    return NEEDED[rule](pairs, child)


def offered(pairs: Pairs, rule: str, child: int, provider: int) -> Facts:
    """What was there instead."""
    return OFFERED[rule](pairs, child, provider)


def failures_of(verdicts: Verdicts, child: int, provider: int) -> Iterator[Failure]:
    """Every rule that stands between one child and one provider."""
    bits = int(verdicts.stops[child, provider])
    for place, rule in enumerate(NAMES):
        if bits >> place & 1:
            yield failure(verdicts, rule, (child, child, provider))


def failure(
    verdicts: Verdicts, rule: str, who: tuple[int, int, int], wanted: Facts | None = None, named: int | None = None
) -> Failure:
    """One rule's answer in full; `who` is (child, cause, provider), `wanted` what was needed, where it is at hand.

    `named` is the provider's row where the verdicts number providers otherwise.
    """
    child, cause, provider = who
    pairs = verdicts.pairs
    return Failure(
        child=child, provider=provider if named is None else named, cause=cause, rule=rule,
        result=RESULTS[verdicts.by_rule[rule][cause, provider]],
        needed=needed(pairs, rule, cause) if wanted is None else wanted,
        offered=offered(pairs, rule, cause, provider), distance_km=known(pairs.km[child, provider]),
    )


def refusals(children: Children, providers: Providers, rules: Rules) -> list[Failure]:
    """Every rule that stands in the way of any of these children with any of these providers; empty: all may go on."""
    verdicts = judge(children, providers, rules)
    return [
        one for child, provider in np.argwhere(verdicts.stops).tolist()
        for one in failures_of(verdicts, child, provider)
    ]


def known(value: float) -> float | None:
    """A rounded number, None for NaN."""
    return None if np.isnan(value) else round(float(value), 2)


def day(value: np.datetime64) -> str | None:
    """An ISO date, None for NaT."""
    return None if np.isnat(value) else str(value)


def _by_band(counts: NDArray[np.int64]) -> dict[str, int]:
    return {band: int(count) for band, count in zip(BANDS, counts, strict=True) if count}


def _until(pairs: Pairs, child: int) -> Facts:
    return {"until": day(vetted_until(pairs)[child])}


def _seats_needed(pairs: Pairs, child: int) -> Facts:
    return {"seats": _by_band(pairs.demand[child]), "too_old": bool(pairs.children.band[child] < 0)}


def _seats_offered(pairs: Pairs, child: int, provider: int) -> Facts:
    providers = pairs.providers
    return {
        "seats": _by_band(providers.seats[provider]),
        "away_from": day(providers.away_from[provider]), "away_until": day(providers.away_until[provider]),
    }


def _hours_offered(pairs: Pairs, child: int, provider: int) -> Facts:
    return _hours(pairs.children.schedule[child], pairs.providers.schedule[provider])


@lru_cache(maxsize=16384)
def _hours(need: schedule.Week, offer: schedule.Week) -> Facts:
    lacking = schedule.lacking(need, offer)
    return {
        "schedule": offer.text(), "missing_minutes": lacking.minutes, "missing": lacking.text(),
        "missing_by_day": schedule.missing(need, offer),
    }


def _needs_offered(pairs: Pairs, child: int, provider: int) -> Facts:
    wanted, served = int(pairs.children.needs[child]), int(pairs.providers.needs[provider])
    return {"needs": needs_codes(served), "missing": needs_codes(wanted & ~served)}


NEEDED: dict[str, Callable[[Pairs, int], Facts]] = {
    "vetting": _until,
    "seats": _seats_needed,
    "hours": lambda pairs, child: {"schedule": pairs.children.schedule[child].text()},
    "fee": lambda pairs, child: {"pen": known(pairs.children.max_fee[child])},
    "special_needs": lambda pairs, child: {"needs": needs_codes(int(pairs.children.needs[child]))},
    "distance": lambda pairs, child: {"km": known(pairs.children.max_km[child])},
    "language": lambda pairs, child: {"languages": list(pairs.children.languages[child][:1])},
    "conflict": lambda pairs, child: {},  # whom the family must not meet is shown to nobody
}
OFFERED: dict[str, Callable[[Pairs, int, int], Facts]] = {
    "vetting": lambda pairs, child, provider: {
        "status": str(pairs.providers.status[provider]), "until": day(pairs.providers.valid_until[provider]),
    },
    "seats": _seats_offered,
    "hours": _hours_offered,
    "fee": lambda pairs, child, provider: {"pen": known(pairs.pay[provider])},
    "special_needs": _needs_offered,
    "distance": lambda pairs, child, provider: {"km": known(pairs.km[child, provider])},
    "language": lambda pairs, child, provider: {"languages": list(pairs.providers.languages[provider])},
    "conflict": lambda pairs, child, provider: {},
}
