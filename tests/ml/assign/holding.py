"""The process of a parcel, with a solver of flows that holds up all of its process for a while before it begins."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence

from ml.assign import alone, flow, wire
from ml.assign.part import Done, Part

SECONDS = "HOLD_UP"  # in the environment; where it is missing, the process breaks


def hold_up() -> None:
    """Have flows do as the large ones do: nothing else of this process runs."""
    wire.SOLVERS["flow"] = solve_all


def solve_all(parts: Sequence[Part], seconds: float, prices: bool = False) -> list[Done]:
    ctypes.PyDLL(None).sleep(int(os.environ[SECONDS]))  # which, unlike a CDLL, keeps the interpreter's lock
    return flow.solve_all(parts, seconds, prices)


if __name__ == "__main__":
    hold_up()
    alone.main()
