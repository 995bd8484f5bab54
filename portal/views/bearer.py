"""Who a program works for: the token of the `Authorization` header, which names its NGO.

Whoever sends tokens that open nothing waits longer with each, as after failed logins; one that works is never kept
waiting, so that nobody can lock another out.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

from flask import request

from portal import database
from portal.errors import NotKnownError, TooManyError
from portal.extensions import db
from portal.models import ApiToken
from portal.policy import Actor
from portal.services import tokens
from portal.services.throttle import throttle
from portal.tenancy import acting_for


@dataclass(frozen=True)
class Known:
    """A token that works, and the person it acts as."""

    token: ApiToken
    actor: Actor


def enter(scope: ExitStack) -> Known:
    """Act for the token's NGO until `scope` ends.

    Raises NotKnownError without a token that works, TooManyError when such tokens were sent too often.
    """
    given = request.authorization
    text = given.token if given is not None and given.type == "bearer" else None
    if not text:
        raise NotKnownError
    tenant = tokens.tenant_of(text)
    if tenant is None:
        raise _refused()
    scope.enter_context(acting_for(tenant))
    token = tokens.found(text)
    actor = tokens.person_of(token) if token is not None else None
    if token is None or actor is None:
        raise _refused()
    return Known(token, actor)


def _refused() -> Exception:
    """The error for a token that opens nothing; it is counted against the address it came from."""
    db.session.rollback()  # the count is kept in a transaction of its own, beside which this one may not write
    name = f"token from {request.remote_addr}"
    wait = throttle.seconds_left(name)
    if wait:
        return TooManyError("token", wait)
    with database.writing():
        throttle.failed(name)
    return NotKnownError()
