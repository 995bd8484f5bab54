"""A plan's parts, solved for whoever plans on another machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ml.assign import alone, wire


def solve(parcel: bytes, look: Callable[[], object] = lambda: None) -> bytes:
    """The plans of a parcel's parts (`ml.assign.wire`): numbers alone, of nobody in particular.

    The process goes on meanwhile, so that whoever works shows that it does. `look` is called where it takes long, and
    ends that by raising.
    """
    return alone.solved(parcel, look)


def seconds(parcels: Sequence[bytes]) -> float:
    """Within how much time one worker solves them all."""
    return sum(map(wire.seconds, parcels))
