"""How well needs find who answers them, and whether general Spanish was kept."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from ml.bank import Concept

AMONG = 60  # providers a need is looked for in
TIMES = 1000  # draws of a bootstrap over the rows of a file
Score = Callable[[Sequence[str], Sequence[str]], NDArray[np.float64]]  # (m needs, m offers) → (m,) fit
Encode = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True)
class Hidden:
    """Over draws of one need, one answer and one refusal a concept: mean reciprocal rank of the answer among the
    answers of all, share of answers at rank 1, share of refusals that score below the answer; each with its 95 %
    interval by bootstrap over concepts."""

    mrr: tuple[float, float, float]
    first: tuple[float, float, float]
    traps: tuple[float, float, float]
    concepts: int


def hidden_needs(concepts: Sequence[Concept], score: Score, draws: int = 10, seed: int = 7) -> Hidden:
    """Measure a score on a bank. With more concepts than `AMONG`, each draw takes some of them."""
    rng = np.random.default_rng(seed)
    found: dict[str, list[tuple[float, float]]] = {}
    for _ in range(draws):
        chosen = [concepts[place] for place in rng.permutation(len(concepts))[:AMONG]]
        for concept, measured in zip(chosen, _draw(chosen, score, rng), strict=True):
            found.setdefault(concept.code, []).append(measured)
    ranks = [np.array([rank for rank, _ in rows]) for rows in found.values()]
    beaten = [np.array([beat for _, beat in rows]) for rows in found.values()]
    return Hidden(
        mrr=interval([float((1 / rows).mean()) for rows in ranks], rng),
        first=interval([float((rows == 1).mean()) for rows in ranks], rng),
        traps=interval([float(rows.mean()) for rows in beaten], rng), concepts=len(found),
    )


def _draw(concepts: Sequence[Concept], score: Score, rng: np.random.Generator) -> list[tuple[float, float]]:
    """(rank of the answer, was the refusal beaten?) of each concept."""
    def one(sentences: Sequence[str]) -> str:
        return sentences[int(rng.integers(len(sentences)))]

    needs, answers, refusals = ([one(getattr(concept, side)) for concept in concepts]
                                for side in ("need", "answers", "refuses"))
    size = len(concepts)
    every = score([need for need in needs for _ in answers], answers * size).reshape(size, size)
    own = np.diag(every)
    ranks = 1 + (every > own[:, None]).sum(axis=1)
    return list(zip(ranks.tolist(), (own > score(needs, refusals)).tolist(), strict=True))


def interval(values: Sequence[float], rng: np.random.Generator) -> tuple[float, float, float]:
    """(mean, low, high)"""
    rows = np.asarray(values)
    means = rng.choice(rows, (2000, len(rows))).mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return round(float(rows.mean()), 4), round(float(low), 4), round(float(high), 4)


def remembered(encode: Encode) -> Encode:
    """The same, each sentence encoded once."""
    known: dict[str, NDArray[np.float32]] = {}

    def found(sentences: Sequence[str]) -> NDArray[np.float32]:
        new = [one for one in dict.fromkeys(sentences) if one not in known]
        known.update(zip(new, encode(new), strict=True) if new else ())
        return np.stack([known[one] for one in sentences]) if sentences else encode(sentences)

    return found


def cosine_of(encode: Encode) -> Score:
    """The cosine of two sentences as a score; each different sentence is encoded once."""
    def score(needs: Sequence[str], offers: Sequence[str]) -> NDArray[np.float64]:
        unique = list(dict.fromkeys([*needs, *offers]))
        place = {sentence: row for row, sentence in enumerate(unique)}
        rows = encode(unique).astype(np.float64)
        first, second = (rows[[place[one] for one in side]] for side in (needs, offers))
        return np.asarray((first * second).sum(axis=1))

    return score


def similarity_file(path: Path, encode: Encode, seed: int = 7) -> tuple[float, float, float]:
    """Spearman between cosine and score on a CSV of sentence, sentence, score, with its 95 % interval by bootstrap
    over rows: (value, low, high). ValueError: a row has other columns."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    if any(len(row) != 3 for row in rows) or len(rows) < 3:
        raise ValueError(f"{path.name}: rows of sentence, sentence, score are expected")
    fit = cosine_of(encode)([row[0] for row in rows], [row[1] for row in rows])
    told = np.array([float(row[2]) for row in rows])
    drawn = np.random.default_rng(seed).integers(len(rows), size=(TIMES, len(rows)))
    varied = [places for places in drawn if min(np.ptp(fit[places]), np.ptp(told[places])) > 0]
    again = [spearmanr(fit[places], told[places]).statistic for places in varied]
    low, high = np.percentile(again or [np.nan], [2.5, 97.5])
    return float(spearmanr(fit, told).statistic), float(low), float(high)
