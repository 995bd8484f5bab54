"""What changed is told from the suggestion on, whose reasons people read; where it kept nothing, from the proposal."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.models import Family, Proposal, Provider, Suggestion, SuggestionRun
from portal.services import changes, matching, proposals, suggestions
from tests.portal.matching.conftest import Scene
from tests.portal.worlds import World


def listed(scene: Scene, family: Family) -> Suggestion:
    """The one suggestion of a family, on its shortlist."""
    assert matching.suggest_for(family) is not None
    row = db.session.scalars(select(Suggestion).where(Suggestion.family_id == family.id)).one()
    suggestions.shortlist(scene.worker, row)
    db.session.commit()
    return row


def proposed(scene: Scene, row: Suggestion) -> Proposal:
    made = proposals.propose(scene.worker, row, clock.today() + timedelta(days=1))
    db.session.commit()
    return made


@pytest.fixture
def pair(scene: Scene) -> tuple[Family, Provider]:
    return scene.case(), scene.home()


def told(proposal: Proposal) -> set[tuple[str, str, str]]:
    return {(one.side, one.child, one.field) for one in changes.since(proposal)}


def test_what_changed_before_the_proposal_is_told_with_the_older_reasons(
    scene: Scene, pair: tuple[Family, Provider]
) -> None:
    family, provider = pair
    row = listed(scene, family)
    provider.monthly_fee_pen, provider.schedule = 190, "mon-sat 06:30-19:00"
    family.children[0].schedule = "mon-fri 07:00-16:00"
    db.session.commit()
    matching.suggest_for(family)  # the list is made anew; what was shortlisted stays as it was seen
    proposal = proposed(scene, row)
    assert told(proposal) == {("offer", "", "fee"), ("offer", "", "schedule"), ("need", "Luz 0", "schedule")}
    (fee,) = [one for one in changes.since(proposal) if one.field == "fee"]
    assert (fee.before, fee.after) == (120.0, 190.0)
    found = changes.basis(proposal)
    assert (found.suggested, found.at) == (True, row.run.made_at)


def test_nothing_changed_since_the_suggestion_either(scene: Scene, pair: tuple[Family, Provider]) -> None:
    assert told(proposed(scene, listed(scene, pair[0]))) == set()


def test_a_new_suggestion_is_compared_with_its_own_facts(scene: Scene, pair: tuple[Family, Provider]) -> None:
    family, provider = pair
    matching.suggest_for(family)
    provider.monthly_fee_pen = 190
    db.session.commit()
    matching.suggest_for(family)
    of_run = select(Suggestion).join(SuggestionRun, SuggestionRun.id == Suggestion.run_id)
    row = db.session.scalars(of_run.where(SuggestionRun.current.is_(True))).one()
    suggestions.shortlist(scene.worker, row)
    assert told(proposed(scene, row)) == set()


def test_a_suggestion_of_an_older_version_is_compared_from_the_proposal(
    scene: Scene, pair: tuple[Family, Provider]
) -> None:
    family, provider = pair
    row = listed(scene, family)
    row.offer = {}
    provider.monthly_fee_pen = 190
    proposal = proposed(scene, row)
    assert told(proposal) == set()
    assert (changes.basis(proposal).suggested, changes.basis(proposal).at) == (False, proposal.made_at)
    provider.monthly_fee_pen = 195
    assert told(proposal) == {("offer", "", "fee")}


def test_what_is_kept_is_small_and_once_a_run(scene: Scene) -> None:
    family = scene.case(children=3)
    for _ in range(4):
        scene.home(capacity=5)
    run = matching.suggest_for(family)
    assert run is not None
    rows = db.session.scalars(select(Suggestion).where(Suggestion.run_id == run.id)).all()
    assert set(run.need["children"]) == {"Luz 0", "Luz 1", "Luz 2"}
    assert len(rows) >= 4
    assert all(len(json.dumps(row.offer)) < 400 and "children" not in row.offer for row in rows)


@pytest.mark.parametrize(("kept", "words", "fee"), [
    (True, "Qué cambió desde la sugerencia", True),
    (False, "Con esta sugerencia no se guardaron los datos de entonces", False),
])
def test_the_page_says_what_changed_and_since_when(
    log_in: Callable[[str], Any], made: Callable[..., str], kept: bool, words: str, fee: bool
) -> None:
    def build(world: World) -> Proposal:
        scene = Scene(world.ngo)
        family, provider = scene.case(), scene.home()
        row = listed(scene, family)
        row.offer = row.offer if kept else {}
        provider.monthly_fee_pen = 190
        db.session.commit()
        return proposed(scene, row)

    page = log_in("supervisor").get(f"/proposals/{made(build)}").text
    assert words in page
    assert ("Nada cambió en la necesidad ni en la oferta desde la propuesta (" in page) is not fee
    assert ('id="changes"' in page or "Antes" in page) is fee
