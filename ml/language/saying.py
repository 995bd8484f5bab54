"""Which verdicts of a judge move the order of a list, and from which share on they are told.

A false "refuses" hides a good place from a family, and a false "answers" sends a child to who cannot care for it. So
both are decided on whole texts (`ml.language.whole`) of concepts that were held back from training: a verdict moves the
order where that order becomes better, and is told from the share on from which it is right at least every second time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.bank import Concept
from ml.judge import ANSWERS, REFUSES, UNRELATED, VERDICTS
from ml.language import lessons, measures
from ml.language.lessons import Ordinary
from ml.language.whole import Whole
from ml.reading import READ

Rows = NDArray[np.float64]
Shares = Callable[[Sequence[str], Sequence[str]], Rows]  # (m needs, m offers) → (m, 3)
Texts = tuple[list[str], list[str]]
GRID = tuple(round(0.4 + 0.05 * step, 2) for step in range(12))
NEVER = 1.0  # a share no judge reaches: the verdict moves the order and is not told
TRUTH = {
    "ordinary": UNRELATED, "answers": ANSWERS, "refusals": REFUSES, "others": UNRELATED, "strangers": UNRELATED,
}
SIGNS = {ANSWERS: 1, REFUSES: -1}
COSINE = 2 / 3  # of cosine that a whole share weighs, as the prior's curves have it
HELPS = 0.005  # of the order of whole texts that a verdict must add to move it
RARE = 0.1  # of a list's candidates, taken to answer or to refuse when it is asked how often what is told is right
RIGHT = 0.5  # of what is told


@dataclass(frozen=True)
class Pairs:
    """Pairs of which the truth is known, by what they are."""

    ordinary: Texts  # nobody tells a need, answers or refuses
    answers: Texts
    refusals: Texts  # of the need itself
    others: Texts  # refusals of another need
    strangers: Texts  # answers to another need

    def every(self) -> tuple[list[str], list[str], NDArray[np.int64]]:
        """Needs, offers and the verdict on each, kind by kind."""
        kinds = [(getattr(self, kind), verdict) for kind, verdict in TRUTH.items()]
        return (
            [need for (needs, _), _ in kinds for need in needs], [one for (_, offers), _ in kinds for one in offers],
            np.repeat([verdict for _, verdict in kinds], [len(needs) for (needs, _), _ in kinds]),
        )


def pairs(concepts: Sequence[Concept], ordinary: Ordinary, rng: np.random.Generator, count: int = 1000) -> Pairs:
    """`count` pairs of each kind, by the dice."""
    def drawn(side: str, away: int) -> Texts:
        first = rng.integers(len(concepts), size=count)
        second = (first + rng.integers(1, len(concepts), size=count) * away) % len(concepts)
        return ([lessons.one_of(concepts[row].need, rng) for row in first],
                [lessons.one_of(getattr(concepts[row], side), rng) for row in second])

    plain = [[lessons.one_of(side, rng) for _ in range(count if side else 0)]
             for side in (ordinary.stories, ordinary.profiles)]
    return Pairs((plain[0], plain[1]), drawn("answers", 0), drawn("refuses", 0), drawn("refuses", 1),
                 drawn("answers", 1))


def shares_of(shares: Shares, known: Pairs) -> dict[str, Rows]:
    """Kind of pair → (m, 3) shares."""
    return {kind: shares(*getattr(known, kind)) for kind in TRUTH}


def said(found: Mapping[str, Rows], verdict: int, clear: float) -> dict[str, float]:
    """Kind of pair → how often a verdict is said of it from a share on."""
    return {kind: round(float(np.mean(rows[:, verdict] >= clear)), 4) if len(rows) else 0.0
            for kind, rows in found.items()}


def beside(near: measures.Score, judge: Callable[[Sequence[str], Sequence[str], Any], Rows]) -> Shares:
    """A judge that is told the cosine of each pair."""
    return lambda needs, offers: judge(needs, offers, near(needs, offers))


def ranked(near: measures.Score, shares: Shares, says: Mapping[str, float]) -> measures.Score:
    """The order a list stands in: by cosine, moved by what the judge makes of the offers nearest to each need."""
    def score(needs: Sequence[str], offers: Sequence[str]) -> Rows:
        moved = np.array(near(needs, offers), dtype=np.float64)
        read = _nearest(needs, moved)
        found = shares([needs[row] for row in read], [offers[row] for row in read])
        for verdict, sign in SIGNS.items():
            moved[read] += sign * COSINE * found[:, verdict] * (VERDICTS[verdict] in says)
        return moved

    return score


def _nearest(needs: Sequence[str], cosines: Rows) -> list[int]:
    """The rows a list would have read: of each need, those of its `READ` nearest offers."""
    rows: dict[str, list[int]] = {}
    for row, need in enumerate(needs):
        rows.setdefault(need, []).append(row)
    return [row for found in rows.values() for row in sorted(found, key=lambda row: -cosines[row])[:READ]]


def settle(known: Whole, shares: Rows) -> dict[str, float]:
    """Verdict → share from which it is told; one that does not make the order better is not in it. `shares` (p, 3) are
    those of the pairs of `known`."""
    highest, used = known.highest(shares), set[int]()
    for verdict in (REFUSES, ANSWERS):
        if order(known, highest, used | {verdict}) > order(known, highest, used) + HELPS:
            used.add(verdict)
    return {VERDICTS[verdict]: _clear(known, shares, verdict) for verdict in sorted(used)}


def told(says: Mapping[str, float]) -> dict[str, float]:
    """Those that are not only for the order."""
    return {verdict: clear for verdict, clear in says.items() if clear < NEVER}


def order(known: Whole, highest: Rows, used: Set[int]) -> float:
    """How surely whole texts stand as they should: who answers before who is silent, and both before who refuses. Of
    such pairs the share that does; `used` are the verdicts that move them."""
    moved = known.near + COSINE * sum(SIGNS[verdict] * highest[:, verdict] for verdict in used)
    answers, silent, refuses = (moved[known.stance == verdict] for verdict in (ANSWERS, UNRELATED, REFUSES))
    return float(np.mean([_before(*two) for two in ((answers, silent), (answers, refuses), (silent, refuses))]))


def _before(first: Rows, second: Rows) -> float:
    return float((first[:, None] > second[None]).mean() + (first[:, None] == second[None]).mean() / 2)


def _clear(known: Whole, shares: Rows, verdict: int) -> float:
    """The smallest share from which what is told would be right often enough, were it true of few."""
    for clear in GRID:
        spoken = shares[:, verdict] >= clear
        right, wrong = (np.bincount(known.owner, spoken & part, len(known.stance)) > 0
                        for part in (known.verdict == verdict, known.verdict != verdict))
        hits, alarms = right[known.stance == verdict].mean(), wrong[known.stance != verdict].mean()
        if hits > 0 and RARE * hits >= RIGHT * (RARE * hits + (1 - RARE) * alarms):
            return clear
    return NEVER


def remembered(shares: Shares) -> Shares:
    """The same, each pair judged once."""
    known: dict[tuple[str, str], Rows] = {}

    def found(needs: Sequence[str], offers: Sequence[str]) -> Rows:
        asked = list(zip(needs, offers, strict=True))
        new = [pair for pair in dict.fromkeys(asked) if pair not in known]
        if new:
            rows = shares([need for need, _ in new], [offer for _, offer in new])
            known.update(zip(new, rows, strict=True))
        return np.stack([known[pair] for pair in asked]) if asked else np.zeros((0, len(VERDICTS)))

    return found
