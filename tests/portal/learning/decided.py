"""An NGO whose people decided on the suggestions of many families that consented to training, made row by row."""

from __future__ import annotations

import random
from datetime import timedelta
from uuid import UUID

from portal import clock
from portal.extensions import db
from portal.models import Consent, Outcome, Placement, Proposal, Provider, Suggestion, SuggestionRun, Transition
from tests.portal.worlds import World

SHOWN = 5  # suggestions on a list
STORY = "Trabajo en el mercado desde temprano. Luz es tranquila y le gusta dibujar; busco a alguien paciente."


def network(world: World, families: int, seed: int = 7) -> None:
    """Each family with a list: one was proposed and decided, the others dismissed because of the distance."""
    dice = random.Random(seed)
    providers = [world.provider(name=f"Hogar {number}", profile="Cuido con paciencia.") for number in range(SHOWN)]
    for number in range(families):
        family = world.family(story=STORY, ubigeo=("150132", "150110", "150108")[number % 3])
        db.session.add(Consent(family_id=family.id, purpose="training", given=True, text_version="1",
                               given_on=family.registered_on, recorded_by_id=world.worker.id))
        run = SuggestionRun(family_id=family.id, model_version="test", settings={}, why_not=[], counts={},
                            made_at=clock.now() - timedelta(days=families - number))
        db.session.add(run)
        db.session.flush()
        _list(world, run, family.children[0].id, providers, dice)
    db.session.commit()


def _list(world: World, run: SuggestionRun, child: UUID, providers: list[Provider], dice: random.Random) -> None:
    far = [dice.random() * 4 for _ in providers]
    chosen = min(range(SHOWN), key=lambda place: far[place] + dice.random())
    for place, provider in enumerate(providers):
        proposed = place == chosen
        features = {"distance": far[place], "fee": dice.random(), "hours": dice.random(), "text": None}
        row = Suggestion(
            run_id=run.id, family_id=run.family_id, provider_id=provider.id, children=[str(child)], rank=place + 1,
            status="proposed" if proposed else "dismissed", score=0.5, band="medium", text_score=0.5,
            distance_km=far[place], contributions={}, facts={}, sentences={}, features=features,
        )
        db.session.add(row)
        db.session.flush()
        if proposed:
            _decide(world, row, child, held=dice.random() < 0.8)
        else:
            db.session.add(Transition(flow="suggestion", subject_id=row.id, action="dismiss", before="suggested",
                                      after="dismissed", actor_name="x", reason="family_distance"))


def _decide(world: World, row: Suggestion, child: UUID, held: bool) -> None:
    proposal = Proposal(family_id=row.family_id, provider_id=row.provider_id, suggestion_id=row.id,
                        proposer_id=world.worker.id, status="accepted", starts_on=clock.today())
    db.session.add(proposal)
    db.session.flush()
    placement = Placement(family_id=row.family_id, provider_id=row.provider_id, child_id=child, band="24_35m",
                          proposal_id=proposal.id, status="ended", starts_on=clock.today())
    db.session.add(placement)
    db.session.flush()
    db.session.add(Outcome(placement_id=placement.id, held=held, days=100, end_group="planned", end_reason="school"))
