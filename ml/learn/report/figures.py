"""The sections about order and probability: who wins on each split, and by how much."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ml.learn.names import OURS
from ml.learn.report import svg
from ml.learn.report.parts import heading, paragraph, table
from ml.learn.report.words import Words

KINDS = {"shown": "shown", "approved": "kind_approved", "admissible": "admissible", "truth": "truth"}
ORDER = ("ndcg@10", "mrr", "map", "hit@1", "recall@1", "recall@3", "recall@5", "recall@10")
CHANCE = ("base_rate", "pr_auc", "brier", "ece", "in_the_large", "precision", "recall", "f1", "accuracy")
HEADS = {"ndcg@10": "nDCG@10", "mrr": "MRR", "map": "MAP", "hit@1": "hit@1", "pr_auc": "PR-AUC", "brier": "Brier",
         "ece": "ECE", "f1": "F1"}
SPLITS = ("family", "unseen", "time", "district")


def split(words: Words, kind: str, found: Mapping[str, Any], known: bool = True) -> str:
    """One split: a plot and a table for each kind of list, then probabilities.

    `known`: is it known that the version learned from none of these families?
    """
    title = heading(_name(words, kind, known))
    if "not_run" in found:
        return title + paragraph(f"{words('not_run')}: {found['not_run']}")
    sides = f"{words('families')}: {found['families']['test']}; {words('rows')}: {found['rows']['test']}"
    missing = [f"{words.of('method', name)}: {why}" for name, why in found["missing"].items()]
    kinds = [name for name in KINDS if name in found["methods"][OURS]]
    return "".join([
        title, paragraph(sides), *(paragraph(f"{words('not_run')}: {line}") for line in missing),
        *(_lists(words, name, found["methods"]) for name in kinds), _utility(words, found["utility"]),
        _chances(words, found["methods"]),
    ])


def _utility(words: Words, found: Mapping[str, Any] | None) -> str:
    if found is None:
        return ""
    return paragraph(words("utility", most=words.interval(found["ndcg@10"]), share=words.interval(found["share"])))


def _lists(words: Words, kind: str, methods: Mapping[str, Any]) -> str:
    names = sorted(methods, key=lambda name: -(methods[name][kind]["ndcg@10"]["value"] or 0.0))
    rows = [(words.of("method", name), *(methods[name][kind]["ndcg@10"][key] for key in ("value", "low", "high")))
            for name in names]
    cells = [
        [words.of("method", name), *(words.interval(methods[name][kind][key]) for key in ORDER),
         words.interval(methods[name][kind]["additive_less_this"])] for name in names
    ]
    ours = words.of("method", OURS)
    head = [words("method"), *(HEADS.get(key, key) for key in ORDER), words("less")]
    caption = words(KINDS[kind])
    return svg.bars(f"nDCG@10: {caption}", rows, ours) + table(caption, head, cells, ours)


def _chances(words: Words, methods: Mapping[str, Any]) -> str:
    cells = [
        [words.of("method", name), words.number(one["threshold"]),
         *(words.interval(one["probability"][key]) for key in CHANCE)] for name, one in methods.items()
    ]
    head = [words("method"), words("threshold"), *(_head(words, key) for key in CHANCE)]
    series = [(words.of("method", name), [(said, was) for said, was, _ in methods[name]["reliability"]])
              for name in (OURS, "prior")]
    plot = svg.square(words("reliability"), series, (words("promised_axis"), words("happened_axis")))
    return (heading(words("probability"), 3) + plot
            + table(words("probability"), head, cells, words.of("method", OURS)) + paragraph(words("threshold_note")))


def _head(words: Words, key: str) -> str:
    return HEADS.get(key) or words(key)


def _name(words: Words, kind: str, known: bool) -> str:
    return words("split_family_not_known" if kind == "family" and not known else f"split_{kind}")


def summary(words: Words, splits: Mapping[str, Any], known: bool = True) -> list[str]:
    """A sentence for each split: who wins on what was shown, and whether that is more than chance."""
    return [
        f"{_name(words, kind, known)}: {_verdict(words, splits[kind])}." for kind in SPLITS
        if kind in splits and "not_run" not in splits[kind]
    ]


def _verdict(words: Words, found: Mapping[str, Any]) -> str:
    best = found["best"]["shown"]
    figures = {name: one["shown"]["ndcg@10"]["value"] for name, one in found["methods"].items()}
    ours = words.number(figures[OURS])
    if best["method"] == OURS:
        ahead = words("ahead" if best["additive_is_ahead"] else "not_ahead")
        return f"{words('wins_ours', ours=ours)}, {ahead}"
    less = words.interval(found["methods"][best["method"]]["shown"]["additive_less_this"])
    told = words("told_apart" if best["additive_is_behind"] else "not_apart", less=less)
    name = words.of("method", best["method"])
    return f"{words('wins', best=name, value=words.number(figures[best['method']]), ours=ours)}; {told}"
