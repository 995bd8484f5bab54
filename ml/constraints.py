"""The hard rules. Each says pass, fail or unknown for every pair; what was needed and offered is in `ml.evidence`.

No score ever overrides a rule, and the rules are asked before any list is cut. `unknown` is a pass only where the NGO
said so for that rule.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ml.frames import BANDS, Bools, Children, Coded, Days, Floats, Ints, Providers, Rules
from ml.schedule import WEEK, Week

FAIL, PASS, UNKNOWN = 0, 1, 2
RESULTS = ("fail", "pass", "unknown")
APPROVED = ("approved", "recertification_due", "on_leave")  # leave is a matter of seats, on its days
EARTH = 6371.0088  # km, mean radius
Verdict = NDArray[np.int8]  # (q, n)
Key = TypeVar("Key", bound=Hashable)
Other = TypeVar("Other", bound=Hashable)


@dataclass(frozen=True)
class Pairs:
    """Every child with every provider, and what several rules and terms look at."""

    children: Children
    providers: Providers
    rules: Rules
    km: Floats  # (q, n) great-circle distance, NaN where a place is not known
    lacking: Floats  # (q, n) minutes a week that are needed and not offered
    demand: Ints  # (q, 4) seats needed in each band by a child and the siblings placed with it
    pay: Floats  # (n,) soles a month that the family pays, after the subsidy

    @property
    def shape(self) -> tuple[int, int]:
        """(q, n)"""
        return len(self.children), len(self.providers)


def pair_up(children: Children, providers: Providers, rules: Rules) -> Pairs:
    """Look at every child with every provider."""
    return Pairs(
        children, providers, rules, distance_km(children, providers),
        each_with_each(children.schedule, providers.schedule, _lacking_minutes), group_demand(children),
        after_subsidy(providers, rules),
    )


def distance_km(children: Children, providers: Providers) -> Floats:
    """(q, n) great-circle distances; NaN where a place is not known.

    Coordinates are turned into points of the unit sphere, and their products are summed one by one: unlike a matrix
    product this gives the same bits for a pair wherever it stands in the frame. Exact to about 0.1 m.
    """
    here, there = _points(children.latitude, children.longitude), _points(providers.latitude, providers.longitude)
    cosine: Floats = here[0][:, None] * there[0][None]
    for axis in (1, 2):
        cosine += here[axis][:, None] * there[axis][None]
    half = np.clip(0.5 - 0.5 * cosine, 0, 1, out=cosine)
    km: Floats = np.arcsin(np.sqrt(half, out=half), out=half)
    km *= 2 * EARTH
    return km


def _points(latitude: Floats, longitude: Floats) -> tuple[Floats, Floats, Floats]:
    phi, lam = np.radians(latitude), np.radians(longitude)
    return np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)


def each_with_each(
    mine: Coded[Key], theirs: Coded[Other], compare: Callable[[Sequence[Key], Sequence[Other]], Floats]
) -> Floats:
    """(q, n) of a comparison that is asked once for each pair of different values."""
    if not len(mine) or not len(theirs):
        return np.zeros((len(mine), len(theirs)))
    found: Floats = compare(mine.values, theirs.values)[mine.place][:, theirs.place]
    return found


def _lacking_minutes(needs: Sequence[Week], offers: Sequence[Week]) -> Floats:
    """Between two edges nothing changes: the week is cut at every edge, and the pieces are weighed by their minutes."""
    edges = np.unique([0, WEEK, *(edge for week in (*needs, *offers) for span in week.spans for edge in span)])
    wanted = np.stack([_open(week, edges) for week in needs]) * np.diff(edges)
    closed = 1.0 - np.stack([_open(week, edges) for week in offers])
    minutes: Floats = wanted @ closed.T  # whole numbers far below 2**53: exact in any order
    return minutes


def _open(week: Week, edges: Ints) -> Floats:
    change = np.zeros(len(edges))
    for start, end in week.spans:
        change[np.searchsorted(edges, start)] += 1
        change[np.searchsorted(edges, end)] -= 1
    return np.cumsum(change)[:-1]


def group_demand(children: Children) -> Ints:
    """(q, 4) seats needed in each band by the child and the siblings placed with it."""
    own = np.zeros((len(children), len(BANDS)), dtype=np.int64)
    band = children.band
    known = np.flatnonzero(band >= 0)
    own[known, band[known]] = 1
    families, place = np.unique(children.family, return_inverse=True)
    total = np.zeros((len(families), len(BANDS)), dtype=np.int64)
    np.add.at(total, place[children.together], own[children.together])
    return np.where(children.together[:, None], total[place], own)


def after_subsidy(providers: Providers, rules: Rules) -> Floats:
    """(n,) soles a month that the family pays."""
    pay: Floats = np.maximum(providers.fee - np.where(providers.accepts_subsidy, rules.subsidy, 0.0), 0.0)
    return pay


def _verdict(passes: Bools, unknown: Bools | None = None) -> Verdict:
    found = passes.astype(np.int8)
    return found if unknown is None else np.where(unknown, np.int8(UNKNOWN), found)


def vetting(pairs: Pairs) -> Verdict:
    """Approved, and valid on the start date and for as long after as the NGO asks."""
    statuses = [*APPROVED, "conditional"] if pairs.rules.conditional_may_match else list(APPROVED)
    approved = np.isin(pairs.providers.status, statuses)[None]
    valid = approved & (pairs.providers.valid_until[None] >= vetted_until(pairs)[:, None])
    return _verdict(valid, approved & np.isnat(pairs.providers.valid_until)[None])


def vetted_until(pairs: Pairs) -> Days:
    """(q,) the last day on which vetting must be valid."""
    until: Days = pairs.children.start + np.timedelta64(pairs.rules.vetting_margin_days, "D")
    return until if pairs.rules.today is None else np.maximum(until, np.datetime64(pairs.rules.today))


def seats(pairs: Pairs) -> Verdict:
    """A free seat in the age band of every child placed together, with nobody on leave when the care begins."""
    enough = np.broadcast_to((pairs.children.band >= 0)[:, None], pairs.shape).copy()
    for band in range(len(BANDS)):
        enough &= pairs.providers.seats[None, :, band] >= pairs.demand[:, None, band]
    return _verdict(enough & ~_away(pairs))


def _away(pairs: Pairs) -> Bools:
    start, first, last = pairs.children.start[:, None], pairs.providers.away_from, pairs.providers.away_until
    return ~np.isnat(first)[None] & (start >= first[None]) & (np.isnat(last)[None] | (start <= last[None]))


def hours(pairs: Pairs) -> Verdict:
    """The opening hours cover the need. No hours given is unknown."""
    needed, offered = pairs.children.schedule.where(bool), pairs.providers.schedule.where(bool)
    return _verdict(pairs.lacking == 0, ~needed[:, None] | ~offered[None])


def fee(pairs: Pairs) -> Verdict:
    """The fee for one child, after the NGO's subsidy, is within the budget for one child."""
    pay, budget = pairs.pay[None], pairs.children.max_fee[:, None]
    return _verdict((pay <= budget) | (pay == 0), (np.isnan(pay) | np.isnan(budget)) & (pay != 0))


