"""Groups of families, alone and two facets together, with intervals; small ones are flagged, not hidden."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from ml.frames import Bools, Floats, Texts
from ml.learn.evaluation import Lists, shown
from ml.learn.examples import FACETS, NOT_KNOWN, Examples
from ml.learn.metrics import bootstrap, probability, ranking

SMALL = 50  # families, below which a group is flagged: its figures say little
FEWEST = 5  # families, below which no figure is given: it could point at somebody
FOUR_FIFTHS = 0.8
DRAWS = 100


@dataclass(frozen=True)
class Told:
    """Test rows with what the model says of them. `chance` (m,); from `threshold` on it says yes."""

    examples: Examples
    chance: Floats
    score: Floats
    threshold: float
    seed: int = 7


def tables(told: Told, supply: dict[str, float]) -> dict[str, Any]:
    """Facet (or `a × b`) → its groups and how far apart they are. `supply`: family → admissible providers a list."""
    facets = {name: told.examples.facets[name] for name in FACETS}
    pairs = {
        f"{one} × {other}": np.where((facets[one] == NOT_KNOWN) | (facets[other] == NOT_KNOWN), NOT_KNOWN,
                                     np.char.add(np.char.add(facets[one], " × "), facets[other]))
        for one, other in combinations(FACETS, 2)
    }
    found = {name: _facet(told, values, supply) for name, values in {**facets, **pairs}.items()}
    return {name: one for name, one in found.items() if one["groups"]}


def not_known(examples: Examples) -> list[str]:
    """The facets that no row tells: nothing can be said of their groups, and that is to be said."""
    return [name for name in FACETS if (examples.facets[name] == NOT_KNOWN).all()]


def _facet(told: Told, values: Texts, supply: dict[str, float]) -> dict[str, Any]:
    groups = {
        str(name): _group(told, values == name, supply) for name in np.unique(values[values != NOT_KNOWN])
    }
    large = {name: one for name, one in groups.items() if not one["small"]}
    unknown = len(np.unique(told.examples.family[values == NOT_KNOWN]))
    return {"groups": groups, "unknown_families": unknown, "apart": _apart(told, values, sorted(large))}


def _group(told: Told, mask: Bools, supply: dict[str, float]) -> dict[str, Any]:
    """One group's figures: what happened, how well lists are ordered, and what is promised."""
    rows = told.examples.take(mask)
    families = np.unique(rows.family)
    found: dict[str, Any] = {"families": len(families), "small": len(families) < SMALL}
    if len(families) < FEWEST:
        return found
    known = ~np.isnan(rows.label)
    label, chance, family = rows.label[known], told.chance[mask][known], rows.family[known]
    offered = [supply[name] for name in families.tolist() if name in supply]
    ones = label == 1
    right = (chance >= told.threshold)[ones].astype(np.float64)
    return {
        **found, "supply": round(float(np.mean(offered)), 3) if offered else None,
        "placed": _placed(label, family, told.seed), "tpr": bootstrap.of_mean(right, family[ones], told.seed).plain(),
        "promised": _promised(told, mask).plain(), **_order(told, mask),
        **_calibration(label, chance, family, told.seed),
    }


def _placed(label: Floats, family: Texts, seed: int) -> dict[str, Any]:
    """Share of the families with a placement that held."""
    names, place = np.unique(family, return_inverse=True)
    any_held = np.zeros(len(names))
    np.maximum.at(any_held, place, label)
    return bootstrap.of_mean(any_held, names, seed).plain()


def _promised(told: Told, mask: Bools) -> bootstrap.Interval:
    """Share of the families whose best suggestion the model says yes to."""
    names, place = np.unique(told.examples.family[mask], return_inverse=True)
    best = np.zeros(len(names))
    np.maximum.at(best, place, told.chance[mask])
    return bootstrap.of_mean((best >= told.threshold).astype(np.float64), names, told.seed)


def _order(told: Told, mask: Bools) -> dict[str, Any]:
    rows = told.examples.take(mask)
    if np.isnan(rows.label).all():
        return {}
    lists: Lists = shown(rows)
    score = told.score[mask][~np.isnan(rows.label)]
    ranked = lists.ranked(lambda _: score)
    family = lists.families(ranked)
    return {
        "ndcg@10": bootstrap.of_mean(ranking.ndcg(ranked), family, told.seed).plain(),
        "recall@5": bootstrap.of_mean(ranking.recall(ranked, 5), family, told.seed).plain(),
    }


def _calibration(label: Floats, chance: Floats, family: Texts, seed: int) -> dict[str, Any]:
    if not len(label):
        return {}

    def measure(weight: Floats) -> dict[str, float]:
        return {name: probability.MEASURES[name](label, chance, weight) for name in ("ece", "in_the_large")}

    return {name: one.plain() for name, one in bootstrap.of_rows(measure, family, seed, DRAWS).items()}


def _apart(told: Told, values: Texts, large: list[str]) -> dict[str, Any] | None:
    """Least over most of the placed and the promised shares, and the gap of the true positive rates.

    Over groups that are not small; None for fewer than two of them.
    """
    if len(large) < 2:
        return None
    names, first, place = np.unique(told.examples.family, return_index=True, return_inverse=True)
    group = values[first]
    label, chance = np.nan_to_num(told.examples.label), told.chance
    placed, promised = np.zeros(len(names)), np.zeros(len(names))
    np.maximum.at(placed, place, label)
    np.maximum.at(promised, place, (chance >= told.threshold).astype(np.float64))
    held = np.bincount(place, label == 1, len(names))
    found = np.bincount(place, (label == 1) & (chance >= told.threshold), len(names))

    def measure(weight: Floats) -> dict[str, float]:
        shares = [(weight * (group == name)) for name in large]
        rates = [[float(one @ column / max(one @ base, 1e-12)) for one in shares] for column, base in
                 ((placed, np.ones(len(names))), (promised, np.ones(len(names))), (found, held))]
        return {"placed_ratio": _ratio(rates[0]), "promised_ratio": _ratio(rates[1]),
                "opportunity_gap": max(rates[2]) - min(rates[2])}

    return {name: one.plain() for name, one in bootstrap.of_rows(measure, names, told.seed, DRAWS).items()}


def _ratio(rates: list[float]) -> float:
    return min(rates) / max(rates) if max(rates) > 0 else float("nan")
