"""Parts and their plans as bytes, for a worker on another machine: arrays alone, nothing that could run.

A parcel holds the parts of one task, their arrays end to end: where each begins follows from its sizes.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.assign import flow, program
from ml.assign.part import Done, Floats, Ints, Part

Solver = Callable[[Sequence[Part], float, bool], list[Done]]
SOLVERS: dict[str, Solver] = {"flow": flow.solve_all, "program": program.solve_all}
NAMES = {solver: name for name, solver in SOLVERS.items()}
Arrays = Mapping[str, NDArray[np.generic]]


def packed(solver: Solver, parts: Sequence[Part], seconds: float, prices: bool) -> bytes:
    """A parcel for `solved`: some parts with one number of bands, who solves them, and the time for all together."""
    return _written({
        "solver": np.array(NAMES[solver]), "seconds": np.array(seconds), "prices": np.array(prices),
        "coverage": np.array([part.coverage for part in parts]),
        "sizes": np.array([(len(part), *part.demand.shape, len(part.seats)) for part in parts], dtype=np.int64),
        **{name: np.concatenate([getattr(part, name).reshape(-1) for part in parts])
           for name in ("family", "provider", "score", "demand", "seats", "level")},
    })


def solved(parcel: bytes) -> bytes:
    """What a worker does: the plans of a parcel's parts, for `unpacked`."""
    arrays = _read(parcel)
    parts = _parts(arrays)
    done = SOLVERS[str(arrays["solver"])](parts, float(arrays["seconds"].item()), bool(arrays["prices"].item()))
    priced = [one.prices for one in done if one.prices is not None]
    return _written({
        "pair": np.concatenate([one.pair for one in done]),
        "counted": np.array([one.bound[:2] for one in done], dtype=np.int64),
        "score": np.array([one.bound[2] for one in done], dtype=np.float64),
        "priced": np.array([one.prices is not None for one in done]),
        "prices": np.concatenate([np.zeros(0), *(one.reshape(-1) for one in priced)]),
    })


def seconds(parcel: bytes) -> float:
    """The time limit of a parcel."""
    with np.load(io.BytesIO(parcel), allow_pickle=False) as arrays:
        return float(arrays["seconds"].item())


def stretch(parcel: bytes) -> int:
    """Pairs that the solver takes in one go, in which its process does nothing else; 0 of one that lets others in."""
    with np.load(io.BytesIO(parcel), allow_pickle=False) as arrays:
        return int(arrays["sizes"][:, 0].max(initial=0)) if str(arrays["solver"]) == NAMES[flow.solve_all] else 0


def unpacked(answer: bytes, parts: Sequence[Part]) -> list[Done]:
    """The plans of the parts that were packed, in their order."""
    arrays = _read(answer)
    pair, prices = _Cut(arrays["pair"]), _Cut(arrays["prices"])
    columns = (parts, arrays["counted"].tolist(), arrays["score"].tolist(), arrays["priced"].tolist())
    return [
        Done(
            pair.ints(len(part.demand)), (int(children), int(level), float(score)),
            prices.floats(part.seats.size).reshape(part.seats.shape) if priced else None,
        )
        for part, (children, level), score, priced in zip(*columns, strict=True)
    ]


def _parts(arrays: Arrays) -> list[Part]:
    cut = {name: _Cut(arrays[name]) for name in ("family", "provider", "score", "demand", "seats", "level")}
    return [
        Part(
            pairs=np.arange(pairs), providers=np.arange(providers), family=cut["family"].ints(pairs),
            provider=cut["provider"].ints(pairs), score=cut["score"].floats(pairs),
            demand=cut["demand"].ints(families * bands).reshape(families, bands),
            seats=cut["seats"].ints(providers * bands).reshape(providers, bands), level=cut["level"].ints(families),
            coverage=coverage,
        )
        for (pairs, families, bands, providers), coverage
        in zip(arrays["sizes"].tolist(), arrays["coverage"].tolist(), strict=True)
    ]


class _Cut:
    """An array that is cut off from its beginning, piece after piece."""

    def __init__(self, whole: NDArray[np.generic]) -> None:
        self.whole, self.place = whole, 0

    def ints(self, size: int) -> Ints:
        return self._piece(size).astype(np.int64)

    def floats(self, size: int) -> Floats:
        return self._piece(size).astype(np.float64)

    def _piece(self, size: int) -> NDArray[np.generic]:
        self.place += size
        return self.whole[self.place - size : self.place]


def _written(arrays: Arrays) -> bytes:
    file = io.BytesIO()
    small: dict[str, Any] = {name: _small(array) for name, array in arrays.items()}
    np.savez_compressed(file, allow_pickle=False, **small)
    return file.getvalue()


def _small(array: NDArray[np.generic]) -> NDArray[np.generic]:
    """Whole numbers in half the room, where they fit."""
    if array.dtype != np.int64 or (array.size and np.abs(array).max() >= 2**31):
        return array
    return array.astype(np.int32)


def _read(data: bytes) -> dict[str, NDArray[np.generic]]:
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return dict(arrays)
