"""What happened to the demo's cases, played in the past through the services."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from portal import clock
from portal.demo.stage import Ngo, Stage
from portal.errors import ConflictError
from portal.extensions import db
from portal.models import Family, Placement, Plan, Proposal, Suggestion
from portal.policy import SYSTEM
from portal.services import followups, matching, placements, plans, proposals, suggestions
from portal.services.followups import Answers
from portal.services.matching import planner
from portal.services.placements import Ending
from portal.workflow import Said

STARTED = (118, 97, 72, 45, 33, 24, 12, 5)  # days ago care began, for the placed families in turn


@dataclass(frozen=True)
class Scene:
    """A family's case at an NGO."""

    stage: Stage
    ngo: Ngo
    family: Family

    def worker(self):
        return next(one for one in self.ngo.caseworkers if one.id == self.family.caseworker_id)

    def supervisor(self):
        return self.ngo.supervisors[0]

    def propose(self, days: float) -> Proposal | None:
        """Suggest, shortlist and propose, that long ago: the best provider that still has a seat."""
        with self.stage.days_ago(days, self.worker()) as worker:
            for child in self.family.children:
                child.start_date = clock.today() + timedelta(days=3)
            run = matching.suggest_for(self.family)
            found = select(Suggestion).where(Suggestion.run_id == run.id).order_by(Suggestion.rank)
            for suggestion in db.session.scalars(found).all():
                suggestions.shortlist(worker, suggestion)
                try:
                    note = "La familia conoce el lugar y está de acuerdo."
                    return proposals.propose(worker, suggestion, clock.today() + timedelta(days=3), note)
                except ConflictError:
                    suggestion.status = "suggested"
        return None

    def approve(self, proposal: Proposal, days: float) -> None:
        with self.stage.days_ago(days, self.supervisor()) as supervisor:
            proposals.approve(supervisor, proposal)

    def offer(self, proposal: Proposal, days: float) -> None:
        with self.stage.days_ago(days, self.worker()) as worker:
            proposals.offer(worker, proposal)

    def accept(self, proposal: Proposal, days: float) -> list[Placement]:
        """Both sides say yes."""
        self.approve(proposal, days)
        self.offer(proposal, days - 0.1)
        with self.stage.days_ago(days - 0.5, self.worker()) as worker:
            for side in ("family", "provider"):
                proposals.record_answer(worker, proposal, side, "accepted")
        return list(db.session.scalars(select(Placement).where(Placement.proposal_id == proposal.id)))


def play(stage: Stage, ngo: Ngo, families: dict[str, list[Family]]) -> None:
    """Every state a proposal, a placement and a follow-up can be in."""
    for place, family in enumerate(families.get("placed", ())):
        scene = Scene(stage, ngo, family)
        _place(scene, STARTED[place % len(STARTED)], place)
        db.session.commit()
    for family, scene_of in zip(families.get("matched", ()), (_approved, _offered, _decline_pending), strict=False):
        scene_of(Scene(stage, ngo, family))
        db.session.commit()
    scenes = (_proposed, _returned, _rejected, _declined, _expired, _withdrawn, _cancelled, _planned)
    waiting = families.get("waiting", ())
    for family, scene_of in zip(waiting[: len(scenes)], scenes, strict=False):
        scene_of(Scene(stage, ngo, family))
        db.session.commit()


def suggest_open(families: dict[str, list[Family]]) -> None:
    """What the worker would have done by now for every open case."""
    for group in families.values():
        for family in group:
            if matching.may_suggest(family):
                matching.suggest_for(family)
        db.session.commit()


def plan(ngo: Ngo) -> None:
    """The plan that a supervisor asked for this morning."""
    asked = Plan(policy="coverage", asked_by_id=ngo.supervisors[0].id)
    db.session.add(asked)
    db.session.commit()
    plans.keep(asked.id, planner.make(asked.policy, lambda doing, done, total: None))
    db.session.commit()


def _place(scene: Scene, started: int, place: int) -> None:
    proposal = scene.propose(started + 5)
    if proposal is None:
        return
    placed = scene.accept(proposal, started + 4)
    with scene.stage.days_ago(started, scene.worker()) as worker:
        for one in placed:
            placements.sign(worker, one, clock.today())
            placements.start(worker, one)
    for one in placed:
        _follow(scene, one, started, keep_open=place % 3 == 0)
        _attend(scene, one, started)
    ENDINGS.get(place, lambda *_: None)(scene, placed)


