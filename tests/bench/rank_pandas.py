"""The same rules, terms and cut as a person would write them in pandas: a table of providers, narrowed and sorted.

It reads the prior's curves as numbers and the week's arithmetic from `ml.schedule`; all else is its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml import schedule, scoring
from ml.frames import BAND_ENDS, BANDS, Child, Provider
from ml.passages import Corpus
from ml.pipeline import Request

APPROVED = ("approved", "recertification_due", "on_leave")
EARTH = 6371.0088  # km


@dataclass(frozen=True)
class Offers:
    """A row a provider, and the vectors beside it: the whole profiles, and the sentences with whose they are."""

    table: pd.DataFrame
    whole: np.ndarray
    sentences: np.ndarray
    owner: np.ndarray


def prepared(rows: Sequence[Provider], corpus: Corpus) -> Offers:
    """The table, made once."""
    table = pd.DataFrame({
        "ref": [row.ref for row in rows], "status": [row.status for row in rows],
        "valid_until": pd.to_datetime([row.valid_until for row in rows]), "latitude": [row.latitude for row in rows],
        "longitude": [row.longitude for row in rows], "fee": [row.fee for row in rows],
        "needs": [frozenset(row.needs) for row in rows], "schedule": [row.schedule for row in rows],
        "minutes": [row.schedule.minutes for row in rows], "languages": [row.languages for row in rows],
        **{band: [row.seats[place] for row in rows] for place, band in enumerate(BANDS)},
    })
    owner = np.repeat(np.arange(len(rows)), np.diff(corpus.first))
    return Offers(table, corpus.whole, corpus.vectors, owner)


def rank(child: Child, request: Request, offers: Offers) -> list[tuple[str, float]]:
    """(provider, score) of the best few for an only child, best first."""
    open_ = _open(child, offers.table)
    open_["text"] = _likeness(request, offers, open_.index.to_numpy())
    open_["score"] = _score(child, open_)
    open_["rounded"] = open_["score"].round(9)
    best = open_.sort_values(["rounded", "ref"], ascending=[False, True]).head(request.keep)
    return list(zip(best["ref"], best["score"], strict=True))


def _open(child: Child, table: pd.DataFrame) -> pd.DataFrame:
    """The providers no rule stands in the way of; the cheap rules first, so that the others see fewer rows."""
    start = pd.Timestamp(child.start)
    found = table[
        table["status"].isin(APPROVED) & (table["valid_until"] >= start) & (table[_bands(child)[0]] >= 1)
        & ((table["fee"] <= child.max_fee) | (table["fee"] == 0)) & (table["minutes"] > 0)
    ].copy()
    found["km"] = _km(child, found)
    found = found[found["km"] <= child.max_km]
    found = found[found["needs"].map(lambda served: frozenset(child.needs) <= served).astype(bool)]
    covers = found["schedule"].map(lambda week: schedule.covers(child.schedule, week)).astype(bool)
    return found[covers].copy()


def _bands(child: Child) -> list[str]:
    """The child's age band on the start date, and those it will grow into."""
    months = (child.start.year - child.birth.year) * 12 + child.start.month - child.birth.month
    months -= child.start.day < child.birth.day
    return [band for band, end in zip(BANDS, BAND_ENDS, strict=True) if months < end]


def _km(child: Child, table: pd.DataFrame) -> pd.Series:
    """The haversine formula."""
    here, there = np.radians(child.latitude), np.radians(table["latitude"])
    across = np.radians(table["longitude"] - child.longitude)
    half = np.sin((there - here) / 2) ** 2 + np.cos(here) * np.cos(there) * np.sin(across / 2) ** 2
    return 2 * EARTH * np.arcsin(np.sqrt(half))


def _likeness(request: Request, offers: Offers, rows: np.ndarray) -> np.ndarray:
    """Half the cosine of the whole texts, half the best pair of sentences'."""
    story = request.texts[0].vectors
    mine = np.isin(offers.owner, rows)
    pairs = pd.Series((offers.sentences[mine] @ story[1:].T).max(axis=1), index=offers.owner[mine])
    return 0.5 * (offers.whole[rows] @ story[0]) + 0.5 * pairs.groupby(level=0).max().reindex(rows).to_numpy()


def _score(child: Child, table: pd.DataFrame) -> pd.Series:
    bands = _bands(child)
    need, budget = child.schedule.minutes, child.max_fee or 0.0
    raw = {
        "distance": table["km"], "hours": (table["minutes"] - need) / need,
        "fee": ((budget - table["fee"]) / max(budget, 1.0)).where(table["fee"] > 0, 1.0), "age_fit": table[bands[0]],
        "language": table["languages"].map(lambda spoken: _shared(child.languages, spoken)).astype(float),
        "vetting": (table["valid_until"] - pd.Timestamp(child.start)).dt.days,
        "continuity": (table[bands] > 0).mean(axis=1), "text": table["text"],
    }
    if child.needs:
        raw["special_needs"] = pd.Series(1.0, index=table.index)
    total = pd.Series(0.0, index=table.index)
    for name, curve in scoring.PRIOR.curves.items():
        height = np.interp(raw[name], curve.values, curve.heights) if name in raw else curve.neutral
        total += curve.weight * height
    return total


def _shared(mine: Sequence[str], theirs: Sequence[str]) -> float:
    return 1.0 if mine[0] in theirs else 0.5 * bool(set(mine) & set(theirs))
