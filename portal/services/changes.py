"""What changed in need and offer since a provider was suggested, whose reasons people read as they decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True)
class Basis:
    """From when on changes are told: the suggestion, or the proposal where no facts were kept with the suggestion."""

    at: datetime
    suggested: bool
    snapshot: Mapping[str, Any]


def basis(proposal: Proposal) -> Basis:
    """What need and offer now are compared with."""
    suggestion = proposal.suggestion
    if suggestion is not None and suggestion.offer and suggestion.run.need:
        return Basis(suggestion.run.made_at, True, {"need": suggestion.run.need, "offer": suggestion.offer})
    return Basis(proposal.made_at, False, proposal.snapshot)


def since(proposal: Proposal) -> list[Change]:
    """Every field that is not as it was then (`basis`); empty where nothing was kept.

    The seats that the proposal itself holds count as free, as they did before it held them.
    """
    before = _flat(basis(proposal).snapshot)
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
