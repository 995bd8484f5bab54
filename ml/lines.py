"""What a run found as lines of its files, written in the order of the families' file however the blocks come."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import IO, Any

import numpy as np

from ml import pipeline
from ml.additions import Help
from ml.evidence import Failure
from ml.frames import Texts
from ml.pipeline import Choices, Column, Weighed

SUGGESTION = (
    "family_ref", "child_ref", "provider_ref", "rank", "score", "text_score", "distance_km", "contributions",
)
ADDITION = ("provider_ref", "kind", "what", "amount", "families", "children", "placed")
SPARING = ("family_ref", "child_ref", "provider_ref", "rank", "score", "price")
WHY = ("family_ref", "child_ref", "provider_ref", "rule", "needed", "offered", "result")
Line = tuple[Any, ...]


class InOrder:
    """Writes the lines of children 0, 1, … one after the other; those who come too early wait."""

    def __init__(self, file: IO[str], header: Sequence[str]) -> None:
        self._writer = csv.writer(file, lineterminator="\n")
        self._writer.writerow(header)
        self._next, self._held = 0, dict[int, list[Line]]()

    def put(self, child: int, lines: list[Line]) -> None:
        """All the lines of a child, once, even if there are none."""
        self._held[child] = lines
        while self._next in self._held:
            self._writer.writerows(self._held.pop(self._next))
            self._next += 1


def suggestions(weighed: Weighed, refs: Texts) -> Iterator[list[Line]]:
    """Unit by unit the cells of its suggestions from the provider on; `refs` are the providers'."""
    choices, best = weighed.choices, weighed.best
    shares = {name: _mean(column, choices, best) for name, column in weighed.shares.items()}
    total = sum(shares.values(), np.zeros(len(best)))
    raw = {name: _mean_known(weighed.found.raw[name], choices, best) for name in ("text", "answers", "distance")}
    names, columns = list(shares), [column.tolist() for column in shares.values()]
    cells = [
        (f"{score:.12f}", f"{pipeline.text_score(_known(text), _known(answers)):.6f}", f"{_known(km) or 0.0:.3f}",
         json.dumps(dict(zip(names, (round(share, 12) for share in own), strict=True))))
        for score, text, answers, km, own in zip(
            total.tolist(), raw["text"].tolist(), raw["answers"].tolist(), raw["distance"].tolist(),
            zip(*columns, strict=True), strict=True)
    ]
    provider = refs[choices.provider[best]].tolist()
    for begin, end in pairwise(weighed.cut.tolist()):
        yield [(provider[place], place - begin + 1, *cells[place]) for place in range(begin, end)]


def _mean(column: Column, choices: Choices, best: np.ndarray) -> Column:
    """Of the children of each suggestion."""
    total, count = column[choices.places[0][best]], np.ones(len(best))
    for more in choices.places[1:]:
        has = np.flatnonzero(more[best] >= 0)
        total[has] += column[more[best][has]]
        count[has] += 1
    mean: Column = total / count
    return mean


def _mean_known(column: Column, choices: Choices, best: np.ndarray) -> Column:
    """The same of what is known, NaN where nothing is."""
    known = (~np.isnan(column)).astype(np.float64)
    count = _mean(known, choices, best)
    mean = _mean(np.nan_to_num(column), choices, best)
    return np.where(count > 0, mean / np.where(count > 0, count, 1.0), np.nan)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 6)


def why(refs: tuple[str, str], provider: str, one: Failure) -> Line:
    """A line of the table of those who are not suggested."""
    return (*refs, provider, one.rule, json.dumps(one.needed), json.dumps(one.offered), one.result)


def additions(helps: Sequence[Help], refs: Texts) -> Iterator[Line]:
    """A line for each addition; `placed` is empty where the plan was not made anew."""
    for one in helps:
        what = one.addition
        yield (str(refs[what.provider]), what.kind, what.what, what.amount, len(what.units), what.children,
               "" if one.placed is None else one.placed)
