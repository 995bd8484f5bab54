"""card.md: what a version of the score is, what it is for, and what it must not be used for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ml.learn import gates
from ml.learn.names import OURS
from ml.learn.report.words import Words
from ml.scoring import MOST_FOR_TEXT, Scorer, text_weight

TEXT = """# {version}: how well a provider suits a child

An additive model: {terms} named terms, each a monotone curve of one value with a unit; their sum is the score (0 to 1),
and each term's share of it is shown. A calibrated probability (a supervisor approves, and the care holds) stands beside
it. Licence: MIT. Code {code}, seed {seed}, data {data}.

**For** ordering the providers whom the hard rules allow for a child, so that a person sees the likely ones first, with
reasons. **Not for** refusing care, deciding without a person, rating a family or a provider, setting priorities among
families, or any place whose decisions it has not been measured on. It never overrides a rule.

## What it was made from

{rows} decisions of {families} families that consented to training, shown between {first_day} and {last_day}:
{approved} approved, {held} of them known to have held, {censored} approved with no known end (learnt with the share
that held, left out of the figures). Only what was shown has an answer; what is seldom shown weighs more, up to ten
times ({without_propensity} rows lack the probability: the rank stands in). Families are split, never pairs. Where the
data are synthetic, so are the figures: no public data of child-care requests and offers with outcomes exist.

## Figures, with 95 % intervals over families

{figures}

nDCG@10 counts what was approved and held, within the lists as shown. {verdicts}

On validation it has {validation}, the prior {prior}; the difference is {less}.

## Weights

{weights}

The text terms together weigh {text:.1%} of the score; {most:.0%} is the most they may.

## Wording and fairness

{swaps}

{fairness}

Promotion: {gates}

## Limits

Decisions of people are what it learns, their mistakes included. It knows only what the fields say: a term alone,
never two together, so what counts only for some families is averaged over all. Groups below 50 families are flagged
in the report, and their figures say little. Calibration is that of these decisions; elsewhere the probability is wrong
until it is measured there. All tables: report.html; all numbers: metrics.json.
"""


def render(metrics: Mapping[str, Any], scorer: Scorer) -> str:
    """The card of a version from its metrics."""
    words = Words("en")
    validation = {key: words.interval(metrics["validation"][key]) for key in ("additive", "prior", "less_prior")}
    return TEXT.format(
        version=scorer.version, terms=len(scorer.curves), code=metrics["code"], seed=metrics["seed"],
        data=metrics["data"][:16], figures=_figures(words, metrics["splits"]),
        verdicts=_verdicts(words, metrics["splits"]), validation=validation["additive"], prior=validation["prior"],
        less=validation["less_prior"], weights=_weights(words, scorer), text=text_weight(scorer.curves),
        most=MOST_FOR_TEXT, swaps=_swaps(words, metrics["swap"]), fairness=_fairness(words, metrics["fairness"]),
        gates=_gates(metrics), **metrics["counts"],
    )


def _gates(metrics: Mapping[str, Any]) -> str:
    doubts = [f"But {one.line}." for one in gates.doubts(metrics)]
    return " ".join(["; ".join(gates.closed(metrics)) or "every gate is open.", *doubts])


def _figures(words: Words, splits: Mapping[str, Any]) -> str:
    run = {kind: one for kind, one in splits.items() if "not_run" not in one}
    lines = [f"| method | {' | '.join(words(f'split_{kind}') for kind in run)} |", "|---" * (1 + len(run)) + "|"]
    for name in run["family"]["methods"]:
        cells = [words.interval(one["methods"][name]["shown"]["ndcg@10"]) if name in one["methods"] else "–"
                 for one in run.values()]
        lines.append(f"| {words.of('method', name)} | {' | '.join(cells)} |")
    own = run["family"]["methods"][OURS]["probability"]
    extra = ", ".join(f"{key} {words.interval(own[key])}" for key in ("pr_auc", "brier", "ece", "base_rate"))
    return "\n".join([*lines, "", f"Probabilities on the first split: {extra}."])


def _verdicts(words: Words, splits: Mapping[str, Any]) -> str:
    found = []
    for kind, one in splits.items():
        if "not_run" in one:
            found.append(f"{words(f'split_{kind}')}: not run ({one['not_run']}).")
        elif one["best"]["shown"]["method"] != OURS:
            name = words.of("method", one["best"]["shown"]["method"])
            sure = "beyond chance" if one["best"]["shown"]["additive_is_behind"] else "within chance"
            found.append(f"{words(f'split_{kind}')}: {name} orders better ({sure}).")
    return " ".join(found) or "No baseline orders better."


def _weights(words: Words, scorer: Scorer) -> str:
    order = sorted(scorer.curves.items(), key=lambda item: -item[1].weight)
    return ", ".join(f"{words.of('term', name)} {curve.weight:.3f}" for name, curve in order) + "."


def _swaps(words: Words, found: Mapping[str, Any]) -> str:
    if not found:
        return words("no_swap")
    each = [f"{words.of('swap', name)} {words.interval(one['rbo'])}" for name, one in found["swaps"].items()]
    return "Overlap of lists (RBO) after a swap: " + ", ".join(each) + "."


def _fairness(words: Words, found: Mapping[str, Any]) -> str:
    apart = {name: one["apart"] for name, one in found["facets"].items() if one["apart"]}
    unknown = ", ".join(words.of("facet", name) for name in found["not_known"])
    silent = f"\n\nNot known in these data, so nothing can be said of their groups: {unknown}." if unknown else ""
    if not apart:
        return "No facet has two groups of 50 families: nothing can be said of groups yet." + silent
    lines = ["| by | ratio of care that held | ratio of promises | opportunity gap |", "|---|---|---|---|"]
    lines += [f"| {words.of('facet', name)} | " + " | ".join(
        words.interval(one[key]) for key in ("placed_ratio", "promised_ratio", "opportunity_gap")) + " |"
        for name, one in apart.items()]
    return "\n".join(lines) + silent
