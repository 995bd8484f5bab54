"""From needs and offers to ranked suggestions with their reasons: rules, then the score, then the cut explained.

A unit is what is placed together: one child, or all siblings whose family wants one place. A provider is admissible for
a unit when it is for each of its children; the unit's score is the mean of theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ml import candidates, explain, features, reading, retrieval, scoring, whynot
from ml.candidates import Candidates, Unit
from ml.constraints import RULES, UNKNOWN
from ml.explain import Fact, Terms
from ml.frames import Children, Ints, Providers, Rules
from ml.passages import Corpus, Pair, Passage, best_pair, similarity
from ml.reading import Reader, Reading
from ml.scoring import Scorer
from ml.whynot import WhyNot

SUGGEST = 10
Column = NDArray[np.float64]  # (m,) of the admissible pairs of children, or of units


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

    Where `most` is given, only so many candidates of a unit are wanted, the best by score: texts are compared where
    that can make a pair one of them, and the others are left out. Raises ValueError naming what does not fit together.
    """

    children: Children
    providers: Providers
    texts: Sequence[Passage]
    offers: Corpus
    rules: Rules = field(default_factory=Rules)
    keep: int = SUGGEST
    scorer: Scorer = scoring.PRIOR
    reader: Reader | None = None
    most: int | None = None

    def __post_init__(self) -> None:
        if len(self.texts) != len(self.children):
            raise ValueError(f"texts holds {len(self.texts)} passages; {len(self.children)} are expected")
        if len(self.offers) != len(self.providers):
            raise ValueError(f"offers holds {len(self.offers)} passages; {len(self.providers)} are expected")
        if self.keep < 1:
            raise ValueError(f"keep is {self.keep}; at least 1 is expected")
        if self.most is not None and self.most < max(self.keep, self.reader.candidates if self.reader else 0):
            raise ValueError(f"most is {self.most}; at least as many as are kept and read are expected")


@dataclass(frozen=True)
class Choices:
    """The providers each unit may have: those of unit u from first[u] to first[u + 1], in the order of their rows.

    `places` say for the 1st, 2nd, … child of a unit where its pair stands among the candidates, -1 without that child.
    """

    first: Ints  # (u + 1,)
    provider: Ints
    score: Column
    places: list[Ints]

    def where(self, holds: NDArray[np.bool_]) -> Choices:
        """Some of them; `holds` says of each whether it stays."""
        first = np.concatenate([[0], np.cumsum(holds)])[self.first]
        return Choices(first, self.provider[holds], self.score[holds], [found[holds] for found in self.places])

    def pairs_at(self, place: int) -> list[int]:
        """Where the pairs of a choice stand, child by child."""
        return [int(found[place]) for found in self.places if found[place] >= 0]


@dataclass(frozen=True)
class Answer:
    """Suggestions unit by unit, and all that each unit could have."""

    units: list[Unit]
    suggestions: list[Suggestion]
    choices: Choices
    candidates: Candidates


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
    """What is known of every admissible pair before any of it is weighed: serving and learning both start here."""

    units: list[Unit]
    candidates: Candidates
    raw: dict[str, Column]  # term → (m,) of the candidates
    readings: list[dict[int, Reading]]  # unit by unit, of the best candidates; empty without a judge


@dataclass(frozen=True)
class Weighed:
    """What was measured, each term's shares of the score, the choices, and of these the best few.

    `best` are places among the choices, best first: those of unit u from cut[u] to cut[u + 1].
    """

    found: Measured
    shares: dict[str, Column]
    choices: Choices
    cut: Ints
    best: Ints


def measure(request: Request) -> Measured:
    """Ask the rules and take the raw value of every term."""
    groups = units(request.children)
    open_ = candidates.find(request.children, request.providers, request.rules, groups)
    if request.most is not None:
        open_ = _promising(request, open_, groups, request.most)
    raw = features.features(open_.pairs, _text(request, open_, groups))
    return Measured(groups, open_, raw, _read(request, open_, raw, groups))


def _promising(request: Request, open_: Candidates, groups: list[Unit], most: int) -> Candidates:
    """Without the pairs that cannot be among a unit's `most` best, however well their texts went together."""
    first, _ = candidates.places(open_.first, groups)
    if np.diff(first).max(initial=0) <= most:
        return open_
    silent = features.features(open_.pairs, np.full(open_.pairs.shape, np.nan))
    choices = _choices(open_, groups, scoring.score(silent, request.scorer).score)
    cut, best = _best(request, choices, most)
    last = np.where(np.diff(cut) == most, choices.score[best[cut[1:] - 1]], -np.inf) if len(best) else np.zeros(0)
    unknown = ["text", "answers"] if request.reader else ["text"]
    more = scoring.reach(request.scorer, unknown) + scoring.ROUNDING
    promising = choices.score + more >= np.repeat(last, np.diff(choices.first))
    left = np.zeros(open_.pairs.shape, dtype=np.bool_)
    for found in choices.places:
        left[found[promising & (found >= 0)]] = True
    return open_.some(np.flatnonzero(left))


def weigh(request: Request, found: Measured) -> Weighed:
    """Score every admissible pair and cut each unit's list."""
    scored = scoring.score(found.raw, request.scorer)
    choices = _choices(found.candidates, found.units, scored.score)
    return Weighed(found, scored.contributions, choices, *_best(request, choices, request.keep))


