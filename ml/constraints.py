"""The hard rules. Each says pass, fail or unknown for every pair; what was needed and offered is in `ml.evidence`.

No score ever overrides a rule, and the rules are asked before any list is cut. `unknown` is a pass only where the NGO
said so for that rule.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ml.frames import BANDS, Bools, Children, Coded, Days, Floats, Ints, Providers, Rules
from ml.nearby import EARTH
from ml.schedule import WEEK, Week

FAIL, PASS, UNKNOWN = 0, 1, 2
RESULTS = ("fail", "pass", "unknown")
APPROVED = ("approved", "recertification_due", "on_leave")  # leave is a matter of seats, on its days
Verdict = NDArray[np.int8]  # (q, n) or (m,)
Column = NDArray[Any]
Key = TypeVar("Key", bound=Hashable)
Other = TypeVar("Other", bound=Hashable)


@dataclass(frozen=True)
class Pairs:
    """Children with providers, and what several rules and terms look at.

    Either every child with every provider, and arrays of pairs are (q, n); or, where `child` and `provider` (m,) list
    them, some pairs only, and these arrays are (m,). Rules and terms are written once for both.
    """

    children: Children
    providers: Providers
    rules: Rules
    demand: Ints  # (q, 4) seats needed in each band by a child and the siblings placed with it
    pay: Floats  # (n,) soles a month that the family pays, after the subsidy
    child: Ints | None = None
    provider: Ints | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """(q, n) or (m,)"""
        return (len(self.children), len(self.providers)) if self.child is None else (len(self.child),)

    def mine(self, column: Column) -> Column:
        """A column of the children (q,), laid along the pairs."""
        return column[:, None] if self.child is None else column[self.child]

    def theirs(self, column: Column) -> Column:
        """A column of the providers (n,), laid along the pairs."""
        return column[None] if self.provider is None else column[self.provider]

    def in_band(self, table: Callable[[Ints], Floats]) -> Floats:
        """Of a table (·, 4) made from seats (·, 4) what stands in each child's age band; NaN without a band."""
        band = np.clip(self.children.band, 0, len(BANDS) - 1)
        if self.child is None:
            found = table(self.providers.seats)[:, band].T
        else:
            found = table(self.providers.seats[self.provider])[np.arange(len(self.child)), band[self.child]]
        return np.where(self.mine(self.children.band >= 0), found, np.nan)

    def compared(
        self, mine: Coded[Key], theirs: Coded[Other], compare: Callable[[Sequence[Key], Sequence[Other]], Floats]
    ) -> Floats:
        """A comparison that is asked once for each pair of different values, laid along the pairs."""
        if self.child is None:
            return each_with_each(mine, theirs, compare)
        if not len(self.child):
            return np.zeros(0)
        found: Floats = compare(mine.values, theirs.values)[mine.place[self.child], theirs.place[self.provider]]
        return found

    def some(self, child: Ints, provider: Ints) -> Pairs:
        """These pairs alone."""
        return replace(self, child=child, provider=provider)

    @property
    def listed(self) -> tuple[Ints, Ints]:
        """(m,) children and (m,) providers. ValueError where every child stands with every provider."""
        if self.child is None or self.provider is None:
            raise ValueError("every child stands with every provider; listed pairs are expected")
        return self.child, self.provider

    @cached_property
    def km(self) -> Floats:
        """Great-circle distances, NaN where a place is not known."""
        return distance_km(self)

    @cached_property
    def lacking(self) -> Floats:
        """Minutes a week that are needed and not offered."""
        return self.compared(self.children.schedule, self.providers.schedule, _lacking_minutes)


def pair_up(children: Children, providers: Providers, rules: Rules) -> Pairs:
    """Every child with every provider."""
    return Pairs(children, providers, rules, group_demand(children), after_subsidy(providers, rules))


def distance_km(pairs: Pairs) -> Floats:
    """Great-circle distances of the pairs; NaN where a place is not known.

    Coordinates are turned into points of the unit sphere, and their products are summed one by one: unlike a matrix
    product this gives the same bits for a pair wherever it stands. Exact to about 0.1 m.
    """
    here, there = pairs.children.point, pairs.providers.point
    cosine: Floats = pairs.mine(here[0]) * pairs.theirs(there[0])
    for axis in (1, 2):
        cosine += pairs.mine(here[axis]) * pairs.theirs(there[axis])
    half = np.clip(0.5 - 0.5 * cosine, 0, 1, out=cosine)
    km: Floats = np.arcsin(np.sqrt(half, out=half), out=half)
    km *= 2 * EARTH
    return km


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
    approved = pairs.theirs(pairs.providers.standing.where(lambda status: status in statuses))
    until = pairs.theirs(pairs.providers.valid_until)
    return _verdict(approved & (until >= pairs.mine(vetted_until(pairs))), approved & np.isnat(until))


