"""The whole page: the Spanish section, then the English one. The same metrics give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from ml import scoring
from ml.learn import seen
from ml.learn.report import checks, figures, svg
from ml.learn.report.parts import STYLE, heading, listed, paragraph, table
from ml.learn.report.words import LANGUAGES, Words
from ml.scoring import Curve, Scorer

COUNTS = ("rows", "families", "lists", "approved", "held", "censored", "without_propensity")


def render(metrics: Mapping[str, Any], scorer: Scorer) -> str:
    """report.html of an evaluation: self-contained, without scripts."""
    sections = "".join(f'<section lang="{one}">{_section(Words(one), metrics, scorer)}</section>' for one in LANGUAGES)
    style = STYLE.read_text(encoding="utf-8")
    return (f'<!doctype html>\n<html lang="es">\n<head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width"><title>{escape(scorer.version)}</title>'
            f"<style>\n{style}</style></head>\n<body>{sections}</body>\n</html>\n")


def _section(words: Words, metrics: Mapping[str, Any], scorer: Scorer) -> str:
    splits, known = metrics["splits"], metrics["seen"]["how"] != seen.NOT_KNOWN
    return "\n".join([
        f"<h1>{escape(words('title'))}: {escape(scorer.version)}</h1>", paragraph(words("other")),
        heading(words("summary")), listed(figures.summary(words, splits, known)), paragraph(words("why_additive")),
        heading(words(_data(metrics))), _counts(words, metrics), paragraph(_seen(words, metrics["seen"])),
        *_shared(words, metrics["unseen"] or {}), paragraph(words("labels")),
        *(figures.split(words, kind, splits[kind], known) for kind in figures.SPLITS if kind in splits),
        heading(words("curves")), paragraph(words("curves_note")), _curves(words, scorer),
        checks.fairness(words, metrics["fairness"]), checks.swap(words, metrics["swap"]),
        checks.drift(words, metrics["drift"]), heading(words("limits")), paragraph(words("limits_note")),
    ])


def _data(metrics: Mapping[str, Any]) -> str:
    """A version is made from the data at hand only where it is measured as it is made."""
    return "made_of" if metrics["seen"]["how"] == seen.HELD_BACK else "measured_on"


def _shared(words: Words, unseen: Mapping[str, Any]) -> list[str]:
    """How many families of the unseen data were in these too."""
    return [paragraph(_seen(words, unseen["shared"], "unseen"))] if "shared" in unseen else []


def _seen(words: Words, told: Mapping[str, Any], of: str = "seen") -> str:
    return words(f"{of}_{told['how']}", families=str(told["families_left_out"]), rows=str(told["rows_left_out"]))


def _counts(words: Words, metrics: Mapping[str, Any]) -> str:
    counts = metrics["counts"]
    rows = [[words(key), str(counts[key])] for key in COUNTS]
    rows += [[words("days"), f"{counts['first_day']} … {counts['last_day']}"],
             [words("data"), metrics["data"][:16]], [words("code"), metrics["code"]],
             [words("seed"), str(metrics["seed"])]]
    return table(words(_data(metrics)), ["", ""], rows)


def _curves(words: Words, scorer: Scorer) -> str:
    """Small plots, one a term, all on one scale: what weighs more reaches higher."""
    top = max(curve.weight for one in (scorer, scoring.PRIOR) for curve in one.curves.values())
    plots = []
    for name, curve in scorer.curves.items():
        prior = scoring.PRIOR.curves.get(name)
        lines = [_points(curve)] + ([_points(prior)] if prior is not None else [])
        title = f"{words.of('term', name)} ({words('weight')} {words.number(curve.weight, 2)})"
        plots.append(svg.curve(title, lines, top))
    return "".join(plots)


def _points(curve: Curve) -> list[tuple[float, float]]:
    return [(value, curve.weight * height) for value, height in zip(curve.values, curve.heights, strict=True)]