def rank(request: Request) -> Answer:
    """Ranked suggestions for every unit of a request."""
    weighed = weigh(request, measure(request))
    told = _Told(request, weighed)
    suggestions = [
        told.suggestion(unit, place, rank)
        for unit, (begin, end) in enumerate(pairwise(weighed.cut.tolist()))
        for rank, place in enumerate(weighed.best[begin:end].tolist(), start=1)
    ]
    return Answer(weighed.found.units, suggestions, weighed.choices, weighed.found.candidates)


def _choices(open_: Candidates, groups: list[Unit], score: Column) -> Choices:
    """A unit's score is the mean of its children's."""
    first, places = candidates.places(open_.first, groups)
    total, count = score[places[0]], np.ones(len(places[0]), dtype=np.int64)
    for more in places[1:]:
        has = np.flatnonzero(more >= 0)
        total[has] += score[more[has]]
        count[has] += 1
    return Choices(first, open_.pairs.listed[1][places[0]], total / count, places)


def _best(request: Request, choices: Choices, keep: int) -> tuple[Ints, Ints]:
    return retrieval.top_k(choices.first, choices.score, request.providers.turn[choices.provider], keep)


def _read(
    request: Request, open_: Candidates, raw: dict[str, Column], groups: list[Unit]
) -> list[dict[int, Reading]]:
    """Let the judge read the best candidates of each unit, and put into `raw` what it found."""
    if request.reader is None:
        return [{} for _ in groups]
    choices = _choices(open_, groups, scoring.score(raw, request.scorer).score)
    cut, best = _best(request, choices, request.reader.candidates)
    found = []
    for group, (begin, end) in zip(groups, pairwise(cut.tolist()), strict=True):
        at = {int(choices.provider[place]): place for place in best[begin:end].tolist()}
        read = reading.read(request.reader, request.texts[group[0]], request.offers, list(at))
        for provider, one in read.items():
            raw["answers"][choices.pairs_at(at[provider])] = one.fit
        found.append(read)
    return found


def why_not(request: Request) -> WhyNot:
    """Every failing rule of every pair within reach."""
    return whynot.find(request.children, request.providers, request.rules, units(request.children))


def _text(request: Request, open_: Candidates, groups: list[Unit]) -> Column:
    """(m,) cosines of the candidates; NaN without a text. Siblings share one story: it is compared once."""
    found = np.full(open_.pairs.shape, np.nan)
    for group in groups:
        stories: dict[int, Column] = {}
        for child in group:
            passage, columns = request.texts[child], open_.providers_of(child)
            if len(columns) and id(passage) not in stories:
                stories[id(passage)] = similarity(passage, request.offers, columns)
            found[open_.first[child] : open_.first[child + 1]] = stories.get(id(passage), columns)
    return found


class _Told:
    """Tells of a choice why it is one."""

    def __init__(self, request: Request, weighed: Weighed) -> None:
        self.request, self.weighed, self.open = request, weighed, weighed.found.candidates
        self.terms = Terms(weighed.found.raw, weighed.shares)
        self.unread = Terms(self.terms.raw, {name: row for name, row in self.terms.shares.items() if name != "answers"})
        self.doubts = self._doubts(sorted(request.rules.unknown_may_pass))

    def _doubts(self, rules: list[str]) -> dict[str, set[int]]:
        """Rule → the suggested pairs that it lets pass though nobody knows."""
        places = np.concatenate([found[self.weighed.best] for found in self.weighed.choices.places])
        places = places[places >= 0]
        child, provider = self.open.pairs.listed
        picked = self.open.pairs.some(child[places], provider[places])
        return {rule: set(places[RULES[rule](picked) == UNKNOWN].tolist()) for rule in rules}

    def suggestion(self, unit: int, choice: int, rank: int) -> Suggestion:
        """`choice` is the place among the choices, `rank` the one on the unit's list."""
        request, group = self.request, self.weighed.found.units[unit]
        provider, places = int(self.weighed.choices.provider[choice]), self.weighed.choices.pairs_at(choice)
        shares = {name: float(values[places].mean()) for name, values in self.terms.shares.items()}
        values = {name: _mean_known(column[places]) for name, column in self.terms.raw.items()}
        reading = self.weighed.found.readings[unit].get(provider)
        told = self.terms if reading and reading.is_told else self.unread
        favour, against = explain.reasons(self.open.pairs, told, places)
        total = float(sum(shares.values()))
        return Suggestion(
            children=group, provider=provider, rank=rank, score=total, band=request.scorer.band(total),
            text_score=text_score(values["text"], values["answers"]), distance_km=values["distance"],
            contributions=shares, raw=values, favour=favour, against=against,
            pair=best_pair(request.texts[group[0]], request.offers, provider),
            reading=reading,
            warnings=[rule for rule, found in self.doubts.items() if found.intersection(places)],
            chance=request.scorer.chance(total),
        )


def text_score(cosine: float | None, answers: float | None) -> float:
    """0..1: the cosine, and where the judge said something, moved towards 1 by an answer and towards 0 by a refusal."""
    near, fit = min(max(cosine or 0.0, 0.0), 1.0), answers or 0.0
    return round(near + fit * (1 - near if fit > 0 else near), 6)


def _mean_known(values: Column) -> float | None:
    known = values[~np.isnan(values)]
    return round(float(known.mean()), 6) if len(known) else None
