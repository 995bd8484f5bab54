"""The list of providers and what narrows it; who uses a provider's seats."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal import clock
from portal.extensions import db
from portal.models import ChecklistItem, Provider, VettingItem
from portal.places import fold
from portal.queries import providers
from portal.queries.providers import PAGE, SOON, Near, Wanted
from portal.services import placements, proposals
from portal.services.placements import Ending
from tests.portal.worlds import World


def home(world: World, name: str = "Hogar Amancay", **values: Any) -> Provider:
    return world.provider(name=name, search_name=fold(name), **values)


def listed(**wanted: str) -> list[Provider]:
    return providers.listed(Wanted(**wanted), 0, Near(clock.today()))[0]


@pytest.fixture
def paper(world: World) -> ChecklistItem:
    item = ChecklistItem(code="cul", title="Certificado Único Laboral", kind="document", validity_days=90)
    db.session.add(item)
    db.session.commit()
    return item


def give(provider: Provider, paper: ChecklistItem, state: str, days: int | None = 30) -> None:
    """Its paper, in a state, that ends in so many days."""
    ends = None if days is None else clock.today() + timedelta(days=days)
    provider.items.append(VettingItem(
        provider_id=provider.id, checklist_item_id=paper.id, state=state, expires_on=ends,
        verified_at=clock.now() if state in {"verified", "received"} and days is not None else None,
    ))
    db.session.commit()


@pytest.mark.parametrize("q", ["amancay", "HOGAR", "hogar aman", "mancay hog", ""])
def test_words_of_the_name_narrow(world: World, q: str) -> None:
    found = home(world)
    other = home(world, "Wawa Wasi Ñusta")
    assert listed(q=q) == ([found] if q else [found, other])
    assert listed(q="nusta") == [other]


@pytest.mark.parametrize("write", ["P-{:04d}", "p-{}", "{}", " P-{} "])
def test_a_code_is_one_provider(world: World, write: str) -> None:
    found = home(world)
    home(world)
    assert listed(q=write.format(found.number)) == [found]


@pytest.mark.parametrize("q", ["%", "_", "P-", "P-²", "P-99999999999", "nadie", "P-0"])
def test_what_nobody_is_called_finds_nobody(world: World, q: str) -> None:
    home(world)
    assert listed(q=q) == []


def test_state_and_kind_narrow(world: World) -> None:
    one, other = home(world), home(world, status="suspended", kind="centre")
    assert listed(status="suspended") == listed(kind="centre") == [other]
    assert listed(status="approved", kind="home") == [one]
    assert listed(status="approved", kind="centre") == []


def test_a_band_asks_for_a_free_seat(world: World) -> None:
    free, full = home(world, capacity=2), home(world, capacity=1)
    world.proposal(provider=full)
    assert listed(band="24_35m") == [free]
    assert listed(band="0_11m") == []


@pytest.mark.parametrize(("state", "days", "review", "expiring"), [
    ("received", None, True, False), ("verified", SOON, False, True), ("verified", SOON + 1, False, False),
    ("verified", -1, False, True), ("rejected", 5, False, False), ("received", 5, True, True),
])
def test_what_is_due_narrows(
    world: World, paper: ChecklistItem, state: str, days: int | None, review: bool, expiring: bool
) -> None:
    give(home(world), paper, state, days)
    assert (bool(listed(due="review")), bool(listed(due="expiring"))) == (review, expiring)


def test_the_ngos_first_warning_says_what_is_near(world: World, paper: ChecklistItem) -> None:
    give(home(world), paper, "verified", SOON + 30)
    for days, found in ((SOON + 29, 0), (SOON + 30, 1)):
        assert providers.listed(Wanted(due="expiring"), 0, Near(clock.today(), days))[1] == found


def test_who_can_be_decided_has_every_mandatory_paper(world: World, paper: ChecklistItem) -> None:
    ready, expired, elsewhere = (home(world, status=status) for status in ("in_vetting", "in_vetting", "approved"))
    for provider, days in ((ready, 0), (expired, -1), (elsewhere, 30)):
        give(provider, paper, "verified", days)
    assert listed(due="ready") == [ready]
    paper.mandatory = False
    db.session.commit()
    assert set(listed(due="ready")) == {ready, expired}


def test_the_list_is_by_name_and_each_page_goes_on(world: World) -> None:
    for number in range(PAGE + 3):
        home(world, f"Hogar {number % 4}")
    (first, count), (second, _) = (providers.listed(Wanted(), page, Near(clock.today())) for page in (0, 1))
    assert (len(first), len(second), count) == (PAGE, 3, PAGE + 3)
    together = [(one.search_name, one.number) for one in (*first, *second)]
    assert together == sorted(together)
    assert providers.names() == [(one.id, one.name) for one in (*first, *second)]


def test_a_seat_is_used_by_a_proposal_then_by_its_placement(world: World) -> None:
    provider = home(world)
    proposal = world.proposal(provider=provider)
    (seat,) = providers.seats_in_use(provider.id)
    assert (seat.kind, seat.row, seat.family, seat.band) == ("proposal", proposal, proposal.family, "24_35m")
    proposals.approve(world.supervisor, proposal)
    proposals.offer(world.worker, proposal)
    for side in ("family", "provider"):
        proposals.record_answer(world.worker, proposal, side, "accepted")
    db.session.commit()
    (seat,) = providers.seats_in_use(provider.id)
    assert (seat.kind, seat.row.proposal_id) == ("placement", proposal.id)


def test_a_seat_that_was_given_back_is_used_by_nobody(world: World) -> None:
    provider = home(world, capacity=3)
    proposals.reject(world.supervisor, world.proposal(provider=provider), "rule_doubt")
    placement = world.active(provider=provider)
    assert len(providers.seats_in_use(provider.id)) == 1
    placements.end(world.worker, placement, Ending(clock.today(), "school"))
    db.session.commit()
    assert providers.seats_in_use(provider.id) == []


def test_who_begins_first_stands_first(world: World) -> None:
    provider = home(world, capacity=4)
    later, sooner = world.proposal(provider=provider), world.proposal(provider=provider)
    later.starts_on += timedelta(days=9)
    db.session.commit()
    assert [seat.row for seat in providers.seats_in_use(provider.id)] == [sooner, later]
