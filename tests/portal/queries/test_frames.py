"""Rows as the columns the matcher reads."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock, places
from portal.extensions import db
from portal.models import Exclusion, SeatBand
from portal.queries import frames
from portal.services.matching import convert
from tests.portal.worlds import PLACE, World


def test_a_need_is_what_the_matcher_can_read(world: World) -> None:
    family = world.family(languages=["quy", "es"], language_required=True)
    family.children[0].special_needs = ["asthma"]
    columns = frames.child(family, family.children[0])
    assert (columns["max_km"], columns["max_fee"], columns["together"]) == (4.0, 200.0, True)
    assert (columns["needs"], columns["languages"], columns["language_required"]) == (("asthma",), ("quy", "es"), True)
    assert len(convert.children([columns])) == 1


def test_an_offer_is_what_the_matcher_can_read(world: World) -> None:
    provider = world.provider(accepts_subsidy=True)
    columns = frames.provider(provider)
    assert (columns["fee"], columns["accepts_subsidy"], columns["seats"]) == (120.0, True, (0, 0, 2, 0))
    assert len(convert.providers([columns])) == 1


def test_what_nobody_said_is_unknown(world: World) -> None:
    family = world.family(max_monthly_fee_pen=None, max_distance_km=None)
    provider = world.provider(monthly_fee_pen=None)
    need = frames.child(family, family.children[0])
    assert (need["max_fee"], need["max_km"], frames.provider(provider)["fee"]) == (None, None, None)
    assert len(convert.children([need])) == 1


@pytest.mark.parametrize(("wanted", "asked", "start"), [
    (None, None, 0), (-10, None, 0), (5, None, 5), (5, 9, 9), (None, 2, 2),
])
def test_care_begins_on_the_day_that_is_asked_about(
    world: World, wanted: int | None, asked: int | None, start: int
) -> None:
    def day(days: int | None) -> object:
        return None if days is None else clock.today() + timedelta(days=days)

    family = world.family()
    family.children[0].start_date = day(wanted)
    assert frames.child(family, family.children[0], day(asked))["start"] == day(start)


def test_a_place_is_its_own_or_the_centre_of_its_district(world: World) -> None:
    assert frames.point(world.family()) == (PLACE["latitude"], PLACE["longitude"])
    near = world.family(latitude=None, longitude=None)
    assert frames.point(near) == places.centres()["150132"]
    half = world.provider(latitude=-12.0, longitude=None)
    assert frames.point(half) == places.centres()["150132"]
    assert frames.point(world.family(latitude=None, longitude=None, ubigeo="")) == (None, None)


def test_seats_are_the_free_ones_in_the_order_of_the_bands(world: World) -> None:
    provider = world.provider(capacity=4)
    db.session.add(SeatBand(provider_id=provider.id, band="0_11m", capacity=3, held=1, taken=1))
    db.session.commit()
    db.session.refresh(provider)
    assert frames.provider(provider)["seats"] == (1, 0, 4, 0)


def test_a_proposal_counts_its_own_seats_as_free_and_only_there(world: World) -> None:
    provider, other = world.provider(capacity=2), world.provider(capacity=2)
    proposal = world.proposal(provider=provider, children=2)
    db.session.expire_all()
    assert frames.provider(provider)["seats"][2] == 0
    assert frames.provider(provider, proposal)["seats"][2] == 2
    assert frames.provider(other, proposal)["seats"][2] == 2


def test_exclusions_are_providers_and_districts(world: World) -> None:
    family, provider = world.family(), world.provider()
    family.exclusions = [
        Exclusion(family_id=family.id, provider_id=provider.id), Exclusion(family_id=family.id, ubigeo="150101"),
    ]
    db.session.commit()
    assert frames.child(family, family.children[0])["excluded"] == {str(provider.id), "150101"}


def test_who_has_care_is_not_looked_for(world: World) -> None:
    placement = world.active()
    assert frames.without_care(placement.family) == []
    family = world.family(children=2)
    assert frames.without_care(family) == family.children


def test_everybody_a_family_may_ask_about_is_there(world: World) -> None:
    statuses = ("invited", "applied", "in_vetting", "conditional", "approved", "recertification_due", "suspended",
                "rejected", "on_leave", "closed")
    for status in statuses:
        world.provider(status=status)
    found = frames.providers()
    assert [one.status for one in found] == [one for one in statuses if one not in frames.OUT_OF_SIGHT]
    assert [one.number for one in found] == sorted(one.number for one in found)


def test_hours_that_cannot_be_read_count_as_not_given(world: World) -> None:
    assert convert.week("siempre") == convert.week("")
    assert convert.week("mon 07:00-08:00") != convert.week("")
