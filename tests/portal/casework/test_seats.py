"""Seats: counts that always equal the rows, and never more than there are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import select

from portal import clock, tenancy
from portal.errors import ConflictError
from portal.extensions import db
from portal.models import Provider, SeatBand, SeatHold, Suggestion
from portal.services import placements, proposals, seats
from portal.services.placements import Ending
from tests.portal.worlds import World

RACERS = 24


def test_of_24_racers_for_the_last_seat_one_wins(app, made, semilla):
    provider = made(lambda world: world.provider(capacity=1))
    with app.app_context(), tenancy.acting_for(semilla.id):
        world, row = World(semilla), db.session.get_one(Provider, UUID(provider))
        wanted = [world.suggestion(world.family(), row).id for _ in range(RACERS)]
    start = Barrier(RACERS)

    def race(suggestion_id) -> bool:
        with app.app_context(), tenancy.acting_for(semilla.id):
            start.wait()
            suggestion = db.session.get_one(Suggestion, suggestion_id)
            try:
                proposals.propose(semilla.actor("caseworker"), suggestion, clock.today())
                db.session.commit()
            except ConflictError:
                db.session.rollback()
                return False
            return True

    with ThreadPoolExecutor(RACERS) as pool:
        won = list(pool.map(race, wanted))
    assert won.count(True) == 1
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert World(semilla).seats(UUID(provider)) == (1, 0)
        assert db.session.query(SeatHold).count() == 1


def test_releasing_twice_changes_nothing(world):
    proposal = world.proposal()
    seats.release(proposal)
    seats.release(proposal)
    assert world.seats(proposal.provider_id) == (0, 0)


def test_a_taken_seat_is_not_released_as_a_held_one(world):
    placement = world.planned()
    assert world.seats(placement.provider_id) == (0, 1)
    held = db.session.scalars(select(SeatHold).where(SeatHold.provider_id == placement.provider_id)).one()
    assert held.state == "taken"


def test_freeing_twice_changes_nothing(world):
    placement = world.planned()
    seats.free(placement)
    seats.free(placement)
    assert world.seats(placement.provider_id) == (0, 0)


def test_capacity_does_not_fall_below_what_is_in_use(world):
    placement = world.planned()
    with pytest.raises(ConflictError) as refused:
        seats.set_capacity(placement.provider_id, "24_35m", 0)
    assert refused.value.refusals[0].code == "seats_in_use"
    seats.set_capacity(placement.provider_id, "24_35m", 1)
    assert world.seats(placement.provider_id) == (0, 1)


def test_the_table_itself_refuses_to_be_overbooked(world):
    provider = world.provider(capacity=1)
    band = db.session.scalars(select(SeatBand).where(SeatBand.provider_id == provider.id)).one()
    band.held = 2
    with pytest.raises(Exception, match="never_overbooked"):
        db.session.flush()


def test_a_seat_is_free_on_the_last_day_and_not_before(world):
    placement = world.active()
    last = clock.today() + timedelta(days=5)
    placements.end(world.worker, placement, Ending(last, "school"))
    assert placements.end_due() == 0
    assert world.seats(placement.provider_id) == (0, 1)
    with clock.at(clock.now() + timedelta(days=5)):
        assert placements.end_due() == 1
        assert placements.end_due() == 0
    assert world.seats(placement.provider_id) == (0, 0)
