"""What a version must show before it may rank: it beats the prior, and wording does not move its lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LEAST_OVERLAP = 0.9  # RBO of a family's list before and after its words were swapped


@dataclass(frozen=True)
class Gate:
    """A gate that stays closed, or a doubt: what was asked, of which swap, the figure ("value", "low", "high"; empty
    where there is none), and a line."""

    code: str  # prior | swap
    name: str
    figure: Mapping[str, float | None]
    line: str


def closed(metrics: Mapping[str, Any]) -> list[str]:
    """Every gate that stays closed, a line each; empty where the version may be promoted."""
    return [gate.line for gate in found(metrics)]


def found(metrics: Mapping[str, Any]) -> list[Gate]:
    """The same, for who words it anew."""
    return [*_prior(metrics), *_swaps(metrics)]


def doubts(metrics: Mapping[str, Any]) -> list[Gate]:
    """What closes no gate, and whoever promotes must know: a gain over the prior that chance may have made."""
    less = _less_prior(metrics)
    if _prior(metrics) or told_apart(less):
        return []
    return [Gate("prior", "", less, "it is not told apart from the prior: the 95 % interval of what it gains on "
                                    f"validation, nDCG@10 {told(less)}, does not lie above zero")]


def told_apart(less: Mapping[str, float | None]) -> bool:
    """Does the interval of a gain lie above zero?"""
    return (less.get("low") or 0.0) > 0


def told(less: Mapping[str, float | None]) -> str:
    """`+0.0200 [-0.0050, +0.0450]`, "not known" for what is not."""
    found = (less.get(key) for key in ("value", "low", "high"))
    value, low, high = ("not known" if one is None else f"{one:+.4f}" for one in found)
    return f"{value} [{low}, {high}]"


def _less_prior(metrics: Mapping[str, Any]) -> Mapping[str, float | None]:
    found: Mapping[str, float | None] = metrics.get("validation", {}).get("less_prior", {})
    return found


def _prior(metrics: Mapping[str, Any]) -> list[Gate]:
    """`validation`: nDCG@10 of the version less the prior's, on the same lists of validation families.

    No gain closes it, whatever the interval. A gain opens it even where the interval holds zero, since an NGO's few
    families would seldom tell the two apart and the prior would rank for good; whoever promotes is then told so
    (`doubts`). Those families also end the training, so that it flatters a little; the figures on test families stand
    in the report.
    """
    less = _less_prior(metrics)
    if less.get("value") is None:
        return [Gate("prior", "", {}, "it was not compared with the prior")]
    line = f"it does not beat the prior on validation (nDCG@10 {told(less)})"
    return [] if (less["value"] or 0.0) > 0 else [Gate("prior", "", less, line)]


def _swaps(metrics: Mapping[str, Any]) -> list[Gate]:
    swaps = metrics.get("swap", {}).get("swaps", {})
    if not swaps:
        return [Gate("swap", "", {}, "the swap test was not run: it needs the texts of a training folder")]
    return [
        Gate("swap", name, one["rbo"], f"swap test: {name} " + (
            "could not be measured" if value is None else
            f"leaves a rank overlap of {value:.3f}; {LEAST_OVERLAP} is the least"
        )) for name, one in swaps.items() for value in [one["rbo"]["value"]] if value is None or value < LEAST_OVERLAP
    ]