def vetted_until(pairs: Pairs) -> Days:
    """(q,) the last day on which vetting must be valid."""
    until: Days = pairs.children.start + np.timedelta64(pairs.rules.vetting_margin_days, "D")
    return until if pairs.rules.today is None else np.maximum(until, np.datetime64(pairs.rules.today))


def seats(pairs: Pairs) -> Verdict:
    """A free seat in the age band of every child placed together, with nobody on leave when the care begins."""
    enough = np.broadcast_to(pairs.mine(pairs.children.band >= 0), pairs.shape).copy()
    for band in np.flatnonzero(pairs.demand.any(axis=0)).tolist():
        enough &= pairs.theirs(pairs.providers.seats[:, band]) >= pairs.mine(pairs.demand[:, band])
    return _verdict(enough & ~_away(pairs))


def _away(pairs: Pairs) -> Bools:
    first, last = pairs.providers.away_from, pairs.providers.away_until
    if np.isnat(first).all():
        return np.zeros(pairs.shape, dtype=np.bool_)
    start, since, until = pairs.mine(pairs.children.start), pairs.theirs(first), pairs.theirs(last)
    return ~np.isnat(since) & (start >= since) & (np.isnat(until) | (start <= until))


def hours(pairs: Pairs) -> Verdict:
    """The opening hours cover the need. No hours given is unknown."""
    needed, offered = pairs.children.schedule.where(bool), pairs.providers.schedule.where(bool)
    return _verdict(pairs.lacking == 0, pairs.mine(~needed) | pairs.theirs(~offered))


def fee(pairs: Pairs) -> Verdict:
    """The fee for one child, after the NGO's subsidy, is within the budget for one child."""
    pay, budget = pairs.theirs(pairs.pay), pairs.mine(pairs.children.max_fee)
    return _verdict((pay <= budget) | (pay == 0), (np.isnan(pay) | np.isnan(budget)) & (pay != 0))


def special_needs(pairs: Pairs) -> Verdict:
    """The provider can serve every special need of the child."""
    return _verdict((pairs.mine(pairs.children.needs) & ~pairs.theirs(pairs.providers.needs)) == 0)


def distance(pairs: Pairs) -> Verdict:
    """Within the distance the family can go, in a straight line."""
    limit = pairs.mine(pairs.children.max_km)
    return _verdict(pairs.km <= limit, np.isnan(pairs.km) | np.isnan(limit))


def language(pairs: Pairs) -> Verdict:
    """The provider speaks the family's preferred language, where the family requires it."""
    required = pairs.mine(pairs.children.language_required & pairs.children.languages.where(bool))
    if not required.any():
        return np.ones(pairs.shape, dtype=np.int8)
    speaks = pairs.compared(pairs.children.languages, pairs.providers.languages, _speaks) > 0
    silent = pairs.theirs(~pairs.providers.languages.where(bool))
    return _verdict(speaks | ~required, silent & required)


def _speaks(wanted: Sequence[tuple[str, ...]], spoken: Sequence[tuple[str, ...]]) -> Floats:
    return np.array([[float(set(one[:1]) <= set(other)) for other in spoken] for one in wanted])


def conflict(pairs: Pairs) -> Verdict:
    """Neither the provider nor its district is excluded for the family."""
    allowed = np.ones(pairs.shape, dtype=np.bool_)
    for row, excluded in enumerate(pairs.children.excluded):
        if excluded:
            names = sorted(excluded)
            here = row if pairs.child is None else np.flatnonzero(pairs.child == row)
            there = slice(None) if pairs.provider is None else pairs.provider[here]
            known = (pairs.providers.ref[there], pairs.providers.ubigeo[there])
            allowed[here] = ~(np.isin(known[0], names) | np.isin(known[1], names))
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


def stopped(name: str, verdict: Verdict, rules: Rules) -> Bools:
    """Where a rule stands in the way: where it fails, and where nobody knows unless the NGO lets that pass."""
    found: Bools = verdict == FAIL if name in rules.unknown_may_pass else verdict != PASS
    return found


def check(rules: Rules) -> None:
    """ValueError where `unknown_may_pass` names a rule that does not exist."""
    strangers = rules.unknown_may_pass - set(RULES)
    if strangers:
        raise ValueError(f"unknown_may_pass names no rule: {', '.join(sorted(strangers))}")


def judge(children: Children, providers: Providers, rules: Rules) -> Verdicts:
    """Ask every rule about every pair. ValueError where `unknown_may_pass` names a rule that does not exist."""
    check(rules)
    pairs = pair_up(children, providers, rules)
    by_rule = {name: rule(pairs) for name, rule in RULES.items()}
    stops = np.zeros(pairs.shape, dtype=np.uint8)
    for bit, (name, verdict) in enumerate(by_rule.items()):
        np.bitwise_or(stops, stopped(name, verdict, rules).view(np.uint8) * np.uint8(1 << bit), out=stops)
    return Verdicts(pairs, by_rule, stops)
