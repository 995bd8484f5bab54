"""The hard rules asked again at this moment: before a proposal, before a decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from ml import evidence
from ml.frames import Rules
from portal.errors import Refusal
from portal.models import Child, Family, Proposal, Provider
from portal.queries import frames
from portal.services.matching import convert


def refusals(
    family: Family, children: Sequence[Child], provider: Provider, starts_on: date, holding: Proposal | None = None,
    rules: Rules | None = None,
) -> list[Refusal]:
    """Every rule that stands between these children and this provider; empty when care may begin on that day.

    `holding`: a proposal whose own held seats count as free for itself. `rules`: the NGO's, where many are asked.
    """
    needs = convert.children([frames.child(family, one, starts_on) for one in children])
    offers = convert.providers([frames.provider(provider, holding)])
    found: dict[str, Refusal] = {}
    for failure in evidence.refusals(needs, offers, rules or convert.rules()):
        values = (("rule", failure.rule), ("needed", failure.needed), ("offered", failure.offered))
        found.setdefault(failure.rule, Refusal("rule", values))
    return list(found.values())


def snapshot(family: Family, provider: Provider) -> dict[str, Any]:
    """Need and offer as they are now, as plain values: kept with a proposal and compared at the decision."""
    need = {
        one.given_names: _plain(frames.child(family, one), ("birth", "schedule", "needs")) for one in family.children
    }
    first = family.children[:1]
    shared = _plain(frames.child(family, first[0]), ("max_km", "max_fee", "languages")) if first else {}
    offer = _plain(
        frames.provider(provider), ("status", "valid_until", "fee", "schedule", "needs", "seats", "languages")
    )
    return {"need": {**shared, "siblings": family.siblings, "children": need}, "offer": offer}


def _plain(columns: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, date):
            return value.isoformat()
        return list(value) if isinstance(value, tuple) else value

    return {name: plain(columns[name]) for name in names}
