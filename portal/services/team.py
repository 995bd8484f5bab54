"""The people of an NGO: invitations, roles, leave-taking, stand-ins."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from portal import audit, clock, policy
from portal.errors import ConflictError, InvalidInputError, NotFoundError
from portal.extensions import db
from portal.models import Delegation, Invitation, Membership, User
from portal.policy import GIVEN_BY_ADMIN, Actor, Permission, Role
from portal.queries import people

VALID_DAYS = 7


def invite(actor: Actor, email: str, name: str, roles: list[str]) -> str:
    """Invite somebody by mail. Returns the token of the link; only its hash is kept.

    Raises InvalidInputError for who works here already; says nothing about other NGOs.
    """
    policy.require(actor, Permission.USERS_MANAGE)
    if people.works_here(email.strip()):
        raise InvalidInputError("works_here", {"email": ["works_here"]})
    token = secrets.token_urlsafe(32)
    db.session.add(Invitation(
        email=email.strip().casefold(), name=name.strip(), roles=_given(roles), token_hash=hashed(token),
        invited_by_id=actor.id, expires_at=clock.now() + timedelta(days=VALID_DAYS),
    ))
    audit.record("invite", "membership")
    return token


def hashed(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def invitation(token: str) -> Invitation:
    """The open invitation of the tenant at work; NotFoundError when it was used, revoked or is too old."""
    found = db.session.scalars(select(Invitation).where(Invitation.token_hash == hashed(token))).one_or_none()
    if found is None or found.accepted_at or found.revoked_at or found.expires_at <= clock.now():
        raise NotFoundError
    return found


def accept(found: Invitation, user: User) -> Membership:
    """The invited person joins, once. Who works here already keeps what they are: an invitation takes nothing away."""
    found.accepted_at = clock.now()
    member = people.member(user.id)
    if member is None:
        member = Membership(user_id=user.id, roles=list(found.roles))
        db.session.add(member)
    kept = member.roles if member.active else []
    member.roles, member.active = list(dict.fromkeys([*kept, *found.roles])), True
    return member


def revoke(actor: Actor, found: Invitation) -> None:
    """The link opens nothing any more."""
    policy.require(actor, Permission.USERS_MANAGE)
    found.revoked_at = clock.now()


def open_invitations() -> list[Invitation]:
    """Those that can still be accepted."""
    found = select(Invitation).where(
        Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > clock.now()
    )
    return list(db.session.scalars(found.order_by(Invitation.made_at)))


def change_roles(actor: Actor, member: Membership, roles: list[str]) -> None:
    """What a member is from now on. ConflictError when nobody would be left to administer the NGO."""
    policy.require(actor, Permission.USERS_MANAGE)
    wanted = _given(roles)
    if Role.NGO_ADMIN not in wanted:
        _keep_an_admin(member)
    member.roles = wanted


def disable(actor: Actor, member: Membership) -> None:
    """The member may do nothing here from the next request on."""
    policy.require(actor, Permission.USERS_MANAGE)
    _keep_an_admin(member)
    member.active = False


def enable(actor: Actor, member: Membership) -> None:
    """The member is back."""
    policy.require(actor, Permission.USERS_MANAGE)
    member.active = True


def delegate(actor: Actor, stand_in: UUID, first: date, last: date) -> None:
    """A supervisor names who decides in their absence, from the first to the last day."""
    policy.require(actor, Permission.PROPOSAL_QUEUE)
    if last < first or last < clock.today() or (last - first).days > 92:
        raise InvalidInputError("date_past", {"last_day": ["date_past"]})
    member = people.member(stand_in)
    if member is None or not member.active or member.user_id == actor.id:
        raise InvalidInputError("choice_missing", {"stand_in": ["choice_missing"]})
    db.session.add(Delegation(supervisor_id=actor.id, stand_in_id=stand_in, first_day=first, last_day=last))


def _given(roles: list[str]) -> list[str]:
    """Roles an NGO may give; InvalidInputError for none or for any other."""
    wanted = [role for role in GIVEN_BY_ADMIN if role in roles]
    if not wanted or set(roles) - set(GIVEN_BY_ADMIN):
        raise InvalidInputError("choice_missing", {"roles": ["choice_missing"]})
    return [role.value for role in wanted]


def _keep_an_admin(member: Membership) -> None:
    admins = [one for one in people.team() if one.active and Role.NGO_ADMIN in one.roles]
    if admins == [member]:
        raise ConflictError("last_admin")
