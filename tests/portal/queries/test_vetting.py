"""The checklist in its order, and whom time has caught up with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal import clock
from portal.extensions import db
from portal.models import ChecklistItem, Provider, VettingItem
from portal.queries import vetting
from portal.services import placements, proposals
from tests.portal.worlds import World


def line(code: str, **values: Any) -> ChecklistItem:
    item = ChecklistItem(**{"code": code, "title": code.title(), "kind": "document", "position": 0, **values})
    db.session.add(item)
    db.session.commit()
    return item


def verified(provider: Provider, item: ChecklistItem, days: int | None, **values: Any) -> VettingItem:
    ends = None if days is None else clock.today() + timedelta(days=days)
    row = VettingItem(**{
        "provider_id": provider.id, "checklist_item_id": item.id, "state": "verified", "verified_at": clock.now(),
        "expires_on": ends, **values,
    })
    provider.items.append(row)
    db.session.commit()
    return row


def test_the_checklist_is_in_the_order_of_the_ngo(world: World) -> None:
    last, second, first = line("visit", position=2), line("b", position=1), line("a", position=1)
    line("old", active=False)
    assert vetting.checklist() == [first, second, last]


@pytest.mark.parametrize(("days", "due"), [(-1, True), (0, False), (1, False)])
def test_a_checklist_runs_out_after_its_last_day(world: World, days: int, due: bool) -> None:
    provider = world.provider(valid_until=clock.today() + timedelta(days=days))
    assert vetting.run_out(("approved",), clock.today()) == ([provider] if due else [])
    assert vetting.run_out(("suspended",), clock.today()) == []


def test_what_never_ends_never_runs_out(world: World) -> None:
    world.provider(valid_until=None)
    assert vetting.run_out(("approved",), clock.today()) == []


@pytest.mark.parametrize(("days", "over"), [(-1, True), (0, False), (None, False)])
def test_a_leave_is_over_on_the_day_after(world: World, days: int | None, over: bool) -> None:
    until = None if days is None else clock.today() + timedelta(days=days)
    provider = world.provider(status="on_leave", leave_until=until)
    world.provider(status="suspended", leave_until=clock.today() - timedelta(days=1))
    assert vetting.leave_over(clock.today()) == ([provider] if over else [])


@pytest.mark.parametrize(("days", "values", "there"), [
    (0, {}, True), (60, {}, True), (61, {}, False), (-1, {}, False), (None, {}, False),
    (5, {"verified_at": None}, False),
])
def test_what_expires_soon(world: World, days: int | None, values: dict[str, Any], there: bool) -> None:
    row = verified(world.provider(), line("cul"), days, **values)
    assert vetting.expiring(clock.today(), 60, ("approved",)) == ([row] if there else [])
    assert vetting.expiring(clock.today(), 60, ("suspended",)) == []


def test_the_nearest_expiry_comes_first_and_lines_out_of_use_expire_in_silence(world: World) -> None:
    provider, old = world.provider(), line("old")
    rows = [verified(provider, line(code), days) for code, days in (("a", 30), ("b", 10))]
    verified(provider, old, 5)
    old.active = False
    db.session.commit()
    assert vetting.expiring(clock.today(), 60, ("approved",)) == rows[::-1]


def test_providers_by_state(world: World) -> None:
    one, other = world.provider(), world.provider(status="suspended")
    assert vetting.with_items(("approved",)) == [one]
    assert {row.id for row in vetting.with_items(("approved", "suspended"))} == {one.id, other.id}


def test_what_is_open_with_a_provider(world: World) -> None:
    provider = world.provider(capacity=3)
    assert not vetting.has_open_proposal(provider.id)
    assert not vetting.has_open_placement(provider.id)
    proposal = world.proposal(provider=provider)
    assert (vetting.has_open_proposal(provider.id), vetting.has_open_placement(provider.id)) == (True, False)
    proposals.withdraw(world.worker, proposal, "mistake")
    placement = world.planned(provider=provider)
    assert (vetting.has_open_proposal(provider.id), vetting.has_open_placement(provider.id)) == (False, True)
    placements.cancel(world.supervisor, placement, "other")
    assert not vetting.has_open_placement(provider.id)


def test_care_that_goes_on(world: World) -> None:
    provider = world.provider(capacity=3)
    world.planned(provider=provider)
    active, away = world.active(provider=provider), world.active(provider=provider)
    placements.interrupt(world.worker, away, "travel", None)
    db.session.commit()
    assert {one.id for one in vetting.running_placements(provider.id)} == {active.id, away.id}
