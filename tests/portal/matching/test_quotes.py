"""The sentences of a suggestion as they were written: only for who may read them, and never guessed."""

from __future__ import annotations

import dataclasses

import pytest

from portal.extensions import db
from portal.models import Suggestion
from portal.policy import Actor
from portal.services import matching
from tests.portal.matching.conftest import Scene

STORY = "Venimos de Ayacucho y hablamos en quechua."
PROFILE = "Canto en quechua con los hijos de Carmen."


@pytest.fixture
def row(scene: Scene) -> Suggestion:
    """A suggestion by the real encoder."""
    scene.home(profile=PROFILE)
    family = scene.case(story=STORY)
    matching.suggest_for(family)
    db.session.commit()
    return db.session.query(Suggestion).one()


def told(actor: Actor, row: Suggestion) -> tuple[str, str]:
    nearest = matching.as_written(actor, row.family, [row])[row.id]["nearest"]
    return nearest["need"], nearest["offer"]


def test_what_is_kept_stays_scrubbed_and_what_is_told_is_as_written(scene: Scene, row: Suggestion) -> None:
    assert row.sentences["nearest"]["need"] == "Venimos de y hablamos en quechua."
    assert told(scene.worker, row) == (STORY, PROFILE)
    db.session.commit()
    assert row.sentences["nearest"]["offer"] == "Canto en quechua con los hijos de ."


def test_who_may_not_read_story_or_profile_is_told_what_was_read(scene: Scene, row: Suggestion) -> None:
    stranger = dataclasses.replace(scene.worker, roles=frozenset())
    assert told(stranger, row) == ("Venimos de y hablamos en quechua.", "Canto en quechua con los hijos de .")


def test_a_colleague_is_not_told_a_confidential_story(scene: Scene, row: Suggestion) -> None:
    colleague = dataclasses.replace(scene.worker, id=scene.supervisor.id)
    row.family.confidential = True
    assert told(colleague, row) == ("Venimos de y hablamos en quechua.", PROFILE)


@pytest.mark.parametrize("story", ["Ahora hablamos castellano.", "", f"{STORY} Venimos de Puno y hablamos en quechua."])
def test_a_story_that_changed_is_not_guessed_from(scene: Scene, row: Suggestion, story: str) -> None:
    row.family.story = story
    assert told(scene.worker, row) == ("Venimos de y hablamos en quechua.", PROFILE)
