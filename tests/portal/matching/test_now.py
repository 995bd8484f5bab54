"""The rules asked again at this moment, and need and offer as they were."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from portal import clock
from portal.extensions import db
from portal.models import TenantSettings
from portal.services import changes, matching
from tests.portal.matching.conftest import Scene


def rules(scene: Scene, **values: object) -> list[str]:
    """The rules that stand between a family and a provider with these values."""
    family, provider = scene.case(), scene.home(**values)
    found = matching.refusals(family, family.children, provider, clock.today() + timedelta(days=1))
    assert all(one.code == "rule" for one in found)
    return sorted(str(dict(one.values)["rule"]) for one in found)


@pytest.mark.parametrize(("values", "found"), [
    ({}, []),
    ({"monthly_fee_pen": 300}, ["fee"]),
    ({"monthly_fee_pen": None}, ["fee"]),
    ({"schedule": "mon-thu 06:00-19:00"}, ["hours"]),
    ({"schedule": ""}, ["hours"]),
    ({"status": "suspended"}, ["vetting"]),
    ({"latitude": -12.2}, ["distance"]),
    ({"capacity": 0}, ["seats"]),
    ({"capacity": 0, "monthly_fee_pen": 300, "status": "suspended"}, ["fee", "seats", "vetting"]),
])
def test_every_rule_that_stands_in_the_way_is_named(scene: Scene, values: dict[str, object], found: list[str]) -> None:
    assert rules(scene, **values) == found


def test_the_ngo_decides_about_vetting_and_the_subsidy(scene: Scene) -> None:
    assert rules(scene, status="conditional") == ["vetting"]
    assert rules(scene, monthly_fee_pen=250, accepts_subsidy=True) == ["fee"]
    db.session.add(TenantSettings(values={"conditional_may_match": True, "subsidy_pen": 60}))
    db.session.commit()
    assert rules(scene, status="conditional") == []
    assert rules(scene, monthly_fee_pen=250, accepts_subsidy=True) == []
    assert rules(scene, monthly_fee_pen=250, accepts_subsidy=False) == ["fee"]


def test_vetting_must_hold_on_the_day_care_begins(scene: Scene) -> None:
    family, provider = scene.case(), scene.home(valid_until=clock.today() + timedelta(days=10))
    for days, count in ((10, 0), (11, 1)):
        start = clock.today() + timedelta(days=days)
        assert len(matching.refusals(family, family.children, provider, start)) == count


def test_a_rule_is_named_once_for_all_siblings(scene: Scene) -> None:
    family, provider = scene.case(children=3), scene.home(monthly_fee_pen=900, capacity=5)
    found = matching.refusals(family, family.children, provider, clock.today())
    assert [dict(one.values)["rule"] for one in found] == ["fee"]


def test_the_seats_a_proposal_holds_are_free_for_itself_alone(scene: Scene) -> None:
    proposal = scene.proposal(provider=scene.provider(capacity=1))
    asked = (proposal.family, proposal.family.children, proposal.provider, proposal.starts_on)
    assert [dict(one.values)["rule"] for one in matching.refusals(*asked)] == ["seats"]
    assert matching.refusals(*asked, holding=proposal) == []
    other = scene.proposal(provider=scene.provider())
    assert len(matching.refusals(*asked, holding=other)) == 1


def test_a_snapshot_is_plain_and_names_everything_that_is_compared(scene: Scene) -> None:
    family, provider = scene.case(children=2), scene.home()
    kept = matching.snapshot(family, provider)
    assert json.loads(json.dumps(kept)) == kept
    assert set(kept["need"]) == {"max_km", "max_fee", "languages", "siblings", "children"}
    assert set(kept["need"]["children"]) == {"Luz 0", "Luz 1"}
    assert set(kept["offer"]) == {"status", "valid_until", "fee", "schedule", "needs", "seats", "languages"}


def test_nothing_changed_is_no_change(scene: Scene) -> None:
    assert changes.since(scene.proposal()) == []


def test_a_change_of_need_or_offer_is_told_before_and_after(scene: Scene) -> None:
    proposal = scene.proposal()
    proposal.provider.monthly_fee_pen = 150
    proposal.family.children[0].schedule = "mon-fri 07:00-18:00"
    db.session.commit()
    found = {(one.side, one.child, one.field): (one.before, one.after) for one in changes.since(proposal)}
    assert found == {
        ("offer", "", "fee"): (120.0, 150.0),
        ("need", "Luz 0", "schedule"): ("mon-fri 07:00-17:00", "mon-fri 07:00-18:00"),
    }


def test_a_seat_somebody_else_took_is_a_change(scene: Scene) -> None:
    provider = scene.provider(capacity=3)
    proposal = scene.proposal(provider=provider)
    scene.proposal(provider=provider)
    db.session.expire_all()
    (change,) = changes.since(proposal)
    assert (change.field, sum(change.before), sum(change.after)) == ("seats", 3, 2)


def test_a_proposal_without_a_snapshot_knows_of_no_change(scene: Scene) -> None:
    proposal = scene.proposal()
    proposal.snapshot = {}
    assert changes.since(proposal) == []
