"""Everybody who waits, as the planner needs them: who could go where, how well, and what stands in the way.

No transaction stays open meanwhile: each block of families is read in one of its own, and ranked after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any
from uuid import UUID

import numpy as np

from ml import pipeline, whynot
from ml.candidates import Unit
from ml.frames import Bools, Providers, Rules
from ml.passages import Corpus, Passage
from ml.pipeline import Answer, Request
from ml.planning import Waiting
from ml.whynot import Hurdle
from portal.extensions import db
from portal.queries import frames, plan_findings, plans
from portal.queries.plan_findings import Held
from portal.services.matching import convert, model, suggest, vectors

BLOCK = 40  # families
Columns = dict[str, Any]
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Side:
    """The providers as they were when the plan was begun, and what else all blocks have in common."""

    offers: list[Columns]
    profiles: list[Passage]
    ranks: model.Model
    rules: Rules
    busy: set[UUID]  # children who have a seat already
    held: list[Held]  # the seats that proposals hold

    @cached_property
    def providers(self) -> Providers:
        return convert.providers(self.offers)

    @cached_property
    def corpus(self) -> Corpus:
        return Corpus.of(self.profiles)

    @cached_property
    def row(self) -> dict[str, int]:
        """Id → row of a provider."""
        return {one["ref"]: place for place, one in enumerate(self.offers)}

    @property
    def version(self) -> str:
        """What ranked."""
        return self.ranks.named(pipeline.version(vectors.encoder().version, self.ranks.scorer, vectors.reader()))


@dataclass(frozen=True)
class Block:
    """Families as the matcher reads them: needs and texts child by child, and the suggestions they have."""

    needs: list[Columns]
    texts: list[Passage]
    listed: dict[plans.Key, str]  # suggestion → its status
    priority: dict[str, int]


@dataclass
class Gathered:
    """What the blocks found, pair by pair and unit by unit, in rows of the whole run."""

    needs: list[Columns] = field(default_factory=list)
    waiting: Waiting = field(default_factory=Waiting)
    km: list[np.ndarray] = field(default_factory=list)
    hurdles: list[Hurdle] = field(default_factory=list)
    able: list[int] = field(default_factory=list)  # providers a unit is free to go to
    priority: list[int] = field(default_factory=list)
    aside: set[tuple[int, int]] = field(default_factory=set)  # a unit, and a provider a person set aside for it


def side() -> Side:
    """Read what does not depend on who waits. Commits."""
    rows = frames.providers()
    found = Side(
        [frames.provider(one) for one in rows], vectors.passages_of([vectors.of_provider(one) for one in rows]),
        model.current(), convert.rules(), plans.busy(), plan_findings.held(),
    )
    db.session.commit()
    return found


def gather(side: Side, tell: Tell) -> Gathered:
    """Ask the rules and the score about everybody who waits. Commits, and raises what `tell` raises."""
    everyone, gathered = plans.waiting(), Gathered()
    db.session.commit()
    for first, ids in blocks(everyone):
        tell("families", first, len(everyone))
        block = read(ids, side)
        if block.needs:
            _add(gathered, block, request(side, block.needs, block.texts))
    return gathered


def blocks(ids: list[UUID]) -> Iterator[tuple[int, list[UUID]]]:
    """(place of the first, some ids) after another."""
    return ((first, ids[first : first + BLOCK]) for first in range(0, len(ids), BLOCK))


def read(ids: list[UUID], side: Side) -> Block:
    """Read some families; what of their texts is not embedded yet is embedded and kept. Commits."""
    rows = [one for one in plans.of(ids) if suggest.may_suggest(one)]
    stories = vectors.passages_of([vectors.of_family(one) for one in rows])
    needs: list[Columns] = []
    texts: list[Passage] = []
    for family, story in zip(rows, stories, strict=True):
        free = [frames.child(family, one) for one in family.children if one.id not in side.busy]
        needs += free
        texts += [story] * len(free)
    listed = {key: one.status for key, one in plans.listed(ids).items()}
    block = Block(needs, texts, listed, {str(one.id): one.priority for one in rows})
    db.session.commit()
    return block


def request(side: Side, needs: list[Columns], texts: list[Passage]) -> Request:
    """The same question as for a family's list, for many families."""
    return Request(
        convert.children(needs), side.providers, texts, side.corpus, side.rules, keep=1, scorer=side.ranks.scorer,
        reader=vectors.reader(),
    )


def _add(gathered: Gathered, block: Block, asked: Request) -> None:
    answer = pipeline.rank(asked)
    choices = answer.choices.where(_may_go(block, answer, asked.providers))
    verdicts, _ = whynot.judged(asked.children, asked.providers, asked.rules)
    gathered.km.append(answer.candidates.pairs.km[choices.places[0]])
    gathered.hurdles += [whynot.hurdle(verdicts, rows) for rows in answer.units]
    gathered.able += np.diff(choices.first).tolist()
    gathered.priority += [block.priority[block.needs[rows[0]]["family"]] for rows in answer.units]
    gathered.aside |= {
        (len(gathered.waiting.units) + place, provider) for place, rows in enumerate(answer.units)
        for provider in _set_aside(block, rows, asked.providers)
    }
    begin = len(gathered.needs)
    gathered.waiting.add(answer.units, choices, range(begin, begin + len(block.needs)))
    gathered.needs += block.needs


def _may_go(block: Block, answer: Answer, providers: Providers) -> Bools:
    """(m,) of the choices: without the providers a person set aside for these children."""
    parts = [
        ~np.isin(answer.choices.provider[begin:end], _set_aside(block, rows, providers))
        for rows, (begin, end) in zip(answer.units, pairwise(answer.choices.first.tolist()), strict=True)
    ]
    return np.concatenate([*parts, np.zeros(0, dtype=np.bool_)])


def _set_aside(block: Block, rows: Unit, providers: Providers) -> list[int]:
    """The rows of the providers a person set aside for these children: the plan does not know better."""
    family, children = key_of(block.needs, rows)
    aside = {
        str(provider) for (of, provider, who), status in block.listed.items()
        if status == "dismissed" and (of, who) == (family, children)
    }
    return np.flatnonzero(np.isin(providers.ref, list(aside))).tolist() if aside else []


def key_of(needs: list[Columns], rows: Unit) -> tuple[UUID, frozenset[str]]:
    """Family and children of a unit."""
    return UUID(needs[rows[0]]["family"]), frozenset(needs[row]["ref"] for row in rows)
