"""What a version must show before it may rank: it beats the prior, and wording does not move its lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LEAST_OVERLAP = 0.9  # RBO of a family's list before and after its words were swapped


@dataclass(frozen=True)
class Gate:
    """A gate that stays closed: what was asked, of which swap, the figure (None where there is none), and a line."""

    code: str  # prior | swap
    name: str
    value: float | None
    line: str


def closed(metrics: Mapping[str, Any]) -> list[str]:
    """Every gate that stays closed, a line each; empty where the version may be promoted."""
    return [gate.line for gate in found(metrics)]


def found(metrics: Mapping[str, Any]) -> list[Gate]:
    """The same, for who words it anew."""
    return [*_prior(metrics), *_swaps(metrics)]


def _prior(metrics: Mapping[str, Any]) -> list[Gate]:
    """`validation`: nDCG@10 of the version less the prior's, on the same lists of validation families.

    The figure alone, not its interval: an NGO's few families would seldom tell the two apart. Those families also end
    the training, so that it flatters a little; the figures on test families stand in the report.
    """
    less = metrics.get("validation", {}).get("less_prior", {}).get("value")
    if less is None:
        return [Gate("prior", "", None, "it was not compared with the prior")]
    line = f"it does not beat the prior on validation (nDCG@10 {less:+.4f})"
    return [] if less > 0 else [Gate("prior", "", less, line)]


def _swaps(metrics: Mapping[str, Any]) -> list[Gate]:
    swaps = metrics.get("swap", {}).get("swaps", {})
    if not swaps:
        return [Gate("swap", "", None, "the swap test was not run: it needs the texts of a training folder")]
    overlap = {name: one["rbo"]["value"] for name, one in swaps.items()}
    return [
        Gate("swap", name, value, f"swap test: {name} " + (
            "could not be measured" if value is None else
            f"leaves a rank overlap of {value:.3f}; {LEAST_OVERLAP} is the least"
        )) for name, value in overlap.items() if value is None or value < LEAST_OVERLAP
    ]