def special_needs(pairs: Pairs) -> Verdict:
    """The provider can serve every special need of the child."""
    return _verdict((pairs.children.needs[:, None] & ~pairs.providers.needs[None]) == 0)


def distance(pairs: Pairs) -> Verdict:
    """Within the distance the family can go, in a straight line."""
    limit = pairs.children.max_km[:, None]
    return _verdict(pairs.km <= limit, np.isnan(pairs.km) | np.isnan(limit))


def language(pairs: Pairs) -> Verdict:
    """The provider speaks the family's preferred language, where the family requires it."""
    required = (pairs.children.language_required & pairs.children.languages.where(bool))[:, None]
    speaks = each_with_each(pairs.children.languages, pairs.providers.languages, _speaks) > 0
    silent = ~pairs.providers.languages.where(bool)[None]
    return _verdict(speaks | ~required, silent & required)


def _speaks(wanted: Sequence[tuple[str, ...]], spoken: Sequence[tuple[str, ...]]) -> Floats:
    return np.array([[float(set(one[:1]) <= set(other)) for other in spoken] for one in wanted])


def conflict(pairs: Pairs) -> Verdict:
    """Neither the provider nor its district is excluded for the family."""
    allowed = np.ones(pairs.shape, dtype=np.bool_)
    for row, excluded in enumerate(pairs.children.excluded):
        if excluded:
            names = sorted(excluded)
            allowed[row] = ~(np.isin(pairs.providers.ref, names) | np.isin(pairs.providers.ubigeo, names))
    return _verdict(allowed)


RULES: dict[str, Callable[[Pairs], Verdict]] = {
    "vetting": vetting, "seats": seats, "hours": hours, "fee": fee, "special_needs": special_needs,
    "distance": distance, "language": language, "conflict": conflict,
}


@dataclass(frozen=True)
class Verdicts:
    """Every rule's verdict on every pair; `stops` is the same as bits: bit i where rule i stands in the way."""

    pairs: Pairs
    by_rule: dict[str, Verdict]
    stops: NDArray[np.uint8]  # (q, n)

    @property
    def admissible(self) -> Bools:
        """(q, n) where no rule stands in the way."""
        free: Bools = self.stops == 0
        return free

    def warnings(self, child: int, provider: int) -> list[str]:
        """The rules that were let pass though nobody knows."""
        may_pass = self.pairs.rules.unknown_may_pass
        return [
            rule for rule, verdict in self.by_rule.items()
            if rule in may_pass and verdict[child, provider] == UNKNOWN
        ]


def judge(children: Children, providers: Providers, rules: Rules) -> Verdicts:
    """Ask every rule about every pair. ValueError where `unknown_may_pass` names a rule that does not exist."""
    strangers = rules.unknown_may_pass - set(RULES)
    if strangers:
        raise ValueError(f"unknown_may_pass names no rule: {', '.join(sorted(strangers))}")
    pairs = pair_up(children, providers, rules)
    by_rule = {name: rule(pairs) for name, rule in RULES.items()}
    stops = np.zeros(pairs.shape, dtype=np.uint8)
    for bit, (name, verdict) in enumerate(by_rule.items()):
        blocked = verdict == FAIL if name in rules.unknown_may_pass else verdict != PASS
        np.bitwise_or(stops, blocked.view(np.uint8) * np.uint8(1 << bit), out=stops)
    return Verdicts(pairs, by_rule, stops)
