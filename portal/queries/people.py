"""Who a person is: memberships, support accesses, stand-ins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select

from portal import clock
from portal.extensions import db
from portal.models import Delegation, Membership, SupportAccess, Tenant, User
from portal.policy import Actor, Permission, Role, answers_for_cases, may


def actor(user: User, tenant: UUID) -> Actor | None:
    """What this person is at the tenant at work; None when nothing (any more)."""
    found = db.session.execute(
        select(Membership, _stands_in(user.id)).where(Membership.user_id == user.id, Membership.active.is_(True))
    ).one_or_none()
    if found is not None:
        membership, stands_in = found
        roles = frozenset(membership.roles)
        return Actor(user.id, membership.name, roles, tenant, Role.SUPERVISOR not in roles and stands_in)
    if user.is_operator and support_access(user.id) is not None:
        return Actor(user.id, user.name or user.email, frozenset({Role.OPERATOR}), tenant)
    return None


def _stands_in(user: UUID) -> ColumnElement[bool]:
    """Does this person decide for an absent supervisor today?"""
    today = clock.today()
    return exists().where(
        Delegation.stand_in_id == user, Delegation.first_day <= today, Delegation.last_day >= today
    )


def support_access(operator: UUID) -> SupportAccess | None:
    """The operator's access to the tenant at work, while it lasts."""
    found = select(SupportAccess).where(
        SupportAccess.operator_id == operator, SupportAccess.ended_at.is_(None), SupportAccess.until > clock.now()
    )
    return db.session.scalars(found).first()


def tenants_of(user: UUID) -> list[Tenant]:
    """The NGOs where this person is a member. Called in a `platform_scope`, before a tenant is known."""
    found = (
        select(Tenant)
        .join(Membership, Membership.tenant_id == Tenant.id)
        .where(Membership.user_id == user, Membership.active.is_(True))
        .order_by(Tenant.name)
    )
    return list(db.session.scalars(found))


def team() -> list[Membership]:
    """Every member of the tenant at work, active ones first, by name."""
    found = db.session.scalars(select(Membership)).all()
    return sorted(found, key=lambda member: (not member.active, member.name))


@dataclass(frozen=True)
class Colleague:
    """A member, as a list to choose from needs it."""

    user_id: UUID
    name: str
    active: bool
    roles: tuple[str, ...]

    def may(self, permission: Permission) -> bool:
        return self.active and may(self.roles, permission)

    @property
    def can_answer(self) -> bool:
        """May cases be in this person's hands?"""
        return self.active and answers_for_cases(self.roles)


def colleagues() -> list[Colleague]:
    """Every member of the tenant at work, active ones first, by name; without their accounts."""
    found = db.session.execute(
        select(Membership.user_id, User.name, User.email, Membership.active, Membership.roles)
        .join(User, User.id == Membership.user_id)
    )
    members = [Colleague(user, name or email, active, tuple(roles)) for user, name, email, active, roles in found]
    return sorted(members, key=lambda one: (not one.active, one.name))


def responsible() -> list[Colleague]:
    """Those whom a case may be given, by name."""
    return [one for one in colleagues() if one.can_answer]


def unable(team: Iterable[Colleague]) -> list[UUID]:
    """Those of a team in whose hands no case should be: who left, or may work no case (any more)."""
    return [one.user_id for one in team if not one.can_answer]


def works_here(email: str) -> bool:
    """Is the address that of an active member of the tenant at work?"""
    found = select(Membership.id).join(User, User.id == Membership.user_id).where(
        Membership.active.is_(True), func.lower(User.email) == email.casefold()
    )
    return db.session.scalars(found).first() is not None


def member(user: UUID) -> Membership | None:
    """The membership of a person at the tenant at work."""
    return db.session.scalars(select(Membership).where(Membership.user_id == user)).one_or_none()
