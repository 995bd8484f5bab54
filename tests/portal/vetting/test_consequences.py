"""What a suspension and a closing do to the families who are with a provider, or about to be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal import clock
from portal.errors import ConflictError
from portal.extensions import db
from portal.models import Child, Family, FollowUp, Placement, Proposal, ProposalChild, Provider
from portal.services import seats, vetting
from portal.workflow import Said


@pytest.fixture
def proposal(work: Any, approved: Provider) -> Proposal:
    """A family's child for whom a seat of the provider is held."""
    family = Family(number=1, caseworker_id=work.people["caseworker"], status="waiting")
    child = Child(family_id=family.id, given_names="Yuri", birth_date=clock.today() - timedelta(days=500))
    db.session.add_all([family, child])
    db.session.flush()
    row = Proposal(
        family_id=family.id, provider_id=approved.id, proposer_id=work.people["caseworker"], starts_on=clock.today(),
    )
    row.children = [ProposalChild(proposal_id=row.id, child_id=child.id, band="12_23m")]
    db.session.add(row)
    db.session.flush()
    seats.hold(row, clock.now() + timedelta(hours=48))
    db.session.commit()
    return row


@pytest.fixture
def placement(work: Any, proposal: Proposal) -> Placement:
    """The child is with the provider."""
    seats.take(proposal)
    row = Placement(
        family_id=proposal.family_id, provider_id=proposal.provider_id, child_id=proposal.children[0].child_id,
        proposal_id=proposal.id, band="12_23m", status="active", starts_on=clock.today() - timedelta(days=20),
    )
    proposal.status = "accepted"
    db.session.add(row)
    db.session.commit()
    return row


def test_a_suspension_withdraws_what_was_proposed(work: Any, approved: Provider, proposal: Proposal) -> None:
    vetting.move(work.actor("supervisor"), approved, "suspend", Said("complaint"))
    db.session.commit()
    assert proposal.status == "withdrawn"
    assert [seat.held for seat in approved.seats] == [0]


def test_a_lapse_withdraws_what_was_proposed(approved: Provider, proposal: Proposal) -> None:
    with clock.at(clock.now() + timedelta(days=91)):
        assert vetting.lapse_due() == 1
        db.session.commit()
    assert (approved.status, proposal.status) == ("suspended", "withdrawn")


def test_a_suspension_has_each_child_there_asked_about(work: Any, approved: Provider, placement: Placement) -> None:
    vetting.move(work.actor("supervisor"), approved, "suspend", Said("complaint"))
    asked = db.session.query(FollowUp).filter_by(placement_id=placement.id).one()
    assert (asked.due_on, asked.after_days) == (clock.today(), 20)
    assert placement.status == "active"  # a child is not moved by a click elsewhere


def test_nobody_is_closed_while_a_child_is_there(work: Any, approved: Provider, placement: Placement) -> None:
    with pytest.raises(ConflictError) as refused:
        vetting.move(work.actor("ngo_admin"), approved, "close", Said("own_wish"))
    assert [one.code for one in refused.value.refusals] == ["placement_open"]


def test_nobody_is_closed_while_a_proposal_is_open(work: Any, approved: Provider, proposal: Proposal) -> None:
    with pytest.raises(ConflictError) as refused:
        vetting.move(work.actor("ngo_admin"), approved, "close", Said("own_wish"))
    assert [one.code for one in refused.value.refusals] == ["proposal_open"]


def test_the_page_shows_who_uses_the_seats(placement: Placement, person: Any) -> None:
    page = person("caseworker").get(f"/providers/{placement.provider_id}").text
    assert "Yuri" in page
    assert "F-0001" in page


def test_a_confidential_case_is_not_named_to_whoever_is_not_on_it(placement: Placement, person: Any) -> None:
    db.session.get_one(Family, placement.family_id).confidential = True
    db.session.commit()
    url = f"/providers/{placement.provider_id}"
    assert "Yuri" not in person("ngo_admin").get(url).text
    assert "Caso reservado" in person("ngo_admin").get(url).text
    assert "Yuri" in person("supervisor").get(url).text
