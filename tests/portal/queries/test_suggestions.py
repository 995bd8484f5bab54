"""What a family's page shows of the matcher's work."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from portal import clock, events
from portal.events import REFRESH, Job
from portal.extensions import db
from portal.models import Family, Suggestion, SuggestionRun
from portal.queries import suggestions
from tests.portal.worlds import World


def run_of(world: World, family: Family, current: bool = True) -> SuggestionRun:
    run = SuggestionRun(
        family_id=family.id, model_version="t", settings={}, why_not=[], counts={}, current=current,
    )
    db.session.add(run)
    db.session.commit()
    return run


def suggested(world: World, family: Family, **values: object) -> Suggestion:
    """A suggestion of a provider of its own, in a run of its own."""
    row = world.suggestion(family, world.provider())
    for name, value in values.items():
        setattr(row, name, value)
    db.session.commit()
    return row


def test_the_newest_run_that_counts(world: World) -> None:
    family = world.family()
    assert suggestions.current_run(family.id) is None
    old = run_of(world, family)
    with clock.at(clock.now() + timedelta(minutes=1)):
        new = run_of(world, family)
        run_of(world, family, current=False)
    assert suggestions.current_run(family.id) == new
    assert old.made_at < new.made_at


def test_decisions_stand_before_what_is_new(world: World) -> None:
    family = world.family()
    rows = {status: suggested(world, family, status=status)
            for status in ("dismissed", "suggested", "shortlisted", "proposed")}
    run = db.session.get_one(SuggestionRun, rows["dismissed"].run_id)
    shown = suggestions.of_family(family.id, run)
    assert [one.status for one in shown] == ["proposed", "shortlisted", "dismissed"]
    rows["suggested"].run_id = run.id
    db.session.commit()
    assert [one.status for one in suggestions.of_family(family.id, run)] == [
        "proposed", "shortlisted", "suggested", "dismissed",
    ]


def test_without_a_run_only_decisions_are_left(world: World) -> None:
    family = world.family()
    kept = suggested(world, family)
    suggested(world, family, status="suggested")
    suggested(world, world.family())
    assert suggestions.of_family(family.id, None) == [kept]


def test_suggestions_of_a_run_are_by_rank(world: World) -> None:
    family = world.family()
    rows = [suggested(world, family, status="suggested", rank=rank) for rank in (3, 1, 2)]
    for row in rows:
        row.run_id = rows[0].run_id
    db.session.commit()
    run = db.session.get_one(SuggestionRun, rows[0].run_id)
    assert [one.rank for one in suggestions.of_family(family.id, run)] == [1, 2, 3]


def test_providers_are_named_by_their_ids(world: World) -> None:
    provider = world.provider()
    assert suggestions.providers_named([str(provider.id), str(uuid4())]) == {str(provider.id): provider}
    assert suggestions.providers_named([]) == {}


@pytest.mark.parametrize(("event", "pending"), [
    ("intake.submitted", True), ("family.changed", True), (REFRESH, False), ("provider.changed", False),
])
def test_a_page_waits_for_what_was_asked_from_it(world: World, event: str, pending: bool) -> None:
    family = uuid4()
    events.announce(event, family=family)
    db.session.commit()
    assert suggestions.is_pending(family) is pending
    assert not suggestions.is_pending(uuid4())


@pytest.mark.parametrize("status", ["done", "failed"])
def test_a_page_does_not_wait_for_what_is_over(world: World, status: str) -> None:
    family = uuid4()
    db.session.add(Job(event="family.changed", ids={"family": str(family)}, status=status))
    db.session.commit()
    assert not suggestions.is_pending(family)
