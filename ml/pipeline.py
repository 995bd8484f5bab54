"""From needs and offers to ranked suggestions with their reasons: rules, then the cut, then the score explained.

A unit is what is placed together: one child, or all siblings whose family wants one place. A provider is admissible for
a unit when it is for each of its children; the unit's score is the mean of theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ml import constraints, explain, features, reading, retrieval, scoring, whynot
from ml.constraints import Verdicts
from ml.explain import Fact, Terms
from ml.frames import Children, Providers, Rules
from ml.passages import Corpus, Pair, Passage, best_pair, similarity
from ml.reading import Reader, Reading
from ml.scoring import Scorer
from ml.whynot import WhyNot

SUGGEST = 10
Unit = tuple[int, ...]
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Suggestion:
    """One provider for one unit; `contributions` add up to the score. Numbers of children and provider are rows."""

    children: Unit
    provider: int
    rank: int
    score: float
    band: str
    text_score: float
    distance_km: float | None
    contributions: dict[str, float]
    raw: dict[str, float | None]
    favour: list[Fact]
    against: list[Fact]
    pair: Pair | None
    reading: Reading | None  # None where no judge read the two texts
    warnings: list[str]  # rules that passed though nobody knows
    chance: float | None = None  # calibrated probability that it is approved and holds


@dataclass(frozen=True)
class Request:
    """Everything a run looks at. `texts` holds a passage for each child, `offers` one for each provider.

    Raises ValueError naming what does not fit together.
    """

    children: Children
    providers: Providers
    texts: Sequence[Passage]
    offers: Corpus
    rules: Rules = field(default_factory=Rules)
    keep: int = SUGGEST
    scorer: Scorer = scoring.PRIOR
    reader: Reader | None = None

    def __post_init__(self) -> None:
        if len(self.texts) != len(self.children):
            raise ValueError(f"texts holds {len(self.texts)} passages; {len(self.children)} are expected")
        if len(self.offers) != len(self.providers):
            raise ValueError(f"offers holds {len(self.offers)} passages; {len(self.providers)} are expected")
        if self.keep < 1:
            raise ValueError(f"keep is {self.keep}; at least 1 is expected")


@dataclass(frozen=True)
class Answer:
    """Suggestions unit by unit, and for each unit and provider whether it may be, and its score."""

    units: list[Unit]
    suggestions: list[Suggestion]
    verdicts: Verdicts
    admissible: NDArray[np.bool_]  # (u, n)
    score: Matrix  # (u, n)


def version(encoder: str, scorer: Scorer = scoring.PRIOR, reader: Reader | None = None) -> str:
    """What a suggestion was made by, for the record."""
    return "/".join([encoder, *([reader.judge.version] if reader else []), scorer.version])


def units(children: Children) -> list[Unit]:
    """Who is placed together, in the order of the rows."""
    found: dict[tuple[int, int], list[int]] = {}
    for row, (family, together) in enumerate(zip(children.family.tolist(), children.together.tolist(), strict=True)):
        found.setdefault((family, -1 if together else row), []).append(row)
    return [tuple(rows) for rows in found.values()]


@dataclass(frozen=True)
class Measured:
    """What is known of every unit and provider before any of it is weighed: serving and learning both start here."""

    units: list[Unit]
    verdicts: Verdicts
    admissible: NDArray[np.bool_]  # (u, n)
    raw: dict[str, Matrix]  # term → (q, n)
    readings: list[dict[int, Reading]]  # unit by unit, of the best candidates; empty without a judge


def measure(request: Request) -> Measured:
    """Ask the rules and take the raw value of every term."""
    groups = units(request.children)
    verdicts = constraints.judge(request.children, request.providers, request.rules)
    allowed = np.zeros((len(groups), len(request.providers)), dtype=np.bool_)
    free = verdicts.admissible
    for place, group in enumerate(groups):
        allowed[place] = free[list(group)].all(axis=0)
    raw = features.features(verdicts.pairs, _text(request, allowed, groups))
    return Measured(groups, verdicts, allowed, raw, _read(request, raw, allowed, groups))


def rank(request: Request) -> Answer:
    """Ranked suggestions for every unit of a request."""
    found = measure(request)
    groups, verdicts, allowed = found.units, found.verdicts, found.admissible
    scored = scoring.score(found.raw, request.scorer)
    score = _by_unit(scored.score, groups)
    terms = Terms(found.raw, scored.contributions)
    best = retrieval.top_k(score, allowed, request.providers.ref, request.keep)
    suggestions = [
        _suggestion(request, verdicts, terms, Pick(group, int(provider), place, read.get(int(provider))))
        for group, columns, read in zip(groups, best, found.readings, strict=True)
        for place, provider in enumerate(columns, start=1)
    ]
    return Answer(groups, suggestions, verdicts, allowed, score)


def _by_unit(score: Matrix, groups: list[Unit]) -> Matrix:
    """(u, n): the mean of the children of each unit."""
    return np.stack([score[list(group)].mean(axis=0) for group in groups]) if groups else score[:0]


def _read(
    request: Request, raw: dict[str, Matrix], allowed: NDArray[np.bool_], groups: list[Unit]
) -> list[dict[int, Reading]]:
    """Let the judge read the best candidates of each unit, and put into `raw` what it found."""
    if request.reader is None:
        return [{} for _ in groups]
    score = _by_unit(scoring.score(raw, request.scorer).score, groups)
    best = retrieval.top_k(score, allowed, request.providers.ref, request.reader.candidates)
    found = []
    for group, columns in zip(groups, best, strict=True):
        read = reading.read(request.reader, request.texts[group[0]], request.offers, columns.tolist())
        for column, one in read.items():
            raw["answers"][list(group), column] = one.fit
        found.append(read)
    return found


def why_not(request: Request, answer: Answer) -> WhyNot:
    """Every failing rule of every pair within reach."""
    return whynot.find(answer.verdicts, answer.units, request.providers.ref)


def _text(request: Request, allowed: NDArray[np.bool_], groups: list[Unit]) -> Matrix:
    """(q, n) cosines, for the admissible pairs only; NaN elsewhere. Siblings share one story: it is compared once."""
    found = np.full((len(request.children), len(request.providers)), np.nan)
    for group, mask in zip(groups, allowed, strict=True):
        columns = np.flatnonzero(mask)
        stories: dict[int, Matrix] = {}
        for child in group:
            passage = request.texts[child]
            if id(passage) not in stories:
                stories[id(passage)] = similarity(passage, request.offers, columns)
            found[child, columns] = stories[id(passage)]
    return found


@dataclass(frozen=True)
class Pick:
    """A provider for a unit, at its place in the list."""

    group: Unit
    provider: int
    place: int
    reading: Reading | None


def _suggestion(request: Request, verdicts: Verdicts, terms: Terms, pick: Pick) -> Suggestion:
    group, provider = pick.group, pick.provider
    rows = list(group)
    shares = {name: float(values[rows, provider].mean()) for name, values in terms.shares.items()}
    values = {name: _mean_known(matrix[rows, provider]) for name, matrix in terms.raw.items()}
    favour, against = explain.reasons(verdicts.pairs, terms, group, provider)
    total = float(sum(shares.values()))
    return Suggestion(
        children=group, provider=provider, rank=pick.place, score=total, band=request.scorer.band(total),
        text_score=_text_score(values["text"], values["answers"]), distance_km=values["distance"], contributions=shares,
        raw=values, favour=favour, against=against,
        pair=best_pair(request.texts[rows[0]], request.offers, provider), reading=pick.reading,
        warnings=sorted({rule for row in rows for rule in verdicts.warnings(row, provider)}),
        chance=request.scorer.chance(total),
    )


def _text_score(cosine: float | None, answers: float | None) -> float:
    """0..1: the cosine, and where the judge said something, moved towards 1 by an answer and towards 0 by a refusal."""
    near, fit = min(max(cosine or 0.0, 0.0), 1.0), answers or 0.0
    return round(near + fit * (1 - near if fit > 0 else near), 6)


def _mean_known(values: Matrix) -> float | None:
    known = values[~np.isnan(values)]
    return round(float(known.mean()), 6) if len(known) else None
