"""What every request passes: the permission, the tenant, the forgery check, the commit.

A request works for the tenant its session names, or its token where a program asks, from before the view until after
the response. It is committed once, when the response is below 400. Refused access and what was read go into the trail.
"""

from __future__ import annotations

from contextlib import ExitStack
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as AnyResponse

from portal import audit, database
from portal.errors import ConflictError, NotAllowedError, OnlyReadsError, PortalError, UnavailableError
from portal.extensions import csrf, db
from portal.policy import Actor, Permission, Role, require
from portal.queries import people
from portal.tenancy import acting_for
from portal.views import bearer, once
from portal.views.access import ANY_SCOPE, PUBLIC, permission_of, scope_of
from portal.watching import work

READS = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_AGAIN = (409, 422)  # a form that was refused comes back on its page, with the file that the page shows
OF_NO_NGO = {None, PUBLIC, Permission.ACCOUNT}  # what is open to all, one's own account, and what is refused anyway


def init_app(app: Flask) -> None:
    """Stand before and after every request."""
    app.before_request(_enter)
    app.after_request(_finish)
    app.teardown_request(_leave)


def _enter() -> AnyResponse | None:
    g.scope = ExitStack()
    g.request_id = work.request_number() or work.number()
    g.actor = None
    if request.method in READS:
        g.scope.enter_context(database.reading())
    if getattr(session, "is_away", False):
        raise UnavailableError("database")
    if request.endpoint is None:  # no such address: the error page answers
        return None
    permission, scope = permission_of(current_app, request.endpoint), scope_of(current_app, request.endpoint)
    if scope is None:
        return _person_enters(permission)
    _bind_program(scope)
    require(g.actor, permission or "unlisted")
    return None


def _person_enters(permission: Permission | str | None) -> AnyResponse | None:
    """With a session, and a form of one's own."""
    if permission != PUBLIC and not current_user.is_authenticated:
        return _to_login()
    if permission != PUBLIC:
        _bind()
    _check_form(permission)
    if permission != PUBLIC:
        require(g.actor, permission or "unlisted")
    if getattr(session, "only_reads", False) and request.method not in READS:
        raise OnlyReadsError("database")
    return None


def _to_login() -> AnyResponse:
    """A page asked for without a session: log in first, then come back to it, or to the form that was sent."""
    if request.method in READS:
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
    return redirect(url_for("security.login", expired="1", next=_form_of()))


def _form_of() -> str | None:
    """Where what was sent was typed: its own address where that is a page, or the page it came from."""
    if request.url_rule is not None and "GET" in (request.url_rule.methods or ()):
        return request.path
    came = urlsplit(request.referrer or "")
    return came.path if came.netloc == request.host else None


def _bind() -> None:
    """Act for the session's tenant, as what this person is there."""
    tenant, user = session.get("tenant"), current_user
    work.acting(tenant, user.id)
    author = audit.Author(user.id, user.name or user.email, g.request_id)
    g.scope.enter_context(audit.acting_as(author))
    if tenant is not None:
        g.scope.enter_context(acting_for(UUID(tenant)))
        g.actor = people.actor(user, UUID(tenant))
    if g.actor is None:
        roles = frozenset({Role.OPERATOR} if user.is_operator else ())
        g.actor = Actor(user.id, user.name or user.email, roles)


def _bind_program(scope: str) -> None:
    """Act as the person whose token this is, within its scopes. No cookie counts here, so nothing can be forged."""
    found = bearer.enter(g.scope)
    g.token, g.actor = found.token, found.actor
    work.acting(found.actor.tenant, found.actor.id)
    author = audit.Author(found.actor.id, f"{found.actor.name} · {found.token.name}"[:120], g.request_id)
    g.scope.enter_context(audit.acting_as(author))
    if scope != ANY_SCOPE and scope not in found.token.scopes:
        raise NotAllowedError(f"scope {scope}")


def _check_form(permission: Permission | str | None) -> None:
    """What is sent comes from a page of the portal, made for this session.

    A form made for one NGO is not written into another, though the person works for both; one that names no NGO was
    not made by the portal. What concerns one's own account belongs to no NGO.
    """
    if request.method in READS:
        return
    csrf.protect()
    if permission not in OF_NO_NGO and request.form.get("_tenant") != session.get("tenant", ""):
        raise ConflictError("other_tenant")


def _finish(response: Response) -> Response:
    try:
        _end_transaction(response)
    except (SQLAlchemyError, PortalError) as error:
        db.session.rollback()
        session.pop("_flashes", None)  # a page that says "saved" would also throw the draft on the device away
        once.forget()
        response = current_app.make_response(current_app.handle_user_exception(error))
    return response


def _end_transaction(response: Response) -> None:
    """Commit what a good answer wrote; of any other answer keep only what the trail must know: what it showed."""
    if response.status_code < 400 and request.method not in READS:
        db.session.commit()
        return
    seen = [entry for entry in audit.waiting() if _is_kept(entry.action, response.status_code)]
    db.session.rollback()
    g.scope.enter_context(database.writing())
    audit.waiting().extend(seen)
    if response.status_code == 403 and g.get("actor") and g.actor.tenant:
        audit.record("refused", request.endpoint or "", reason=str(g.get("refused", "")))
    if audit.waiting():
        db.session.commit()


def _is_kept(action: str, status: int) -> bool:
    """Is this so, though nothing is written?"""
    if status < 400:
        return action not in {"create", "update", "delete"}
    return action == "read" and status in FORM_AGAIN


def _leave(_: BaseException | None) -> None:
    scope = g.pop("scope", None)
    if scope is not None:
        scope.close()


def refused(error: NotAllowedError) -> None:
    """Remember what was refused, for the trail."""
    g.refused = error.permission


def require_permission(permission: Permission, row: object) -> None:
    """May the person at work do this to this row? Raises NotAllowedError."""
    require(g.actor, permission, row)
