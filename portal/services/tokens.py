"""Tokens of programs: made by a person, shown once, revoked by them or by who administers the NGO.

A token is `ayni_<tenant>_<secret>`: it names its NGO in the clear, since nothing of an NGO can be read before it is
known which. The secret has 256 bits; what is kept is the hash of the whole.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, joinedload

from portal import audit, clock, database, policy
from portal.errors import InvalidInputError
from portal.extensions import db
from portal.models import ApiToken
from portal.models.api_token import SCOPES
from portal.policy import Actor, Permission
from portal.queries import people
from portal.services.team import hashed
from portal.tenancy import current

PREFIX = "ayni"
LONGEST_DAYS = 365
SEEN_EVERY = timedelta(minutes=1)  # how exactly the last use is kept: not every request writes
LONGEST_NAME = 60


def make(actor: Actor, name: str, scopes: list[str], days: int) -> tuple[ApiToken, str]:
    """A new token of this person, and the text that is shown once. Raises InvalidInputError by field."""
    policy.require(actor, Permission.PROGRAM_MAKE)
    _check(name, scopes, days)
    text = f"{PREFIX}_{current().hex}_{secrets.token_urlsafe(32)}"
    token = ApiToken(
        user_id=actor.id, name=name.strip(), scopes=[one for one in SCOPES if one in scopes], token_hash=hashed(text),
        ending=text[-4:], expires_at=clock.now() + timedelta(days=days),
    )
    db.session.add(token)
    return token, text


def _check(name: str, scopes: list[str], days: int) -> None:
    wrong: dict[str, list[str]] = {}
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        wrong["name"] = ["text_missing"]
    if not scopes or set(scopes) - set(SCOPES):
        wrong["scopes"] = ["choice_missing"]
    if not 0 < days <= LONGEST_DAYS:
        wrong["days"] = ["choice_missing"]
    if wrong:
        raise InvalidInputError("refused", wrong)


def revoke(actor: Actor, token: ApiToken) -> None:
    """The token opens nothing any more."""
    policy.require(actor, Permission.PROGRAM_REVOKE, token)
    token.revoked_at = token.revoked_at or clock.now()
    audit.record("revoke", token)


def of_actor(actor: Actor) -> list[ApiToken]:
    """This person's tokens, or everybody's for who may see them; the newest first."""
    found = select(ApiToken).options(joinedload(ApiToken.member)).order_by(ApiToken.made_at.desc(), ApiToken.id)
    if not policy.allowed(actor, Permission.PROGRAM_LIST):
        found = found.where(ApiToken.user_id == actor.id)
    return list(db.session.scalars(found).unique())


def tenant_of(text: str) -> UUID | None:
    """The NGO a token says it is of; None for a text that is no token."""
    prefix, _, rest = text.partition("_")
    tenant, _, secret = rest.partition("_")
    if prefix != PREFIX or not secret or len(tenant) != 32:
        return None
    try:
        return UUID(hex=tenant)
    except ValueError:
        return None


def found(text: str) -> ApiToken | None:
    """The token of the tenant at work that has this text and works; its last use is written down.

    In transactions of its own, before the request's begins: that one may be rolled back.
    """
    with database.reading(), Session(db.engine, expire_on_commit=False) as reader:
        token = reader.scalars(select(ApiToken).where(ApiToken.token_hash == hashed(text))).one_or_none()
        if token is None or not token.works:
            return None
        reader.expunge(token)
    if token.used_at is None or clock.now() - token.used_at > SEEN_EVERY:
        _note_use(token)
    return token


def _note_use(token: ApiToken) -> None:
    """For its owner to see. Where the database only reads for now, what may be read is no less read for it."""
    try:
        with database.writing(), Session(db.engine) as writer:
            writer.execute(update(ApiToken).where(ApiToken.id == token.id).values(used_at=clock.now()))
            writer.commit()
    except DBAPIError as error:
        if not database.is_read_only(error):
            raise


def person_of(token: ApiToken) -> Actor | None:
    """What the token's person is at the tenant at work today; None once they left. An operator has no tokens."""
    member = people.member(token.user_id)
    if member is None or not member.active or not member.user.active:
        return None
    return people.actor(member.user, token.tenant_id)
