"""The promoted version ranks at once; one whose files changed does not, and the page says so."""

from __future__ import annotations

import pytest
from flask import current_app

from ml.learn import registry
from portal.extensions import db
from portal.models import Consent, Suggestion, SuggestionRun
from portal.services import matching
from tests.ml.learn import shelf

NOW = "2026-11-24T08:00:00"


def agreed(world, *purposes):
    family = world.family()
    for purpose in purposes:
        db.session.add(Consent(family_id=family.id, purpose=purpose, given=True, text_version="1",
                               given_on=family.registered_on, recorded_by_id=world.worker.id))
    db.session.commit()
    return family


def ranked(world):
    """A run for a family with one provider near."""
    world.provider()
    family = agreed(world, "services", "matching")
    run = matching.suggest_for(family)
    db.session.commit()
    return family, run


@pytest.fixture
def models(app):
    """Where the versions of this installation are."""
    return app.config["SETTINGS"].instance / "models"


def test_without_a_promotion_the_prior_ranks(world):
    _, run = ranked(world)
    assert run.model_version.endswith("/prior-2")
    assert run.settings["refused_model"] == ""
    assert db.session.query(Suggestion).one().facts["chance"] is None


def test_a_promotion_and_a_rollback_count_for_the_next_run(world, models):
    made = shelf.scorer()
    shelf.put(models, made)
    registry.promote(models, made.version, NOW)
    family, run = ranked(world)
    assert run.model_version.endswith(f"/{made.version}")
    chance = db.session.query(Suggestion).one().facts["chance"]
    assert 0.05 <= chance <= 0.9
    registry.rollback(models, NOW)
    assert matching.suggest_for(family).model_version.endswith("/prior-2")


def test_a_version_whose_bytes_changed_does_not_rank_and_the_run_says_so(world, models):
    made = shelf.scorer()
    folder = shelf.put(models, made)
    registry.promote(models, made.version, NOW)
    data = bytearray((folder / registry.SCORER).read_bytes())
    data[40] ^= 1
    (folder / registry.SCORER).write_bytes(data)
    _, run = ranked(world)
    assert run.model_version.endswith(f"/prior-2 (refused {made.version})")
    assert run.settings["refused_model"] == made.version


def test_a_pointer_that_cannot_be_read_leaves_the_prior(world, models):
    models.mkdir()
    (models / registry.POINTER).write_text("{", encoding="utf-8")
    assert ranked(world)[1].model_version.endswith("/prior-2 (refused ?)")


@pytest.mark.parametrize(("language", "words"), [("es", "no se usó"), ("en", "was not used")])
def test_the_page_says_it_in_both_languages(log_in, made, models, language, words):
    def refused(world):
        version = shelf.scorer()
        folder = shelf.put(models, version)
        registry.promote(models, version.version, NOW)
        (folder / registry.METRICS).unlink()
        return ranked(world)[0]

    browser = log_in("supervisor")
    browser.post("/account/language", "/", language=language)
    page = browser.get(f"/suggestions/{made(refused)}")
    assert words in page.text
    assert "prior-2" in page.text


def test_a_calibrated_chance_is_shown_beside_the_score(log_in, made, models):
    def promoted(world):
        version = shelf.scorer()
        shelf.put(models, version)
        registry.promote(models, version.version, NOW)
        return ranked(world)[0]

    family = made(promoted)
    assert "de 100 sugerencias así" in log_in("supervisor").get(f"/suggestions/{family}").text


def test_the_run_that_is_current_names_its_model(world):
    ranked(world)
    run = db.session.query(SuggestionRun).filter_by(current=True).one()
    assert run.model_version
    assert current_app.config["SETTINGS"].instance.is_dir()
