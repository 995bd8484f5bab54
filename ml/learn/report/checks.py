"""The sections about groups, exposure, wording and drift."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ml.learn.names import OURS
from ml.learn.report import svg
from ml.learn.report.parts import heading, paragraph, table
from ml.learn.report.words import Words

GROUP = ("placed", "promised", "tpr", "ndcg@10", "recall@5", "ece", "in_the_large")
APART = ("placed_ratio", "promised_ratio", "opportunity_gap")
EXPOSURE = ("providers", "never_shown", "gini_exposure", "gini_seats", "apart_share", "top_tenth")


def fairness(words: Words, found: Mapping[str, Any]) -> str:
    """How far groups are apart, each facet's groups, and how providers share what is shown."""
    parts = [heading(words("fairness")), paragraph(words("fairness_note")), _apart(words, found["facets"])]
    parts += [_facet(words, name, one) for name, one in found["facets"].items()]
    if found["not_known"]:
        names = ", ".join(words.of("facet", name) for name in found["not_known"])
        parts.append(paragraph(words("facets_not_known", names=names)))
    if found["exposure"]:
        parts.append(_exposure(words, found["exposure"]))
    return "".join(parts)


def _apart(words: Words, facets: Mapping[str, Any]) -> str:
    rows = [[words.of("facet", name), *(words.interval(one["apart"][key]) for key in APART)]
            for name, one in facets.items() if one["apart"]]
    return table(words("apart"), [words("facet"), *(words(key) for key in APART)], rows) if rows else ""


def _facet(words: Words, name: str, facet: Mapping[str, Any]) -> str:
    head = [words("group"), words("families"), words("supply"), *(_head(words, key) for key in GROUP)]
    rows = [_group(words, code, one) for code, one in facet["groups"].items()]
    unknown = facet["unknown_families"]
    caption = words.of("facet", name) + (f" ({words('unknown')}: {unknown})" if unknown else "")
    return table(caption, head, rows)


def _head(words: Words, key: str) -> str:
    return {"ndcg@10": "nDCG@10", "recall@5": "recall@5", "ece": "ECE"}.get(key) or words(key)


def _group(words: Words, code: str, one: Mapping[str, Any]) -> list[str]:
    flag = " ⚑" if one["small"] else ""
    figures = [words.interval(one[key], 2) if key in one else "–" for key in GROUP]
    return [words.of("code", code) + flag, str(one["families"]), words.number(one.get("supply"), 1), *figures]


def _exposure(words: Words, found: Mapping[str, Any]) -> str:
    rows = [[words.of("method", name), str(one["providers"]), words.number(one["never_shown"]),
             words.number(one["gini_exposure"]), words.number(one["gini_seats"]), words.number(one["apart"]),
             words.number(one["top_tenth"])] for name, one in found.items()]
    head = [words("method"), *(words(key) for key in EXPOSURE)]
    return table(words("exposure"), head, rows, words.of("method", OURS))


def swap(words: Words, found: Mapping[str, Any]) -> str:
    """Each swap's overlap."""
    if not found:
        return heading(words("swap")) + paragraph(words("no_swap"))
    rows = [[words.of("swap", name), str(one["lists"]), words.interval(one["rbo"]), words.number(one["worst"]),
             words.number(one["first_stays"])] for name, one in found["swaps"].items()]
    head = [words("swapped"), words("lists"), words("overlap"), words("worst"), words("first_stays")]
    note = words("swap_note") + (f" {words('swap_judged')}" if found.get("judge") else "")
    return heading(words("swap")) + paragraph(note) + table(words("swap"), head, rows)


def drift(words: Words, found: Mapping[str, Any] | None) -> str:
    """PSI of each term and of the score, and how the scores of both periods lie."""
    if found is None:
        return ""
    rows = [[words.of("term", name), words.number(value)] for name, value in found["terms"].items()]
    rows.append([words("score"), words.number(found["score"])])
    note = f"{words('drift_note')} {found['until']} ({found['rows'][0]} + {found['rows'][1]})."
    periods = zip(words("periods").split(" | "), found["score_shares"], strict=True)
    plot = svg.steps(words("score_shares"), list(periods))
    return heading(words("drift")) + paragraph(note) + plot + table("PSI", ["", "PSI"], rows)
