"""Plans of who goes where: asked for, kept, compared with what is so by now, and proposed from, line by line.

A plan moves nothing. Whoever proposes from it passes the same service, rules and policy as from a family's list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm.exc import StaleDataError

from portal import clock, events
from portal.errors import ConflictError, InvalidInputError, NotFoundError, Refusal
from portal.events import Job
from portal.extensions import db
from portal.models import Child, Placement, Plan, PlanLine, Proposal, Suggestion, SuggestionRun
from portal.models.plan import POLICIES
from portal.policy import Actor, Permission, require
from portal.queries import plans as queries
from portal.services import jobs, matching, plan_findings, proposals, suggestions
from portal.services.proposals import earliest_start

if TYPE_CHECKING:
    from portal.services.matching.planner import Found

KEPT = timedelta(days=30)  # by then nothing of it holds
OPEN_FAMILY = ("waiting", "matched")


@dataclass(frozen=True)
class Standing:
    """A line as it is now: done (its proposal or placement), or what keeps it from being proposed, or neither."""

    line: PlanLine
    children: list[Child]
    suggestion: Suggestion | None
    proposal: Proposal | None = None
    placement: Placement | None = None
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """May it be proposed?"""
        return self.line.provider_id is not None and not (self.proposal or self.placement or self.refusals)


@dataclass(frozen=True)
class Tried:
    """What became of a line that was to be proposed: the proposal's id, or why not."""

    code: str  # the family's
    proposal: UUID | None = None
    refusals: Sequence[Refusal] = ()


def ask(actor: Actor, policy: str) -> Job:
    """Have the worker make a plan of everybody who waits.

    InvalidInputError: unknown policy. ConflictError: nobody waits, or a plan is being made.
    """
    require(actor, Permission.PLAN_MAKE)
    if policy not in POLICIES:
        raise InvalidInputError("choice_missing", {"policy": ["choice_missing"]})
    if not queries.waiting():
        raise ConflictError("nobody_waits")
    plan = Plan(policy=policy, asked_by_id=actor.id)
    job = jobs.ask(actor, events.PLAN, alone=True, plan=plan.id)
    db.session.execute(delete(Plan).where(Plan.made_at.is_(None)))  # what was cancelled or failed
    db.session.add(plan)
    return job


def ask_again(actor: Actor, job: Job) -> Job:
    """The plan of a job that failed or was stopped, with the same aim. ConflictError too where nobody knows the aim."""
    if job.id not in remembered([job]):
        raise ConflictError("moved_on")
    return ask(actor, policy_of(UUID(job.ids["plan"])))


def remembered(asked: Iterable[Job]) -> set[UUID]:
    """Of which of these jobs the aim is still known: asking for a plan forgets those that came to nothing."""
    kept = {str(one) for one in db.session.scalars(select(Plan.id).where(Plan.made_at.is_(None)))}
    return {one.id for one in asked if one.ids.get("plan") in kept}


def policy_of(plan_id: UUID) -> str:
    """What a plan that was asked for aims at."""
    return db.session.get_one(Plan, plan_id).policy


def keep(plan_id: UUID, found: Found) -> Mapping[str, Any]:
    """Write a plan down in place of the one before. Returns its counts."""
    plan, solved = db.session.get_one(Plan, plan_id), found.solved
    most = next((int(aim.bound) for aim in solved.aims if aim.name == "children"), solved.placed)
    plan.made_at, plan.families, plan.children = clock.now(), found.families, found.children
    plan.placed, plan.most, plan.gap, plan.rivals = solved.placed, most, float(solved.gap), solved.blocking_pairs
    plan.seconds, plan.model_version = round(solved.seconds, 4), found.version
    _forget(Plan.id != plan.id)
    plan_findings.keep(plan, found.more)
    db.session.add_all([
        PlanLine(
            plan_id=plan.id, family_id=one.family, provider_id=one.provider, children=one.children, place=place,
            score=one.score, distance_km=one.distance_km, told=one.told, rule=one.hurdle.rule, alone=one.hurdle.alone,
            near=one.hurdle.near, able=one.able,
        )
        for place, one in enumerate(found.lines)
    ])
    return {"placed": plan.placed, "children": plan.children}


def forget_old() -> int:
    """Take away the plans of the NGO at work that are too old. Returns how many."""
    return _forget(Plan.asked_at <= clock.now() - KEPT)


def _forget(which: Any) -> int:
    gone = list(db.session.scalars(select(Plan.id).where(which)))
    if gone:
        plan_findings.forget(gone)
        db.session.execute(delete(PlanLine).where(PlanLine.plan_id.in_(gone)))
        db.session.execute(delete(Plan).where(Plan.id.in_(gone)))
    return len(gone)


