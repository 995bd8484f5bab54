"""What else was found out with a plan, kept and forgotten with it; and the order of a list that spares seats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete

from portal.extensions import db
from portal.models import Child, Plan, PlanAddition, PlanDemand, PlanHold, Suggestion
from portal.models.child import BANDS, band_on
from portal.queries import frames

if TYPE_CHECKING:
    from portal.services.matching.plan_more import More

TABLES = (PlanAddition, PlanHold, PlanDemand)


def keep(plan: Plan, more: More) -> None:
    """Write down what was found out with a plan."""
    plan.looked, plan.held, plan.priced = more.looked, more.held, more.priced
    db.session.add_all([
        PlanAddition(
            plan_id=plan.id, provider_id=one.provider, place=place, kind=one.what.kind,
            **{"schedule" if one.what.kind == "hours" else "code": one.what.what},
            amount=one.what.amount, families=one.families, placed=one.placed,
        )
        for place, one in enumerate(more.added)
    ])
    db.session.add_all([
        PlanHold(plan_id=plan.id, proposal_id=proposal, placed=placed) for proposal, placed in more.costs.items()
    ])
    db.session.add_all([
        PlanDemand(plan_id=plan.id, provider_id=one.provider, firsts=one.firsts, prices=one.prices)
        for one in more.demand
    ])


def forget(plans: Sequence[UUID]) -> None:
    """Take away what was found out with some plans."""
    for table in TABLES:
        db.session.execute(delete(table).where(table.plan_id.in_(plans)))


def sparing(
    rows: Sequence[Suggestion], demand: Mapping[UUID, PlanDemand], children: Sequence[Child]
) -> list[Suggestion]:
    """The suggestions by score minus the price of the seats they would use; what was decided about stays where it is.

    Among those of one status the list keeps its order where two are worth the same.
    """
    by_id = {str(one.id): one for one in children}
    place = {status: number for number, status in enumerate(dict.fromkeys(one.status for one in rows))}

    def worth(row: Suggestion) -> float:
        priced = demand.get(row.provider_id)
        if priced is None:
            return row.score
        return row.score - sum(_price(priced, by_id[one]) for one in row.children if one in by_id)

    return sorted(rows, key=lambda one: (place[one.status], -round(worth(one), 9)))


def _price(priced: PlanDemand, child: Child) -> float:
    band = band_on(child.birth_date, frames.start_of(child))
    return priced.prices[BANDS.index(band)] if band in BANDS and priced.prices else 0.0
