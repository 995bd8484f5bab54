"""What the portal's decisions teach, and what never goes along."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from ml.learn.faults import LearnError
from portal import clock, tenancy
from portal.extensions import db
from portal.models import Consent, Outcome
from portal.queries import decisions
from portal.services import proposals, suggestions, training, training_ground

FEATURES = {"distance": 1.25, "fee": 0.5, "text": None}


def consent(world, family, given=True):
    db.session.add(Consent(family_id=family.id, purpose="training", given=given, text_version="1",
                           given_on=family.registered_on, recorded_by_id=world.worker.id))
    db.session.commit()


def listed(world, **values):
    """A family that consented, with a suggestion nobody acted on."""
    family = world.family(**values)
    consent(world, family)
    return world.suggestion(family, world.provider(), status="suggested", features=FEATURES)


def only():
    """The single example of the NGO: (approved, held)."""
    examples = training.dataset().examples
    assert len(examples) == 1
    return examples.approved[0], examples.held[0]


def test_without_consent_nothing_is_taught(world):
    suggestion = world.suggestion(world.family(), world.provider(), status="suggested", features=FEATURES)
    suggestions.dismiss(world.worker, suggestion, "family_distance")
    with pytest.raises(LearnError, match="consented"):
        training.dataset()


def test_a_consent_that_was_taken_back_counts(world):
    suggestion = listed(world)
    suggestions.dismiss(world.worker, suggestion, "family_distance")
    consent(world, suggestion.family, given=False)
    with pytest.raises(LearnError):
        training.dataset()


def test_a_confidential_case_teaches_nothing(world):
    suggestions.dismiss(world.worker, listed(world, confidential=True), "family_distance")
    with pytest.raises(LearnError):
        training.dataset()


@pytest.mark.parametrize(("reason", "count"), [("family_distance", 1), ("provider_full", 0), ("data_wrong", 0)])
def test_a_dismissal_teaches_where_it_is_about_the_fit(world, reason, count):
    suggestions.dismiss(world.worker, listed(world), reason)
    assert len(training._taught()) == count


def test_a_rejected_proposal_was_not_approved(world):
    proposal = world.proposal()
    consent(world, proposal.family)
    proposals.reject(world.supervisor, proposal, "need_not_met")
    assert only()[0] == 0


def test_a_placement_teaches_once_its_end_is_known(world):
    placement = world.planned()
    consent(world, placement.family)
    approved, held = only()
    assert approved == 1
    assert np.isnan(held)
    db.session.add(Outcome(placement_id=placement.id, held=True, days=120, end_group="planned", end_reason="school"))
    db.session.commit()
    assert only() == (1, 1)


def test_what_a_family_declines_was_approved_and_did_not_hold(world):
    proposal = world.offered()
    consent(world, proposal.family)
    proposal.status = "declined"
    db.session.commit()
    assert only() == (1, 0)


def test_what_stands_above_the_last_one_acted_on_was_passed_over(world):
    family = world.family()
    consent(world, family)
    first = world.suggestion(family, world.provider(), status="suggested", features=FEATURES)
    for rank, status in ((2, "dismissed"), (3, "suggested")):
        other = world.suggestion(family, world.provider(), status="suggested", features=FEATURES)
        other.run_id, other.rank = first.run_id, rank
        db.session.commit()
        if status == "dismissed":
            suggestions.dismiss(world.worker, other, "family_hours")
    taught = training._taught()
    assert [one.suggestion.rank for one in taught] == [1, 2]
    assert not any(one.approved for one in taught)


def test_values_are_those_frozen_with_the_suggestion_and_nobody_is_named(world):
    suggestion = listed(world)
    suggestions.dismiss(world.worker, suggestion, "family_distance")
    examples = training.dataset().examples
    assert examples.raw["distance"][0] == 1.25
    assert np.isnan(examples.raw["text"][0])
    assert examples.shown_on[0] == np.datetime64(clock.now().date())
    everything = repr([getattr(examples, field.name) for field in dataclasses.fields(examples)])
    for hidden in ("Quispe", "Rosa", "Amancay", str(suggestion.family_id), str(suggestion.provider_id)):
        assert hidden not in everything


def test_the_same_decisions_have_the_same_hash(world):
    suggestions.dismiss(world.worker, listed(world), "family_distance")
    before = training.dataset().data
    assert training.dataset().data == before
    suggestions.dismiss(world.worker, listed(world), "family_trust")
    assert training.dataset().data != before


def test_another_ngo_learns_none_of_it(app, made, wasi):
    def dismissed(world):
        suggestion = listed(world)
        suggestions.dismiss(world.worker, suggestion, "family_distance")
        db.session.commit()
        return suggestion

    made(dismissed)
    with app.app_context(), tenancy.acting_for(wasi.id), pytest.raises(LearnError):
        training.dataset()


def test_the_swap_test_asks_families_that_consented_without_their_names(world):
    suggestion = listed(world)
    suggestion.family.story = "Luz es inquieta. Rosa Quispe busca a alguien paciente para Luz."
    suggestions.dismiss(world.worker, suggestion, "family_distance")
    other = world.family()
    other.story = "Nadie lo leerá."
    db.session.commit()
    ground = training.dataset().ground
    assert {row["family_ref"] for row in ground.needs} == {str(suggestion.family_id)}
    read = " ".join(sentence for passage in ground.texts for sentence in passage.sentences)
    assert "paciente" in read
    assert "Quispe" not in read
    assert "Luz" not in read


def test_the_swap_test_asks_no_more_families_than_it_needs(world, monkeypatch):
    monkeypatch.setattr(training_ground, "MOST_FAMILIES", 1)
    newest = ""
    for story in ("Busca a alguien paciente.", "", "Trabaja de noche en el mercado."):
        suggestion = listed(world)
        suggestion.family.story = story
        suggestions.dismiss(world.worker, suggestion, "family_distance")
        newest = str(suggestion.family_id)
    db.session.commit()
    assert {row["family_ref"] for row in training.dataset().ground.needs} == {newest}


def test_lists_nobody_acted_on_are_not_read(world):
    acted, idle = listed(world), listed(world)
    suggestions.dismiss(world.worker, acted, "family_distance")
    db.session.commit()
    assert [one.id for one in decisions.shown()] == [acted.id]
    assert set(decisions.may_teach()) == {acted.family_id}
    assert idle.family_id != acted.family_id
