"""The plan of everybody who waits under the seats that are free: rules, score and solver of `match --assign`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

import numpy as np

from ml import assignment, pipeline, planning
from ml.assign.pool import Elsewhere
from ml.assignment import Plan as Solved
from ml.assignment import Problem
from ml.passages import Corpus, Passage
from ml.pipeline import Request
from ml.whynot import Hurdle
from portal.services.matching import convert, plan_more, plan_parts, plan_rows, suggest, vectors
from portal.services.matching.plan_more import More
from portal.services.matching.plan_rows import Columns, Gathered, Side, Tell

Share = Callable[[Sequence[bytes]], Sequence[bytes]]


@dataclass(frozen=True)
class Line:
    """Where the plan sends a child, or siblings together; without a provider, what stands in their way."""

    family: UUID
    children: list[str]
    provider: UUID | None
    score: float
    distance_km: float | None
    told: Columns  # what a suggestion would say, where the family's list has none
    hurdle: Hurdle
    able: int  # providers it is free to go to


@dataclass(frozen=True)
class Found:
    """A plan in the portal's terms, and the solver's own."""

    lines: list[Line]
    solved: Solved
    families: int
    children: int
    version: str
    more: More


def make(policy: str, tell: Tell, share: Share | None = None) -> Found:
    """Work a plan out. `share` has its parts solved by others; without it they are solved here.

    What it embeds is committed on the way. Raises what `tell` raises.
    """
    side = plan_rows.side()
    gathered = plan_rows.gather(side, tell)
    asked = replace(
        planning.problem(gathered.waiting, convert.children(gathered.needs), side.providers),
        priority=np.array(gathered.priority, dtype=np.float64),
    )
    there = Elsewhere(share or partial(solved_here, tell), 1)
    solved = assignment.solve(asked, policy, processes=there, prices=True)
    lines = _with_reasons(_lines(gathered, side, asked, solved), side, tell)
    more = plan_more.find(gathered, side, asked, solved, tell)
    families = {one["family"] for one in gathered.needs}
    return Found(lines, solved, len(families), len(gathered.needs), side.version, more)


def solved_here(tell: Tell, parcels: Sequence[bytes]) -> list[bytes]:
    """The parts of a plan, one parcel after the other."""
    found = []
    for done, parcel in enumerate(parcels):
        look = partial(tell, "parts", done, len(parcels))
        look()
        found.append(plan_parts.solve(parcel, look))
    return found


def _lines(gathered: Gathered, side: Side, asked: Problem, solved: Solved) -> list[Line]:
    km = np.concatenate([*gathered.km, np.zeros(0)])
    units = zip(gathered.waiting.units, solved.pair.tolist(), gathered.hurdles, gathered.able, strict=True)
    return [
        _line(gathered, rows, hurdle, able) if pair < 0 else replace(
            _line(gathered, rows, hurdle, able), provider=UUID(side.offers[asked.provider[pair]]["ref"]),
            score=float(asked.score[pair]), distance_km=None if math.isnan(km[pair]) else float(km[pair]),
            told={"rank": _rank(asked, pair)},
        )
        for rows, pair, hurdle, able in units
    ]


def _line(gathered: Gathered, rows: tuple[int, ...], hurdle: Hurdle, able: int) -> Line:
    needs = [gathered.needs[row] for row in rows]
    return Line(UUID(needs[0]["family"]), [one["ref"] for one in needs], None, 0.0, None, {}, hurdle, able)


def _rank(asked: Problem, pair: int) -> int:
    """The place of a provider among all a unit is free to go to, by score, from 1."""
    first, past = np.searchsorted(asked.family, [asked.family[pair], asked.family[pair] + 1])
    return 1 + int((asked.score[first:past] > asked.score[pair]).sum())


def _with_reasons(lines: list[Line], side: Side, tell: Tell) -> list[Line]:
    """The same lines; one that is not on its family's list is told as a suggestion is."""
    sent = list(dict.fromkeys(one.family for one in lines if one.provider is not None))
    told: dict[tuple[UUID, frozenset[str]], Columns] = {}
    for first, ids in plan_rows.blocks(sent):
        tell("reasons", first, len(sent))
        wanted = {(one.family, frozenset(one.children)): one for one in lines if one.family in set(ids)}
        told.update(_told(wanted, ids, side))
    return [replace(one, told=told.get((one.family, frozenset(one.children)), {})) for one in lines]


def _told(
    wanted: dict[tuple[UUID, frozenset[str]], Line], ids: list[UUID], side: Side
) -> Iterator[tuple[tuple[UUID, frozenset[str]], Columns]]:
    block = plan_rows.read(ids, side)
    for rows in pipeline.units(convert.children(block.needs)) if block.needs else ():
        key = plan_rows.key_of(block.needs, rows)
        line = wanted.get(key)
        if line is None or line.provider is None or (key[0], line.provider, key[1]) in block.listed:
            continue
        found = _alone([block.needs[row] for row in rows], block.texts[rows[0]], side, side.row[str(line.provider)])
        if found:
            yield key, {**found, "rank": line.told["rank"]}


def _alone(needs: list[Columns], story: Passage, side: Side, row: int) -> dict[str, Any]:
    """What a suggestion of one provider for some children says; {} where it is none any more."""
    asked = Request(
        convert.children(needs), convert.providers([side.offers[row]]), [story] * len(needs),
        Corpus.of([side.profiles[row]]), side.rules, keep=1, scorer=side.ranks.scorer, reader=vectors.reader(),
    )
    return next((suggest.told(one) for one in pipeline.rank(asked).suggestions), {})
