"""What a judge may say aloud, from which share on, and how often it is wrong then.

A false "refuses" hides a good place from a family, so its threshold is chosen by false alarms, on concepts that were
held back from training. "Answers" is trusted only where it helps to find who answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.bank import Concept
from ml.judge import ANSWERS, REFUSES, VERDICTS
from ml.language import lessons, measures
from ml.language.lessons import Ordinary
from ml.reading import READ

Rows = NDArray[np.float64]
Shares = Callable[[Sequence[str], Sequence[str]], Rows]  # (m needs, m offers) → (m, 3)
GRID = tuple(round(0.4 + 0.05 * step, 2) for step in range(12))
# Of these pairs "refuses" may be said when its threshold is chosen. Who hears the tone alone fails by `others`.
MOST = {"ordinary": 0.01, "answers": 0.05, "others": 0.1}
COSINE = 2 / 3  # of cosine that a whole share weighs, as the prior's curves have it
HELPS = 0.01  # of mean reciprocal rank that "answers" must add to be said


@dataclass(frozen=True)
class Pairs:
    """Pairs of which the truth is known, by what they are."""

    ordinary: tuple[list[str], list[str]]  # nobody tells a need, answers or refuses
    answers: tuple[list[str], list[str]]
    refusals: tuple[list[str], list[str]]  # of the need itself
    others: tuple[list[str], list[str]]  # refusals of another need


@dataclass(frozen=True)
class Said:
    """The share of pairs of each kind of which "refuses" is said; of `refusals` alone it is right."""

    ordinary: float
    answers: float
    refusals: float
    others: float


def pairs(concepts: Sequence[Concept], ordinary: Ordinary, rng: np.random.Generator, count: int = 1000) -> Pairs:
    """`count` pairs of each kind, by the dice."""
    def drawn(side: str, away: int) -> tuple[list[str], list[str]]:
        first = rng.integers(len(concepts), size=count)
        second = (first + rng.integers(1, len(concepts), size=count) * away) % len(concepts)
        return ([lessons.one_of(concepts[row].need, rng) for row in first],
                [lessons.one_of(getattr(concepts[row], side), rng) for row in second])

    plain = [[lessons.one_of(side, rng) for _ in range(count if side else 0)]
             for side in (ordinary.stories, ordinary.profiles)]
    return Pairs((plain[0], plain[1]), drawn("answers", 0), drawn("refuses", 0), drawn("refuses", 1))


def shares_of(shares: Shares, known: Pairs) -> dict[str, Rows]:
    """Kind of pair → (m,) share of "refuses"."""
    return {kind: shares(*getattr(known, kind))[:, REFUSES] for kind in Said.__dataclass_fields__}


def said(refuses: Mapping[str, Rows], clear: float) -> Said:
    """How often "refuses" is said from a share on."""
    return Said(**{
        kind: round(float(np.mean(rows >= clear)), 4) if len(rows) else 0.0 for kind, rows in refuses.items()
    })


def ranked(near: measures.Score, shares: Shares, says: Mapping[str, float]) -> measures.Score:
    """The order a list stands in: by cosine, moved by what the judge says aloud of the offers nearest to each need."""
    def score(needs: Sequence[str], offers: Sequence[str]) -> Rows:
        moved = np.array(near(needs, offers), dtype=np.float64)
        read = _nearest(needs, moved)
        found = shares([needs[row] for row in read], [offers[row] for row in read])
        for verdict, sign in ((ANSWERS, 1), (REFUSES, -1)):
            said = found[:, verdict]
            moved[read] += sign * COSINE * np.where(said >= says.get(VERDICTS[verdict], np.inf), said, 0.0)
        return moved

    return score


def _nearest(needs: Sequence[str], cosines: Rows) -> list[int]:
    """The rows a list would have read: of each need, those of its `READ` nearest offers."""
    rows: dict[str, list[int]] = {}
    for row, need in enumerate(needs):
        rows.setdefault(need, []).append(row)
    return [row for found in rows.values() for row in sorted(found, key=lambda row: -cosines[row])[:READ]]


def settle(
    near: measures.Score, shares: Shares, concepts: Sequence[Concept], ordinary: Ordinary, rng: np.random.Generator
) -> dict[str, float]:
    """Verdict → share from which it may be said. A verdict that cannot be trusted is not in it."""
    refuses = shares_of(shares, pairs(concepts, ordinary, rng))
    quiet = [clear for clear in GRID if _is_quiet(said(refuses, clear))]
    says = {VERDICTS[REFUSES]: quiet[0]} if quiet else {}
    options = [says, *({**says, VERDICTS[ANSWERS]: clear} for clear in GRID)]
    once = remembered(shares)
    found = [measures.hidden_needs(concepts, ranked(near, once, option), draws=4).mrr[0] for option in options]
    best = int(np.argmax(found))
    return options[best if found[best] > found[0] + HELPS else 0]


def _is_quiet(told: Said) -> bool:
    """Is it seldom wrong, and right at least sometimes?"""
    return told.refusals > 0 and all(getattr(told, kind) <= most for kind, most in MOST.items())


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