def _follow(scene: Scene, placement: Placement, started: int, keep_open: bool) -> None:
    """Answer what was due; of every third family the last one is left open, and overdue."""
    db.session.flush()
    due = [one for one in followups.scheduled(placement) if one.after_days < started]
    for one in due[: -1 if keep_open and due else None]:
        with scene.stage.days_ago(started - one.after_days - 0.5, scene.worker()) as worker:
            if one.after_days == 14 and keep_open:
                followups.not_reached(worker, one, "El teléfono estaba apagado.")
                continue
            values = {"wellbeing": "well", "hours_respected": "yes", "works": "yes", "weekly_hours": 44,
                      "income_change": 180 + 10 * one.after_days}
            followups.complete(worker, one, Answers("call", "caregiver", values, note="La niña o el niño va contento."))


def _attend(scene: Scene, placement: Placement, started: int) -> None:
    for back in range(1, min(started, 12)):
        with scene.stage.days_ago(back, scene.worker()) as worker:
            if clock.today().weekday() < 5 and back % 5:  # of every fifth day nothing is known
                value = "excused" if back % 7 == 0 else "present"
                placements.record_day(worker, placement, clock.today(), value)


def _interrupt(scene: Scene, placed: list[Placement]) -> None:
    with scene.stage.days_ago(2, scene.worker()) as worker:
        for one in placed:
            placements.interrupt(worker, one, "illness", clock.today() + timedelta(days=9))


def _end_early(scene: Scene, placed: list[Placement]) -> None:
    with scene.stage.days_ago(1, scene.worker()) as worker:
        for one in placed:
            placements.end(worker, one, Ending(clock.today(), "distance", "La mamá cambió de trabajo."))


def _end(scene: Scene, placed: list[Placement]) -> None:
    with scene.stage.days_ago(3, scene.worker()) as worker:
        for one in placed:
            placements.end(worker, one, Ending(clock.today(), "school", "Entró al jardín de su barrio."))


ENDINGS: dict[int, Callable[[Scene, list[Placement]], None]] = {1: _interrupt, 2: _end_early, 3: _end}


def _proposed(scene: Scene) -> None:
    scene.propose(0.3)


def _returned(scene: Scene) -> None:
    proposal = scene.propose(0.9)
    if proposal:
        with scene.stage.days_ago(0.4, scene.supervisor()) as supervisor:
            proposals.give_back(supervisor, proposal, "¿La familia ya visitó el lugar? Anótelo, por favor.")


def _rejected(scene: Scene) -> None:
    proposal = scene.propose(4)
    if proposal:
        with scene.stage.days_ago(3.5, scene.supervisor()) as supervisor:
            proposals.reject(supervisor, proposal, "better_option", "Hay una opción más cerca del trabajo.")


def _declined(scene: Scene) -> None:
    proposal = scene.propose(6)
    if proposal:
        _decline(scene, proposal, 5)
        with scene.stage.days_ago(4, scene.supervisor()) as supervisor:
            proposals.confirm_decline(supervisor, proposal)


def _decline(scene: Scene, proposal: Proposal, days: float) -> None:
    scene.approve(proposal, days)
    scene.offer(proposal, days - 0.1)
    with scene.stage.days_ago(days - 0.4, scene.worker()) as worker:
        said = Said("family_distance", "Les queda lejos a pie.")
        proposals.record_answer(worker, proposal, "family", "declined", said)


def _expired(scene: Scene) -> None:
    if scene.propose(9):
        with scene.stage.days_ago(6.5, SYSTEM):
            proposals.expire_due()


def _withdrawn(scene: Scene) -> None:
    proposal = scene.propose(3)
    if proposal:
        with scene.stage.days_ago(2.5, scene.worker()) as worker:
            proposals.withdraw(worker, proposal, "family_asked", "Lo quieren pensar.")


def _cancelled(scene: Scene) -> None:
    proposal = scene.propose(8)
    if proposal:
        for one in scene.accept(proposal, 7):
            with scene.stage.days_ago(5, scene.supervisor()) as supervisor:
                placements.cancel(supervisor, one, "family_other_care", "La abuela regresó.")


def _planned(scene: Scene) -> None:
    proposal = scene.propose(1.5)
    if proposal:
        scene.accept(proposal, 1)


def _approved(scene: Scene) -> None:
    proposal = scene.propose(0.8)
    if proposal:
        scene.approve(proposal, 0.3)


def _offered(scene: Scene) -> None:
    proposal = scene.propose(1.2)
    if proposal:
        scene.approve(proposal, 0.9)
        scene.offer(proposal, 0.5)


def _decline_pending(scene: Scene) -> None:
    proposal = scene.propose(1.4)
    if proposal:
        _decline(scene, proposal, 0.9)
