"""Who may do what: the only place that knows what a role may do.

A permission is allowed when every predicate of any one of its lines holds. What is not listed is denied. Predicates
look at the actor and, where there is one, at the row (`subject`); with no subject they answer "for some row".
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from portal import clock
from portal.errors import NotAllowedError


class Role(StrEnum):
    """What a membership may be; a person may hold several. `operator` and `system` are never given to a member."""

    CASEWORKER = "caseworker"
    SUPERVISOR = "supervisor"
    NGO_ADMIN = "ngo_admin"
    DATA_SCIENTIST = "data_scientist"  # teaches the score and reads its figures; sees no case
    OPERATOR = "operator"  # of the platform; inside an NGO only through a support access
    SYSTEM = "system"  # the worker


GIVEN_BY_ADMIN = (Role.CASEWORKER, Role.SUPERVISOR, Role.NGO_ADMIN, Role.DATA_SCIENTIST)


@dataclass(frozen=True)
class Actor:
    """A person at work for a tenant (or the platform's operator for none)."""

    id: UUID | None
    name: str
    roles: frozenset[str]
    tenant: UUID | None = None
    may_stand_in: bool = False  # decides for an absent supervisor, by a dated delegation
    importing: bool = False  # brings in a file, which was asked of the policy: `services.imports` alone sets it


SYSTEM = Actor(id=None, name="sistema", roles=frozenset({Role.SYSTEM}))


class Permission(StrEnum):
    """Everything that is asked before something is shown or done."""

    ACCOUNT = "account"  # one's own account, sessions, language
    HOME = "home"
    SEARCH = "search"
    FAMILY_LIST = "family.list"
    FAMILY_READ = "family.read"
    FAMILY_CREATE = "family.create"
    FAMILY_EDIT = "family.edit"
    FAMILY_REVEAL = "family.reveal"
    FAMILY_ASSIGN = "family.assign"
    INTAKE_SUBMIT = "intake.submit"
    INTAKE_DECIDE = "intake.decide"
    CASE_PAUSE = "case.pause"
    CASE_CLOSE = "case.close"
    CASE_MOVE = "case.move"  # the moves that follow from others: waitlist, matched, placed
    PROVIDER_LIST = "provider.list"
    PROVIDER_READ = "provider.read"
    PROVIDER_EDIT = "provider.edit"
    PROVIDER_REVEAL = "provider.reveal"
    VETTING_WORK = "vetting.work"
    PROVIDER_DECIDE = "provider.decide"  # to reject, to suspend
    PROVIDER_APPROVE = "provider.approve"
    PROVIDER_CLOSE = "provider.close"
    PROVIDER_MOVE = "provider.move"  # by time: renewal due, lapse
    DOCUMENT_READ = "document.read"
    DOCUMENT_ADD = "document.add"
    SUGGESTION_READ = "suggestion.read"
    SUGGESTION_USE = "suggestion.use"
    PROPOSAL_READ = "proposal.read"
    PROPOSAL_MAKE = "proposal.make"
    PROPOSAL_DECIDE = "proposal.decide"
    PROPOSAL_QUEUE = "proposal.queue"
    OFFER_RECORD = "offer.record"
    DECLINE_CONFIRM = "decline.confirm"
    PROPOSAL_MOVE = "proposal.move"  # by time: a hold that ends
    PLAN_READ = "plan.read"  # who would go where if all who wait were placed at once
    PLAN_MAKE = "plan.make"
    PLACEMENT_READ = "placement.read"
    PLACEMENT_MANAGE = "placement.manage"
    PLACEMENT_CONFIRM = "placement.confirm"
    PLACEMENT_MOVE = "placement.move"  # by time: a planned end whose day has come
    FOLLOWUP_DO = "followup.do"
    ATTENDANCE_RECORD = "attendance.record"
    TEAM_READ = "team.read"
    PROGRAM_MAKE = "program.make"  # a token with which a program acts as oneself
    PROGRAM_REVOKE = "program.revoke"
    PROGRAM_LIST = "program.list"  # the tokens of everybody
    WEBHOOKS_MANAGE = "webhooks.manage"  # where the NGO's own systems are told what happens
    USERS_MANAGE = "users.manage"
    SETTINGS_MANAGE = "settings.manage"
    DATA_IMPORT = "data.import"  # families and providers from a file
    TRAIL_READ = "trail.read"
    JOB_LIST = "job.list"  # long work of the worker that somebody asked for
    JOB_READ = "job.read"
    JOB_CANCEL = "job.cancel"
    MODEL_READ = "model.read"  # the versions of the score: an NGO's own, or all for the platform's operator
    MODEL_TRAIN = "model.train"
    MODEL_PROMOTE = "model.promote"  # which one ranks, for every NGO
    TENANT_LIST = "tenant.list"
    TENANT_ENTER = "tenant.enter"


Predicate = Callable[[Actor, Any], bool]


def _role(role: Role) -> Predicate:
    def holds(actor: Actor, subject: Any) -> bool:
        return role in actor.roles

    holds.__name__ = role.value
    return holds


caseworker = _role(Role.CASEWORKER)
supervisor = _role(Role.SUPERVISOR)
ngo_admin = _role(Role.NGO_ADMIN)
data_scientist = _role(Role.DATA_SCIENTIST)
operator = _role(Role.OPERATOR)
system = _role(Role.SYSTEM)


def anyone(actor: Actor, subject: Any) -> bool:
    """Whoever is logged in."""
    return actor.id is not None


def inside(actor: Actor, subject: Any) -> bool:
    """At work for a tenant."""
    return actor.tenant is not None


def outside(actor: Actor, subject: Any) -> bool:
    """At work for no tenant."""
    return actor.tenant is None


def stand_in(actor: Actor, subject: Any) -> bool:
    """Holds a supervisor's delegation today."""
    return actor.may_stand_in


def importing(actor: Actor, subject: Any) -> bool:
    """Brings in a file."""
    return actor.importing


def a_draft(actor: Actor, subject: Any) -> bool:
    """A case nobody has sent yet."""
    return getattr(subject, "status", "draft") == "draft"


def on_the_case(actor: Actor, subject: Any) -> bool:
    """The family's own caseworker."""
    family = getattr(subject, "family", None) or subject
    return family is None or getattr(family, "caseworker_id", actor.id) == actor.id


def not_the_author(actor: Actor, subject: Any) -> bool:
    """Somebody else than who registered the case or sent it: two people see each, whoever answers for it now."""
    return subject is None or actor.id not in getattr(subject, "author_ids", ())


def not_the_proposer(actor: Actor, subject: Any) -> bool:
    """Nobody decides on what they proposed themselves, though somebody else proposed it again since."""
    return subject is None or actor.id not in getattr(subject, "proposer_ids", ())


def not_the_vetter(actor: Actor, subject: Any) -> bool:
    """Nobody decides on a provider whose vetting they began."""
    return subject is None or getattr(subject, "vetting_officer_id", None) != actor.id


def not_a_verifier(actor: Actor, subject: Any) -> bool:
    """Nobody approves a provider on the strength of what they verified themselves."""
    return subject is None or actor.id not in getattr(subject, "verifier_ids", ())


def own(actor: Actor, subject: Any) -> bool:
    """The person's own."""
    return subject is None or getattr(subject, "user_id", None) == actor.id


def asked(actor: Actor, subject: Any) -> bool:
    """What the person asked for."""
    return subject is None or (actor.id is not None and getattr(subject, "asked_by_id", None) == actor.id)


def not_confidential(actor: Actor, subject: Any) -> bool:
    """A confidential family is seen by its caseworker and the supervisors only."""
    family = getattr(subject, "family", None) or subject
    return not getattr(family, "confidential", False)


TEAM: list[list[Predicate]] = [[caseworker], [supervisor]]
FILE: list[list[Predicate]] = [[supervisor], [caseworker, on_the_case], [caseworker, not_confidential]]
OWN_CASE: list[list[Predicate]] = [[supervisor], [caseworker, on_the_case]]
DECIDERS: list[list[Predicate]] = [[supervisor, not_the_proposer], [stand_in, not_the_proposer]]
STAFF: list[list[Predicate]] = [[caseworker], [supervisor], [ngo_admin]]
ASKED: list[list[Predicate]] = [[supervisor], [ngo_admin], [caseworker, asked], [data_scientist, asked]]

PERMISSIONS: dict[Permission, list[list[Predicate]]] = {
    Permission.ACCOUNT: [[anyone]],
    Permission.HOME: [[anyone]],
    Permission.SEARCH: TEAM,
    Permission.FAMILY_LIST: TEAM,
    Permission.FAMILY_READ: FILE,
    Permission.FAMILY_CREATE: [*TEAM, [importing]],
    Permission.FAMILY_EDIT: [*OWN_CASE, [importing, a_draft]],
    Permission.FAMILY_REVEAL: OWN_CASE,
    Permission.FAMILY_ASSIGN: [[supervisor]],
    Permission.INTAKE_SUBMIT: OWN_CASE,
    Permission.INTAKE_DECIDE: [[supervisor, not_the_author]],
    Permission.CASE_PAUSE: [[supervisor], [caseworker, on_the_case], [system]],
    Permission.CASE_CLOSE: [[supervisor]],
    Permission.CASE_MOVE: [[system], [supervisor], [caseworker, on_the_case]],
    Permission.PROVIDER_LIST: STAFF,
    Permission.PROVIDER_READ: STAFF,
    Permission.PROVIDER_EDIT: [*STAFF, [importing]],
    Permission.PROVIDER_REVEAL: STAFF,
    Permission.VETTING_WORK: [*STAFF, [system]],
    Permission.PROVIDER_DECIDE: [[supervisor, not_the_vetter]],
    Permission.PROVIDER_APPROVE: [[supervisor, not_the_vetter, not_a_verifier]],
    Permission.PROVIDER_CLOSE: [[ngo_admin], [supervisor]],
    Permission.PROVIDER_MOVE: [[system]],
    Permission.DOCUMENT_READ: STAFF,
    Permission.DOCUMENT_ADD: STAFF,
    Permission.SUGGESTION_READ: FILE,
    Permission.SUGGESTION_USE: OWN_CASE,
    Permission.PROPOSAL_READ: FILE,
    Permission.PROPOSAL_MAKE: [*OWN_CASE, [system]],  # the system only withdraws, when a provider is suspended
    Permission.PROPOSAL_DECIDE: DECIDERS,
    Permission.PROPOSAL_QUEUE: [[supervisor], [stand_in]],
    Permission.OFFER_RECORD: OWN_CASE,
    Permission.DECLINE_CONFIRM: [[supervisor], [stand_in]],
    Permission.PROPOSAL_MOVE: [[system]],
    Permission.PLAN_READ: STAFF,
    Permission.PLAN_MAKE: [[supervisor], [ngo_admin]],
    Permission.PLACEMENT_READ: FILE,
    Permission.PLACEMENT_MANAGE: OWN_CASE,
    Permission.PLACEMENT_CONFIRM: [[supervisor]],
    Permission.PLACEMENT_MOVE: [[system]],
    Permission.FOLLOWUP_DO: [*OWN_CASE, [system]],  # the system only cancels, when a planned end has come
    Permission.ATTENDANCE_RECORD: OWN_CASE,
    Permission.TEAM_READ: [[supervisor], [ngo_admin]],
    Permission.PROGRAM_MAKE: STAFF,
    Permission.PROGRAM_REVOKE: [[ngo_admin], [caseworker, own], [supervisor, own]],
    Permission.PROGRAM_LIST: [[ngo_admin]],
    Permission.WEBHOOKS_MANAGE: [[ngo_admin]],
    Permission.USERS_MANAGE: [[ngo_admin]],
    Permission.SETTINGS_MANAGE: [[ngo_admin]],
    Permission.DATA_IMPORT: [[supervisor], [ngo_admin], [system]],
    Permission.TRAIL_READ: [[ngo_admin], [supervisor], [operator, inside]],
    Permission.JOB_LIST: [*STAFF, [data_scientist]],
    Permission.JOB_READ: ASKED,
    Permission.JOB_CANCEL: ASKED,
    Permission.MODEL_READ: [[ngo_admin], [data_scientist], [operator, outside]],
    Permission.MODEL_TRAIN: [[ngo_admin], [data_scientist]],
    Permission.MODEL_PROMOTE: [[operator, outside]],
    Permission.TENANT_LIST: [[operator]],
    Permission.TENANT_ENTER: [[operator]],
}


def allowed(actor: Actor | None, permission: Permission, subject: Any = None) -> bool:
    """May this person do this (to this row)? Nobody logged in may do nothing."""
    if actor is None:
        return False
    return any(all(rule(actor, subject) for rule in line) for line in PERMISSIONS.get(permission, ()))


def require(actor: Actor | None, permission: Permission, subject: Any = None) -> None:
    """Raise NotAllowedError unless allowed."""
    if not allowed(actor, permission, subject):
        raise NotAllowedError(permission, of_row=subject is not None and allowed(actor, permission))


def answers_for_cases(roles: Collection[str]) -> bool:
    """May somebody who is this be the person responsible for a case? Only who can then work it."""
    return may(roles, Permission.FAMILY_EDIT)


def may(roles: Collection[str], permission: Permission) -> bool:
    """May somebody who is this do it, for some row?"""
    return allowed(Actor(id=None, name="", roles=frozenset(roles)), permission)


def is_stand_in_day(start: Any, end: Any) -> bool:
    """A delegation counts from its first to its last day."""
    return bool(start <= clock.today() <= end)
