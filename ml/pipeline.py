"""From needs and offers to ranked suggestions with their reasons: rules, then the cut, then the score explained.

A unit is what is placed together: one child, or all siblings whose family wants one place. A provider is admissible for
a unit when it is for each of its children; the unit's score is the mean of theirs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml import constraints, explain, features, retrieval, scoring
from ml.constraints import Verdicts
from ml.explain import Case, Fact
from ml.frames import Children, Providers, Rules
from ml.passages import Pair, Passage, best_pair, similarity

REACH = 2.0  # times the family's distance: whom the why-not table speaks of
SUGGEST = 10


@dataclass(frozen=True)
class Suggestion:
    """One provider for one unit; `contributions` add up to the score. Indexes point into the frames."""

    children: tuple[int, ...]
    provider: int
    rank: int
    score: float
    band: str
    text_score: float
    distance_km: float
    contributions: dict[str, float]
    raw: dict[str, float | None]
    favour: list[Fact]
    against: list[Fact]
    pair: Pair | None
    warnings: list[str]


@dataclass(frozen=True)
class Failure:
    """A rule that stands between a child and a provider within reach, with what was needed and offered."""

    child: int
    provider: int
    rule: str
    result: str  # fail | unknown
    needed: dict[str, Any]
    offered: dict[str, Any]
    distance_km: float


@dataclass(frozen=True)
class Request:
    """Everything a run looks at. `texts` holds a passage for each child, `offers` one for each provider."""

    children: Children
    providers: Providers
    texts: Sequence[Passage | None]
    offers: Sequence[Passage]
    rules: Rules = field(default_factory=Rules)
    keep: int = SUGGEST


@dataclass(frozen=True)
class Answer:
    """Suggestions unit by unit, and how many providers within reach each rule removed for each unit."""

    units: list[tuple[int, ...]]
    suggestions: list[Suggestion]
    verdicts: Verdicts
    admissible: NDArray[np.bool_]  # (units, n)
    score: NDArray[np.float64]  # (units, n)


def units(children: Children) -> list[tuple[int, ...]]:
    """Who is placed together, in the order of the rows."""
    found: dict[tuple[int, int], list[int]] = {}
    for row in range(len(children)):
        together = bool(children.together[row])
        found.setdefault((int(children.family[row]), -1 if together else row), []).append(row)
    return [tuple(rows) for rows in found.values()]


def rank(request: Request) -> Answer:
    """Ranked suggestions for every unit of a request."""
    groups = units(request.children)
    verdicts = constraints.judge(request.children, request.providers, request.rules)
    allowed = _all(verdicts.admissible(), groups)
    raw = features.features(request.children, request.providers, request.rules, _text(request, allowed, groups))
    scored = scoring.score(raw)
    score = _mean(scored.score, groups)
    best = retrieval.top_k(score, allowed, request.providers.ref, request.keep)
    suggestions = [
        _suggestion(request, verdicts, raw, scored, (group, provider, place))
        for group, columns in zip(groups, best, strict=True)
        for place, provider in enumerate(columns, start=1)
    ]
    return Answer(groups, suggestions, verdicts, allowed, score)


def _all(mask: NDArray[np.bool_], groups: list[tuple[int, ...]]) -> NDArray[np.bool_]:
    return np.array([mask[list(group)].all(axis=0) for group in groups], dtype=np.bool_).reshape(len(groups), -1)


def _mean(values: NDArray[np.float64], groups: list[tuple[int, ...]]) -> NDArray[np.float64]:
    return np.array([values[list(group)].mean(axis=0) for group in groups]).reshape(len(groups), -1)


def _text(request: Request, allowed: NDArray[np.bool_], groups: list[tuple[int, ...]]) -> NDArray[np.float64]:
    """(q, n) cosines, for the admissible pairs only; NaN elsewhere."""
    found = np.full((len(request.children), len(request.providers)), np.nan)
    for group, mask in zip(groups, allowed, strict=True):
        columns = np.flatnonzero(mask)
        for child in group:
            passage = request.texts[child]
            if passage is None or not len(columns):
                continue
            found[child, columns] = similarity(passage, [request.offers[int(column)] for column in columns])
    return found


def _suggestion(
    request: Request, verdicts: Verdicts, raw: dict[str, NDArray[np.float64]], scored: scoring.Scored,
    pick: tuple[tuple[int, ...], int, int],
) -> Suggestion:
    group, provider, place = pick
    rows = list(group)
    shares = {name: float(values[rows, provider].mean()) for name, values in scored.contributions.items()}
    values = {name: _mean_known(matrix[rows, provider]) for name, matrix in raw.items()}
    case = Case(request.children, rows[0], request.providers, provider, values, request.rules)
    favour, against = explain.reasons(case, shares)
    passage = request.texts[rows[0]]
    total = float(sum(shares.values()))
    return Suggestion(
        children=group, provider=provider, rank=place, score=total, band=scoring.band(total),
        text_score=_unit(values["text"]), distance_km=values["distance"], contributions=shares,
        raw={name: None if np.isnan(value) else round(value, 6) for name, value in values.items()},
        favour=favour, against=against, pair=best_pair(passage, request.offers[provider]) if passage else None,
        warnings=sorted({rule for row in rows for rule in verdicts.warnings(row, provider)}),
    )


def _mean_known(values: NDArray[np.float64]) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def _unit(cosine: float) -> float:
    return 0.0 if np.isnan(cosine) else float(np.clip(cosine, 0.0, 1.0))


def why_not(request: Request, answer: Answer) -> list[Failure]:
    """Every failing rule of every pair within reach. A sibling's failure stands for each child placed with it."""
    km = constraints.distance_km(request.children, request.providers)
    failures = []
    for group, allowed in zip(answer.units, answer.admissible, strict=True):
        near = (km[list(group)] <= REACH * request.children.max_km[list(group)][:, None]).any(axis=0)
        for provider in np.flatnonzero(near & ~allowed):
            failures += _of_pair(request, answer.verdicts, (group, int(provider)), km)
    return failures


def _of_pair(
    request: Request, verdicts: Verdicts, pair: tuple[tuple[int, ...], int], km: NDArray[np.float64]
) -> list[Failure]:
    group, provider = pair
    by_child = {child: verdicts.failing(child, provider) for child in group}
    found = []
    for child in group:
        own = {rule: (result, child) for rule, result in by_child[child]}
        for sibling in group:
            for rule, result in by_child[sibling]:
                own.setdefault(rule, (result, sibling))
        for rule, (result, cause) in own.items():
            found.append(_failure(request, (child, cause, provider), (rule, result), float(km[cause, provider])))
    return found


def _failure(request: Request, who: tuple[int, int, int], what: tuple[str, str], km: float) -> Failure:
    child, cause, provider = who
    rule, result = what
    context = (request.children, cause, request.rules)
    return Failure(
        child=child, provider=provider, rule=rule, result=result, distance_km=km,
        needed=constraints.needed(rule, request.children, cause, request.rules),
        offered=constraints.offered(rule, request.providers, provider, km, context),
    )


def counts(failures: Sequence[Failure]) -> dict[str, int]:
    """Rule → how many providers it removed, the most first."""
    pairs = {(failure.rule, failure.provider) for failure in failures}
    return dict(Counter(rule for rule, _ in pairs).most_common())
