"""What a list shows is what the policy lets each person read, row by row."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.models import Family
from portal.policy import SYSTEM, Actor, Permission, Role, allowed
from portal.queries import sight
from tests.portal.worlds import World

ROLES = [frozenset({role.value}) for role in Role] + [frozenset({"caseworker", "ngo_admin"}), frozenset()]
MAY_LIST = [roles for roles in ROLES if roles & {"caseworker", "supervisor"}]


def families(world: World) -> list[Family]:
    """Open and confidential, one's own and somebody else's."""
    rows = [world.family(confidential=confidential) for confidential in (False, True) for _ in range(2)]
    for row in rows[::2]:
        row.caseworker_id = world.ngo.people["supervisor"]
    db.session.commit()
    return rows


@pytest.mark.parametrize("roles", MAY_LIST, ids=sorted)
@pytest.mark.parametrize("who", ["caseworker", "supervisor", "ngo_admin"])
def test_a_list_and_the_policy_agree(world: World, roles: frozenset[str], who: str) -> None:
    rows = families(world)
    actor = Actor(world.ngo.people[who], "x", roles, world.ngo.id)
    shown = set(db.session.scalars(select(Family.id).where(sight.of_readable(actor))))
    assert shown == {row.id for row in rows if allowed(actor, Permission.FAMILY_READ, row)}


def test_ones_own_are_the_cases_one_answers_for(world: World) -> None:
    rows = families(world)
    own = set(db.session.scalars(select(Family.id).where(sight.of_own(world.worker))))
    assert own == {row.id for row in rows if row.caseworker_id == world.worker.id}


def test_a_stranger_owns_nothing(world: World) -> None:
    families(world)
    for actor in (Actor(uuid4(), "x", frozenset({"caseworker"}), world.ngo.id), SYSTEM):
        assert db.session.scalars(select(Family.id).where(sight.of_own(actor))).all() == []