def standings(lines: Sequence[PlanLine]) -> list[Standing]:
    """Lines as they are now; the rules are asked again."""
    families = {one.family_id for one in lines}
    listed, ties = queries.listed(families), queries.ties(families)
    rules = matching.rules() if lines else None
    return [_standing(one, listed.get(queries.key_of(one)), ties, rules) for one in lines]


def _standing(line: PlanLine, suggestion: Suggestion | None, ties: queries.Ties, rules: Any) -> Standing:
    children = [one for one in line.family.children if str(one.id) in line.children]
    proposed = [ties.proposal[one] for one in line.children if one in ties.proposal]
    placed = [ties.placement[one] for one in line.children if one in ties.placement]
    for kind, found in (("proposal", proposed), ("placement", placed)):
        same = next((one for one in found if one.provider_id == line.provider_id), None)
        if same is not None:
            return Standing(line, children, suggestion, **{kind: same})
    taken = {*ties.proposal, *ties.placement}
    refusals = [*_of_family(line, children), *(
        Refusal("child_has_open_proposal", (("child", one.given_names),)) for one in children if str(one.id) in taken
    )]
    if line.provider is not None:
        refusals += _of_suggestion(line, suggestion)
        start = earliest_start(children)
        refusals += matching.refusals_under(rules, line.family, children, line.provider, start) if children else []
    return Standing(line, children, suggestion, refusals=refusals)


def _of_family(line: PlanLine, children: list[Child]) -> Iterator[Refusal]:
    if line.family.status not in OPEN_FAMILY:
        yield Refusal("family_not_waiting", (("status", line.family.status),))
    elif not matching.may_suggest(line.family):
        yield Refusal("consent_withdrawn")
    if len(children) < len(line.children):
        yield Refusal("moved_on")


def _of_suggestion(line: PlanLine, suggestion: Suggestion | None) -> Iterator[Refusal]:
    if suggestion is None and not line.told:
        yield Refusal("not_on_list")
    if suggestion is not None and suggestion.status == "dismissed":
        yield Refusal("set_aside")


def to_list(actor: Actor, line: PlanLine) -> Suggestion:
    """The suggestion of a line; one that is not on the family's list is put on its shortlist.

    ConflictError where the plan no longer knows why.
    """
    found = queries.listed([line.family_id]).get(queries.key_of(line))
    if found is not None:
        return found
    if not line.told or line.provider_id is None:
        raise ConflictError("not_on_list")
    run = SuggestionRun(
        family_id=line.family_id, model_version=db.session.get_one(Plan, line.plan_id).model_version,
        settings={"plan": str(line.plan_id)}, why_not=[], counts={}, current=False,
    )
    db.session.add(run)
    db.session.flush()
    made = Suggestion(
        run_id=run.id, family_id=line.family_id, provider_id=line.provider_id, children=line.children, sentences={},
        **line.told,
    )
    db.session.add(made)
    db.session.flush()
    suggestions.shortlist(actor, made)
    return made


def propose(actor: Actor, line_ids: Sequence[UUID]) -> list[Tried]:
    """Propose lines one by one; each is committed by itself, so that one that fails undoes no other.

    Raises NotFoundError for a line there is not, and NotAllowedError before anything is done.
    """
    for one in line_ids:
        require(actor, Permission.PROPOSAL_MAKE, _line(one).family)
    return [_try(actor, one) for one in dict.fromkeys(line_ids)]


def _line(line_id: UUID) -> PlanLine:
    found = select(PlanLine).where(PlanLine.id == line_id, PlanLine.provider_id.is_not(None))
    line = db.session.scalars(found.options(*queries.WHOLE)).unique().one_or_none()
    if line is None:
        raise NotFoundError
    return line


def _try(actor: Actor, line_id: UUID) -> Tried:
    line = _line(line_id)
    code = line.family.code
    try:
        made = _propose(actor, line)
        proposal = made.id
        db.session.commit()
    except (ConflictError, StaleDataError) as error:
        db.session.rollback()
        return Tried(code, refusals=getattr(error, "refusals", (Refusal("moved_on"),)))
    return Tried(code, proposal)


def _propose(actor: Actor, line: PlanLine) -> Proposal:
    (now,) = standings([line])
    if not now.is_open:
        raise ConflictError("refused", now.refusals or [
            Refusal("child_has_open_proposal", (("child", one.given_names),)) for one in now.children
        ])
    suggestion = to_list(actor, line)
    if suggestion.status == "suggested":
        suggestions.shortlist(actor, suggestion)
    return proposals.propose(actor, suggestion, earliest_start(now.children))
