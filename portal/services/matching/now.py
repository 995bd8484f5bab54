"""The hard rules asked again at this moment: before a proposal, before a decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from ml import evidence
from ml.frames import Children, Providers, Rules
from portal.errors import Refusal
from portal.models import Child, Family, Placement, Proposal, Provider
from portal.queries import frames
from portal.services.matching import convert


def refusals(
    family: Family, children: Sequence[Child], provider: Provider, starts_on: date,
    holding: Proposal | Placement | None = None,
) -> list[Refusal]:
    """Every rule that stands between these children and this provider; empty when care may begin on that day.

    `holding`: a proposal or a placement whose own seats count as free for itself.
    """
    offers = convert.providers([frames.provider(provider, holding)])
    needs = _needs(family, children, starts_on)
    return _refusals(needs, offers, convert.rules(), frames.from_centre(family, provider))


def refusals_under(
    rules: Rules, family: Family, children: Sequence[Child], provider: Provider, starts_on: date
) -> list[Refusal]:
    """The same, where the NGO's rules (`convert.rules`) were read once for many."""
    needs, offers = _needs(family, children, starts_on), convert.providers([frames.provider(provider)])
    return _refusals(needs, offers, rules, frames.from_centre(family, provider))


def _needs(family: Family, children: Sequence[Child], starts_on: date) -> Children:
    return convert.children([frames.child(family, one, starts_on) for one in children])


def _refusals(needs: Children, offers: Providers, rules: Rules, from_centre: bool) -> list[Refusal]:
    found: dict[str, Refusal] = {}
    for failure in evidence.refusals(needs, offers, rules):
        values = (("rule", failure.rule), ("needed", failure.needed), ("offered", failure.offered),
                  ("from_centre", from_centre))  # how exactly a distance may be said
        found.setdefault(failure.rule, Refusal("rule", values))
    return list(found.values())


def snapshot(family: Family, provider: Provider) -> dict[str, Any]:
    """Need and offer as they are now, as plain values: kept with a proposal and compared at the decision."""
    return {"need": need_of(family), "offer": offer_of(provider)}


def need_of(family: Family) -> dict[str, Any]:
    """What a family needs now, by child where children differ: kept once with a run."""
    children = {
        one.given_names: _plain(frames.child(family, one), ("birth", "schedule", "needs")) for one in family.children
    }
    first = family.children[:1]
    shared = _plain(frames.child(family, first[0]), ("max_km", "max_fee", "languages")) if first else {}
    return {**shared, "siblings": family.siblings, "children": children}


def offer_of(provider: Provider) -> dict[str, Any]:
    """What a provider offers now: kept with each suggestion."""
    return _plain(
        frames.provider(provider), ("status", "valid_until", "fee", "schedule", "needs", "seats", "languages")
    )


def _plain(columns: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, date):
            return value.isoformat()
        return list(value) if isinstance(value, tuple) else value

    return {name: plain(columns[name]) for name in names}
