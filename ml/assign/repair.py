"""A rounded relaxation made better window by window, where it loses most, each window solved in whole numbers.

Only seats of the window are given anew, so that every step leaves a plan that fits and is no worse. The steps are
counted, not timed: they depend on the size of the part, and the clock ends them only when time is up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.assign import aims, baselines, exact
from ml.assign.clock import Clock
from ml.assign.exact import Effort
from ml.assign.part import Ints, Part
from ml.assign.windows import Costs, Graph

LEAST = 0.01  # of a round's slack: where no provider loses more, the round is over
LEAST_TURNS = 8
FADES = 0.3  # what is left of a provider's claim to be the next centre once a window had it in its inner third


@dataclass(frozen=True)
class Round:
    """Windows of `columns` columns that cost at most `dear` of the largest score; `slack` of it needs no proof."""

    columns: int
    dear: float
    slack: float
    turns: float  # windows for each that the part would fill
    work: float


FIRST = (
    Round(columns=500, dear=0.2, slack=0.1, turns=1.2, work=0.05),
    Round(columns=500, dear=0.1, slack=0.01, turns=1.5, work=0.05),
)
SECOND = (Round(columns=1500, dear=0.1, slack=0.01, turns=1.0, work=0.2),)


def rounded(part: Part, costs: Costs) -> Ints:
    """(q,) a plan: what the relaxation takes whole, then the rest as long as it fits."""
    if costs.relaxed.share.any():
        return baselines.take(part, np.lexsort((costs.cost, -np.round(costs.relaxed.share, 6))))
    return baselines.take(part, np.argsort(-costs.relaxed.worth, kind="stable"))


def improve(part: Part, costs: Costs, pair: Ints, rounds: Sequence[Round], clock: Clock) -> Ints:
    """(q,) the plan after some rounds, or when time was up."""
    aim = aims.ranked(part)
    for one in rounds:
        graph = Graph.of_part(part, costs.cost <= one.dear * part.top)
        claim, tried = np.ones(len(part.seats)), set[bytes]()
        for _ in range(LEAST_TURNS + int(one.turns * graph.cheap.sum() / one.columns)):
            left = clock.left()
            losses = costs.losses(part, pair) * claim
            if left <= 0 or losses.max(initial=0.0) <= one.slack * LEAST * part.top:
                break
            window = graph.ball(part, int(losses.argmax()), one.columns)
            claim[window[: len(window) // 3 + 1]] *= FADES
            columns, have = graph.columns(part, window, pair)
            question = columns.tobytes() + have.tobytes()
            if question not in tried:
                tried.add(question)
                effort = Effort(one.work, left, int(one.slack * aim.steps))
                pair = _moved(part, pair, have, exact.pick(part, columns, aim.worth, have, effort).columns)
    return pair


def _moved(part: Part, pair: Ints, before: Ints, after: Ints) -> Ints:
    changed = pair.copy()
    changed[part.family[before]] = -1
    changed[part.family[after]] = after
    return changed
