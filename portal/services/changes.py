"""What changed in need and offer since a proposal was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.models import Proposal
from portal.models.child import BANDS
from portal.services import matching


@dataclass(frozen=True)
class Change:
    """A field of the need (of a child, or of the whole family) or of the offer, before and now."""

    side: str  # need | offer
    child: str
    field: str
    before: Any
    after: Any


def since(proposal: Proposal) -> list[Change]:
    """Every field that is not as it was when the proposal was made; empty without a snapshot.

    The seats that the proposal itself holds count as free, as they did before it held them.
    """
    before = _flat(proposal.snapshot)
    now = _flat(_with_own_seats(matching.snapshot(proposal.family, proposal.provider), proposal))
    if not before:
        return []
    return [
        Change(*place, before.get(place), now.get(place))
        for place in sorted({*before, *now})
        if before.get(place) != now.get(place)
    ]


def _flat(snapshot: Mapping[str, Any]) -> dict[tuple[str, str, str], Any]:
    """(side, child or "", field) → value."""
    found: dict[tuple[str, str, str], Any] = {}
    for side in ("need", "offer"):
        for field, value in (snapshot.get(side) or {}).items():
            if field == "children":
                found |= {(side, child, name): one for child, needs in value.items() for name, one in needs.items()}
            else:
                found[side, "", field] = value
    return found


def _with_own_seats(snapshot: dict[str, Any], proposal: Proposal) -> dict[str, Any]:
    free = list(snapshot["offer"]["seats"])
    for child in proposal.children:
        free[BANDS.index(child.band)] += 1
    return {**snapshot, "offer": {**snapshot["offer"], "seats": free}}
