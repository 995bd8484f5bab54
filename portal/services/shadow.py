"""A version of the score in the shadow: how it would order the lists of now, which nobody sees ordered so."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from ml import scoring
from ml.learn import registry
from ml.learn.swap.overlap import rbo
from ml.scoring import Scorer
from portal.models import Suggestion
from portal.queries import decisions
from portal.services import matching, versions

MOST = 200  # lists, the newest


@dataclass(frozen=True)
class Shadow:
    """Over `lists` of two suggestions or more: how alike both orders are (1 the same), and whose first one stays."""

    lists: int
    overlap: float
    first_stays: int


def of(name: str) -> Shadow:
    """A version in sight beside the one that ranks, on the values frozen with the suggestions of the NGO at work."""
    versions.figures(name)
    now, other = matching.ranking().scorer, registry.named(versions.root(), name)
    lists: dict[tuple[UUID, tuple[str, ...]], list[Suggestion]] = defaultdict(list)
    for one in decisions.recent_lists(MOST):
        lists[one.run_id, tuple(sorted(one.children))].append(one)
    pairs = [(_order(rows, now), _order(rows, other)) for rows in lists.values() if len(rows) > 1]
    alike = [rbo(one, two) for one, two in pairs]
    return Shadow(len(pairs), float(np.mean(alike)) if alike else 1.0, sum(one[0] == two[0] for one, two in pairs))


def _order(rows: list[Suggestion], scorer: Scorer) -> list[int]:
    """The places of the rows, the best first."""
    raw = {term: np.array([[_value(one, term) for one in rows]]) for term in scoring.TERMS}
    score = scoring.score(raw, scorer).score[0]
    return [int(place) for place in np.argsort(-score, kind="stable")]


def _value(one: Suggestion, term: str) -> float:
    value = one.features.get(term)
    return float("nan") if value is None else float(value)
