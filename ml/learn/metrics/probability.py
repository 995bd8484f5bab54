"""How good a probability is. Shapes: `label` (m,) 0 or 1, `chance` (m,) within 0..1, `weight` (m,) ≥ 0.

Weights are how often a row counts: ones for the figure itself, counts of drawn families for its interval.
"""

from __future__ import annotations

import numpy as np

from ml.frames import Floats

BINS = 10


def base_rate(label: Floats, chance: Floats, weight: Floats) -> float:
    """The share of ones: what always saying the same would rest on."""
    return float(weight @ label / weight.sum())


def brier(label: Floats, chance: Floats, weight: Floats) -> float:
    """Mean squared distance of probability and answer: 0 best."""
    return float(weight @ (chance - label) ** 2 / weight.sum())


def pr_auc(label: Floats, chance: Floats, weight: Floats) -> float:
    """Average precision: the area under precision over recall, in steps; equal chances are one step."""
    order = np.argsort(-chance, kind="stable")
    ends = np.flatnonzero(np.diff(chance[order], append=-1.0))
    hits, seen = np.cumsum((weight * label)[order])[ends], np.cumsum(weight[order])[ends]
    if hits[-1] == 0:
        return float("nan")
    steps = np.diff(hits, prepend=0.0) / hits[-1]
    return float(steps @ (hits / np.maximum(seen, 1e-12)))


def equal_mass(chance: Floats, weight: Floats, bins: int = BINS) -> Floats:
    """(m,) number of the bin of each row: bins of equal weight, by rising chance."""
    order = np.argsort(chance, kind="stable")
    middle = np.cumsum(weight[order]) - weight[order] / 2
    found = np.zeros(len(chance))
    found[order] = np.minimum(np.floor(middle / weight.sum() * bins), bins - 1)
    return found


def reliability(label: Floats, chance: Floats, weight: Floats, bins: int = BINS) -> list[tuple[float, float, float]]:
    """For each bin of equal mass that has rows: (mean chance, share of ones, share of the weight)."""
    place = equal_mass(chance, weight, bins).astype(np.int64)
    mass, said, was = (np.bincount(place, values, minlength=bins) for values in (weight, weight * chance,
                                                                                  weight * label))
    there = mass > 0
    return [
        (float(s / m), float(w / m), float(m / weight.sum()))
        for m, s, w in zip(mass[there], said[there], was[there], strict=True)
    ]


def ece(label: Floats, chance: Floats, weight: Floats) -> float:
    """Expected calibration error over ten bins of equal mass."""
    return sum(mass * abs(said - was) for said, was, mass in reliability(label, chance, weight))


def in_the_large(label: Floats, chance: Floats, weight: Floats) -> float:
    """Mean chance less the share of ones: above 0 promises too much."""
    return float(weight @ (chance - label) / weight.sum())


def best_threshold(label: Floats, chance: Floats) -> float:
    """The chance from which saying yes gives the best F1; taken on validation, never on test."""
    options = np.unique(np.quantile(chance, np.linspace(0, 1, 101)))
    ones = np.ones(len(label))
    found = [at_threshold(label, chance, ones, float(option))["f1"] for option in options]
    return float(options[int(np.argmax(found))])


def at_threshold(label: Floats, chance: Floats, weight: Floats, threshold: float) -> dict[str, float]:
    """precision, recall, f1 and accuracy of saying yes from the threshold on; precision 0 where nothing is said."""
    yes = chance >= threshold
    right, said, are = (float(weight @ one) for one in (yes * label, yes.astype(float), label))
    correct = float(weight @ (yes == label)) / float(weight.sum())
    precision, recall = right / max(said, 1e-12), right / max(are, 1e-12)
    return {
        "precision": precision, "recall": recall, "f1": 2 * right / max(said + are, 1e-12), "accuracy": correct,
    }


MEASURES = {"base_rate": base_rate, "pr_auc": pr_auc, "brier": brier, "ece": ece, "in_the_large": in_the_large}
