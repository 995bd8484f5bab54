"""The page of suggestions, as what was decided about them leaves it."""

from __future__ import annotations

from portal.extensions import db
from portal.models import Proposal
from portal.services import suggestions


def test_a_proposed_suggestion_leads_to_its_proposal(log_in, made, kept):
    proposal = made(lambda world: world.proposal())
    text = log_in("caseworker").get(f"/suggestions/{kept(Proposal, proposal).family_id}").text
    assert f'href="/proposals/{proposal}"' in text
    assert "Aún no hay sugerencias" not in text  # there is no run any more, and yet one was made


def test_a_dismissed_one_says_why(log_in, made):
    def dismiss(world):
        family = world.family()
        row = world.suggestion(family, world.provider())
        suggestions.dismiss(world.worker, row, "family_trust")
        db.session.commit()
        return family

    text = log_in("caseworker").get(f"/suggestions/{made(dismiss)}").text
    assert "Se descartó por: Familia: falta de confianza" in text
