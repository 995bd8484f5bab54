"""Instants: aware, in UTC, and the same on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from portal import clock
from portal.clock import LIMA
from portal.extensions import db
from portal.models import Family
from tests.portal.worlds import World

START = datetime(1990, 1, 1, tzinfo=UTC)
INSTANTS = st.builds(
    lambda since, zone: (START + timedelta(microseconds=since)).astimezone(timezone(timedelta(minutes=zone))),
    st.integers(0, 3 * 10**15), st.integers(-14 * 60, 14 * 60),
)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(instant=INSTANTS)
def test_an_instant_comes_back_as_the_same_instant_in_utc(world: World, instant: datetime) -> None:
    family = world.family(status_since=instant)
    db.session.expire(family)
    assert family.status_since == instant
    assert family.status_since.tzinfo == UTC


def test_an_instant_is_compared_as_an_instant(world: World) -> None:
    noon = datetime(2026, 5, 4, 12, 0, tzinfo=LIMA)
    family = world.family(status_since=noon)
    for edge, found in ((noon, [family]), (noon + timedelta(microseconds=1), [])):
        assert db.session.scalars(select(Family).where(Family.status_since >= edge)).all() == found


def test_an_instant_without_a_zone_is_refused(world: World) -> None:
    world.family().status_since = clock.now().replace(tzinfo=None)
    with pytest.raises(StatementError, match="needs a time zone"):
        db.session.flush()


def test_no_instant_is_no_instant(world: World) -> None:
    family = world.family(waiting_since=None)
    db.session.expire(family)
    assert family.waiting_since is None
