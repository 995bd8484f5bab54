"""A plan's parts, solved for whoever plans on another machine."""

from __future__ import annotations

from collections.abc import Sequence

from ml.assign import wire


def solve(parcel: bytes) -> bytes:
    """The plans of a parcel's parts (`ml.assign.wire`): numbers alone, of nobody in particular."""
    return wire.solved(parcel)


def seconds(parcels: Sequence[bytes]) -> float:
    """Within how much time one worker solves them all."""
    return sum(map(wire.seconds, parcels))
