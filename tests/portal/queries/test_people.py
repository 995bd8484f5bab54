"""Who a person is: by membership, by a support access while it lasts, by standing in for a while."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock, tenancy
from portal.extensions import db
from portal.models import Delegation, Membership, SupportAccess, User
from portal.queries import people
from tests.ground import OPERATOR, Ngo
from tests.portal.worlds import World


def account(user: UUID) -> User:
    return db.session.get_one(User, user)


@pytest.fixture
def operator(world: World) -> User:
    return db.session.scalars(select(User).where(User.email == OPERATOR)).one()


def delegate(world: World, first: int, last: int) -> None:
    """The caseworker stands in for the supervisor, from one day to another counted from today."""
    today = clock.today()
    db.session.add(Delegation(
        supervisor_id=world.supervisor.id, stand_in_id=world.worker.id, first_day=today + timedelta(days=first),
        last_day=today + timedelta(days=last),
    ))
    db.session.commit()


def test_a_member_is_what_the_membership_says(world: World) -> None:
    actor = people.actor(account(world.worker.id), world.ngo.id)
    assert actor is not None
    assert (actor.id, actor.roles, actor.tenant) == (world.worker.id, {"caseworker"}, world.ngo.id)
    assert (actor.name, actor.may_stand_in) == ("Caseworker", False)


def test_a_member_without_access_is_nobody(world: World) -> None:
    people.member(world.worker.id).active = False
    db.session.commit()
    assert people.actor(account(world.worker.id), world.ngo.id) is None


def test_a_person_of_the_other_ngo_is_nobody_here(world: World, wasi: Ngo) -> None:
    stranger = account(wasi.people["supervisor"])
    assert people.actor(stranger, world.ngo.id) is None
    assert people.member(stranger.id) is None


def stands_in(world: World, user: UUID) -> bool:
    return people.actor(account(user), world.ngo.id).may_stand_in


@pytest.mark.parametrize(("first", "last", "stands"), [
    (0, 0, True), (-3, 3, True), (-3, 0, True), (0, 5, True), (1, 5, False), (-5, -1, False),
])
def test_a_stand_in_decides_from_the_first_to_the_last_day(world: World, first: int, last: int, stands: bool) -> None:
    delegate(world, first, last)
    assert stands_in(world, world.worker.id) is stands
    assert not stands_in(world, world.supervisor.id)


def test_a_day_begins_in_lima(world: World) -> None:
    """At ten at night in Peru it is the next day in UTC already."""
    delegate(world, 0, 0)
    late = clock.now().astimezone(clock.LIMA).replace(hour=22, minute=0)
    with clock.at(late):
        assert stands_in(world, world.worker.id)
    with clock.at(late + timedelta(hours=3)):
        assert not stands_in(world, world.worker.id)


def test_an_operator_is_one_only_inside_an_access(world: World, operator: User) -> None:
    assert people.actor(operator, world.ngo.id) is None
    access = SupportAccess(operator_id=operator.id, reason="Un pedido", until=clock.now() + timedelta(minutes=30))
    db.session.add(access)
    db.session.commit()
    actor = people.actor(operator, world.ngo.id)
    assert actor is not None
    assert (actor.roles, actor.tenant) == ({"operator"}, world.ngo.id)
    with clock.at(clock.now() + timedelta(minutes=31)):
        assert people.actor(operator, world.ngo.id) is None
    access.ended_at = clock.now()
    db.session.commit()
    assert people.support_access(operator.id) is None


def test_an_access_of_somebody_who_is_no_operator_counts_nothing(world: World, wasi: Ngo) -> None:
    stranger = account(wasi.people["ngo_admin"])
    db.session.add(SupportAccess(operator_id=stranger.id, reason="x", until=clock.now() + timedelta(hours=1)))
    db.session.commit()
    assert people.actor(stranger, world.ngo.id) is None


def test_the_ngos_of_a_person_are_known_before_any_is_at_work(app: Flask, semilla: Ngo, wasi: Ngo) -> None:
    person = semilla.people["caseworker"]
    with app.app_context():
        with tenancy.acting_for(wasi.id):
            db.session.add(Membership(user_id=person, roles=["supervisor"]))
            db.session.commit()
        with tenancy.platform_scope("login"):
            assert [one.slug for one in people.tenants_of(person)] == ["semilla", "wasi"]
            assert [one.slug for one in people.tenants_of(wasi.people["caseworker"])] == ["wasi"]
            assert people.tenants_of(uuid4()) == []


def test_a_membership_that_was_ended_leads_nowhere(app: Flask, semilla: Ngo) -> None:
    with app.app_context():
        with tenancy.acting_for(semilla.id):
            people.member(semilla.people["caseworker"]).active = False
            db.session.commit()
        with tenancy.platform_scope("login"):
            assert people.tenants_of(semilla.people["caseworker"]) == []


def test_the_team_is_those_who_work_first_and_by_name(world: World) -> None:
    people.member(world.worker.id).active = False
    db.session.commit()
    assert [(one.name, one.active) for one in people.team()] == [
        ("Ngo_Admin", True), ("Supervisor", True), ("Caseworker", False),
    ]
    assert [(one.name, one.active) for one in people.colleagues()] == [(one.name, one.active) for one in people.team()]


def test_who_has_no_name_is_called_by_mail(world: World) -> None:
    account(world.worker.id).name = ""
    db.session.commit()
    assert "caseworker@semilla.example" in {one.name for one in people.colleagues()}
