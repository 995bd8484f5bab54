"""Who has which need that no field says, and which provider answers or refuses it.

Each hub talks about its own two dozen concepts of the bank: its families' needs and its providers' sentences come from
there, so that a need finds some who answer it and some who refuse it, and most who do not speak of it.

The training grammar uses concepts of split "train" alone. The test grammar uses concepts of split "test", and a share
`SEEN` of each hub's from "train": how well seen concepts do in unseen company is part of what a test asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml import bank
from ml.bank import Concept
from ml.frames import Floats, Ints
from ml.synthetic import mix
from ml.synthetic.dice import Dice

POOL = 24  # concepts of a hub
SEEN = 0.3  # of a hub's concepts under the test grammar
MOST_NEEDS = 3  # of a family
ANSWERS = (3, 7)  # of a provider, fewest and most
REFUSALS = (0, 3)
ANSWERED, SILENT, REFUSED = 1, 0, -1


class ConcernsError(ValueError):
    """The bank lacks what a grammar needs; the message is one line."""


@dataclass(frozen=True)
class Concerns:
    """`need` (f, 3) concepts, -1 where a family has fewer, and how much each `weighs`; `stance` (n, c) as above.

    `answers` and `refusals` are the concepts each provider speaks of, in the order they were drawn.
    """

    concepts: tuple[Concept, ...]
    need: Ints
    weighs: Floats
    stance: NDArray[np.int8]
    answers: list[list[int]]
    refusals: list[list[int]]


def draw(dice: Dice, concepts: Sequence[Concept], grammar: str, hubs: tuple[Ints, Ints]) -> Concerns:
    """`hubs` are those of the families and of the providers. Raises ConcernsError."""
    families, providers = hubs
    count = int(max(families.max(initial=0), providers.max(initial=0))) + 1
    pools = _pools(dice, concepts, grammar, count)
    rows = len(families)
    how_many = dice.pick("needs", mix.CONCERNS, rows)
    need = pools[families[:, None], dice.orders("which needs", rows, pools.shape[1])[:, :MOST_NEEDS]]
    need = np.where(np.arange(need.shape[1])[None] < how_many[:, None], need, -1)
    weighs = 0.7 + 0.6 * dice.uniform("weighs", *need.shape)
    return Concerns(tuple(concepts), need, weighs, *_said(dice, pools, providers, len(concepts)))


def _pools(dice: Dice, concepts: Sequence[Concept], grammar: str, hubs: int) -> Ints:
    """(h, p) the concepts of each hub."""
    train, test = ([row for row, one in enumerate(concepts) if one.split == split] for split in bank.SPLITS)
    own = test if grammar == "test" else train
    seen = round(POOL * SEEN) if grammar == "test" else 0
    if len(own) < MOST_NEEDS:
        raise ConcernsError(f"the bank has {len(own)} concepts of split {grammar!r}; {MOST_NEEDS} at least are needed")
    chosen = [np.array(own)[dice.orders("pool", hubs, len(own))[:, : POOL - seen]]]
    if seen and train:
        chosen.append(np.array(train)[dice.orders("seen", hubs, len(train))[:, :seen]])
    return np.concatenate(chosen, axis=1)


def _said(
    dice: Dice, pools: Ints, hub: Ints, concepts: int
) -> tuple[NDArray[np.int8], list[list[int]], list[list[int]]]:
    rows = len(hub)
    answers, refusals = dice.whole("answers", *ANSWERS, rows), dice.whole("refusals", *REFUSALS, rows)
    order = dice.orders("which said", rows, pools.shape[1])
    stance = np.zeros((rows, concepts), dtype=np.int8)
    said: list[list[int]] = []
    against: list[list[int]] = []
    for row in range(rows):
        named = pools[hub[row]][order[row]]
        first, last = int(answers[row]), int(answers[row] + refusals[row])
        stance[row, named[:first]], stance[row, named[first:last]] = ANSWERED, REFUSED
        said.append(named[:first].tolist())
        against.append(named[first:last].tolist())
    return stance, said, against
