"""Who goes where when many wait at once: an exact plan under the free seats.

Policies: "coverage" places the most children, among such plans favours priority, among those the score; "score" adds up
the most score; "stable" is deferred acceptance (Gale and Shapley 1962), families proposing. Families of one child are a
flow (OR-Tools); where siblings stay together the plan is a mixed-integer program over (family, provider) columns
(HiGHS in SciPy), solved by connected components.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml import deferred, flow, program

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
POLICIES = ("coverage", "score", "stable")


@dataclass(frozen=True)
class Problem:
    """m admissible pairs of q families and n providers with b age bands.

    family (m,) and provider (m,) int, score (m,) float; demand (q, b) children of each family in each band, all placed
    together; seats (n, b) free seats; priority (q,) or None, higher goes first. Raises ValueError naming the argument.
    """

    family: Ints
    provider: Ints
    score: Floats
    demand: Ints
    seats: Ints
    priority: Floats | None = None

    def __post_init__(self) -> None:
        for name, kind in (("family", np.int64), ("provider", np.int64), ("demand", np.int64), ("seats", np.int64)):
            object.__setattr__(self, name, _whole(name, getattr(self, name)).astype(kind))
        object.__setattr__(self, "score", np.asarray(self.score, dtype=np.float64))
        if self.priority is not None:
            object.__setattr__(self, "priority", np.asarray(self.priority, dtype=np.float64))
        self._check_shapes()
        self._check_values()

    def _check_shapes(self) -> None:
        for name, dimensions in (("family", 1), ("provider", 1), ("score", 1), ("demand", 2), ("seats", 2)):
            shape = getattr(self, name).shape
            if len(shape) != dimensions:
                raise ValueError(f"{name} has shape {shape}; {dimensions} dimensions are expected")
        for name in ("provider", "score"):
            if getattr(self, name).shape != self.family.shape:
                raise ValueError(f"{name} has shape {getattr(self, name).shape}; {self.family.shape} is expected")
        if self.demand.shape[1] != self.seats.shape[1]:
            raise ValueError(f"seats has {self.seats.shape[1]} bands; {self.demand.shape[1]} like demand are expected")
        if self.priority is not None and self.priority.shape != (len(self.demand),):
            raise ValueError(f"priority has shape {self.priority.shape}; ({len(self.demand)},) is expected")

    def _check_values(self) -> None:
        for name in ("demand", "seats"):
            if (getattr(self, name) < 0).any():
                raise ValueError(f"{name} holds {getattr(self, name).min()}; counts cannot be negative")
        if not np.isfinite(self.score).all():
            raise ValueError(f"score holds {self.score[~np.isfinite(self.score)][0]}; finite numbers are expected")
        if self.priority is not None and not np.isfinite(self.priority).all():
            raise ValueError("priority holds a value that is not finite")
        for name, size in (("family", len(self.demand)), ("provider", len(self.seats))):
            values = getattr(self, name)
            if len(values) and not (values.min() >= 0 and values.max() < size):
                raise ValueError(f"{name} points to {values.max()}; 0 to {size - 1} are expected")


@dataclass(frozen=True)
class Plan:
    """pair (q,): index into the m pairs or -1; `objective` and `bound` in the policy's own units."""

    pair: Ints
    placed: int  # children
    objective: float
    bound: float
    gap: float
    blocking_pairs: int
    seconds: float


def _whole(name: str, values: object) -> NDArray[np.float64]:
    found = np.asarray(values)
    if found.size and not np.all(np.equal(np.mod(found, 1), 0)):
        raise ValueError(f"{name} holds {found.ravel()[0]}; whole numbers are expected")
    return found


def solve(problem: Problem, policy: str = "coverage", seconds: float = 60.0) -> Plan:
    """The plan of a problem; past the time limit the best one found, with its gap. ValueError: unknown policy."""
    if policy not in POLICIES:
        raise ValueError(f"policy is {policy!r}; there are: {', '.join(POLICIES)}")
    started = time.perf_counter()
    value = pair_value(problem, policy)
    fits = (problem.demand[problem.family] <= problem.seats[problem.provider]).all(axis=1)
    fits &= problem.demand[problem.family].sum(axis=1) > 0
    single = bool((problem.demand.sum(axis=1) <= 1).all())
    if policy == "stable":
        pair = deferred.accept(problem, fits)
        bound = float(value[pair[pair >= 0]].sum())
    elif single:
        pair = flow.solve(problem, value, fits, must_place=policy == "coverage")
        bound = float(value[pair[pair >= 0]].sum())
    else:
        pair, bound = program.solve(problem, value, fits, seconds)
    chosen = pair[pair >= 0]
    objective = float(value[chosen].sum())
    return Plan(
        pair=pair, placed=int(problem.demand[problem.family[chosen]].sum()), objective=objective,
        bound=max(bound, objective), gap=max(bound - objective, 0.0) / max(abs(bound), 1e-12),
        blocking_pairs=deferred.blocking_pairs(problem, pair, fits), seconds=time.perf_counter() - started,
    )


def pair_value(problem: Problem, policy: str) -> Floats:
    """(m,) what a plan adds up: the score alone, or children, then priority, then score, each outweighing the rest."""
    if policy == "score":
        return problem.score
    largest = float(np.abs(problem.score).max(initial=0.0))
    scores = problem.score / largest if largest > 0 else problem.score  # never shifted: plans differ in families placed
    families = max(len(problem.demand), 1)
    step = 2 * families + 1  # more than all scores together can differ
    levels = np.zeros(families)
    if problem.priority is not None:
        levels = np.unique(problem.priority, return_inverse=True)[1].astype(np.float64)
    children = problem.demand.sum(axis=1).astype(np.float64)
    by_level = levels * step
    by_child = children * (families * levels.max(initial=0) * step + step)
    total: Floats = by_child[problem.family] + by_level[problem.family] + scores
    return total
