"""The figures of a version as its page shows them: the model beside its baselines, with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from portal import wording

KINDS = ("family", "time", "district", "unseen")
OURS = "additive"
Figures = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """A method: how well it orders, how far the model is from it, and how good its probabilities are."""

    name: str
    ours: bool
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Split:
    """A way of keeping families apart, and the methods measured so, the best first; none where it was not possible."""

    kind: str
    rows: tuple[Row, ...]
    missing: tuple[str, ...]


def heads() -> tuple[str, ...]:
    """What the cells of a row are."""
    return _("Acierto al ordenar (nDCG@10)"), _("Este modelo, frente a él"), "PR-AUC", "Brier", "ECE"


def splits(figures: Figures) -> list[Split]:
    """Every split that was asked for."""
    found = figures.get("splits", {})
    return [_split(kind, found[kind]) for kind in KINDS if kind in found]


def swaps(figures: Figures) -> list[tuple[str, str]]:
    """Swap → how alike the lists are before and after it."""
    found = figures.get("swap", {}).get("swaps", {})
    return [(wording.label("swap", name).capitalize(), wording.interval(one["rbo"])) for name, one in found.items()]


def compared(pair: Sequence[Figures]) -> list[tuple[str, list[str]]]:
    """What stands beside each other of two versions."""
    lines = [(_("Familias de las que aprendió"), [str(one.get("counts", {}).get("families", "–")) for one in pair])]
    lines.append((_("Gana al modelo inicial"), [_interval(one, "validation", "less_prior") for one in pair]))
    for kind in KINDS:
        asked = [one.get("splits", {}).get(kind, {}).get("methods", {}).get(OURS, {}) for one in pair]
        if any(asked):
            told = wording.label("split", kind)
            lines.append((f"nDCG@10: {told}", [_interval(one, "shown", "ndcg@10") for one in asked]))
            lines += [(f"{name}: {told}", [_interval(one, "probability", key) for one in asked])
                      for key, name in (("pr_auc", "PR-AUC"), ("brier", "Brier"), ("ece", "ECE"))]
    names = sorted({name for one in pair for name in one.get("swap", {}).get("swaps", {})})
    return lines + [
        (_("Parecido al cambiar %(what)s", what=wording.label("swap", name)),
         [_interval(one.get("swap", {}).get("swaps", {}), name, "rbo") for one in pair]) for name in names
    ]


def _split(kind: str, found: Figures) -> Split:
    methods = sorted(found.get("methods", {}).items(), key=lambda item: -(item[1]["shown"]["ndcg@10"]["value"] or 0.0))
    missing = tuple(wording.label("method", name) for name in found.get("missing", {}))
    return Split(kind, tuple(_row(name, one) for name, one in methods), missing)


def _row(name: str, one: Figures) -> Row:
    less = "–" if name == OURS else _interval(one, "shown", "additive_less_this")
    chances = (_interval(one, "probability", key) for key in ("pr_auc", "brier", "ece"))
    return Row(wording.label("method", name), name == OURS, (_interval(one, "shown", "ndcg@10"), less, *chances))


def _interval(found: Figures, part: str, key: str) -> str:
    return wording.interval(found.get(part, {}).get(key, {}))
