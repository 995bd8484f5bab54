"""What is assigned: admissible pairs, the children of each family, the free seats, and the pairs that must stay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.assign.part import Ints

Floats = NDArray[np.float64]
MOST = 1e200  # of a score, sign apart: its sums, and the weights of the aims before it, stay finite numbers


@dataclass(frozen=True)
class Problem:
    """m admissible pairs of q families and n providers with b age bands.

    family (m,) and provider (m,) int, score (m,) float, 1e200 at most; demand (q, b) children of each family in each
    band, all placed together; seats (n, b) free seats; priority (q,) or None, higher goes first; locks (k,) pairs that
    must stay, or None. Raises ValueError naming the argument, and the locks that cannot all stay.
    """

    family: Ints
    provider: Ints
    score: Floats
    demand: Ints
    seats: Ints
    priority: Floats | None = None
    locks: Ints | None = None

    def __post_init__(self) -> None:
        for name, kind in (("family", np.int64), ("provider", np.int64), ("demand", np.int64), ("seats", np.int64)):
            object.__setattr__(self, name, _whole(name, getattr(self, name)).astype(kind))
        object.__setattr__(self, "score", np.asarray(self.score, dtype=np.float64))
        if self.priority is not None:
            object.__setattr__(self, "priority", np.asarray(self.priority, dtype=np.float64))
        if self.locks is not None:
            object.__setattr__(self, "locks", _whole("locks", self.locks).astype(np.int64).reshape(-1))
        self._check_shapes()
        self._check_values()
        self._check_locks()

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
        wrong = self.score[~(np.abs(self.score) <= MOST)]
        if len(wrong):
            raise ValueError(f"score holds {wrong[0]:g}; finite numbers up to {MOST:g} are expected")
        if self.priority is not None and not np.isfinite(self.priority).all():
            raise ValueError("priority holds a value that is not finite")
        for name, size in (("family", len(self.demand)), ("provider", len(self.seats))):
            values = getattr(self, name)
            if len(values) and not (values.min() >= 0 and values.max() < size):
                raise ValueError(f"{name} points to {values.max()}; 0 to {size - 1} are expected")

    def _check_locks(self) -> None:
        if self.locks is None or not len(self.locks):
            return
        if not (self.locks.min() >= 0 and self.locks.max() < len(self.family)):
            raise ValueError(f"locks points to {self.locks.max()}; 0 to {len(self.family) - 1} are expected")
        _check_stay(self, self.locks)


def _check_stay(problem: Problem, locks: Ints) -> None:
    """Raise ValueError naming the locks that cannot all stay."""
    family, provider = problem.family[locks], problem.provider[locks]
    again = np.flatnonzero(np.bincount(family, minlength=len(problem.demand)) > 1)
    if len(again):
        raise ValueError(f"locks {_named(locks[family == again[0]])} are all of family {again[0]}")
    taken = np.zeros_like(problem.seats)
    np.add.at(taken, provider, problem.demand[family])
    full = np.flatnonzero((taken > problem.seats).any(axis=1))
    if len(full):
        raise ValueError(f"locks {_named(locks[provider == full[0]])} need more seats than provider {full[0]} has")


def _named(locks: Ints) -> str:
    return ", ".join(map(str, locks.tolist()))


def _whole(name: str, values: object) -> NDArray[np.float64]:
    found = np.asarray(values)
    if found.size and found.dtype.kind not in "iub" and not np.all(np.equal(np.mod(found, 1), 0)):
        raise ValueError(f"{name} holds {found.ravel()[0]}; whole numbers are expected")
    return found
