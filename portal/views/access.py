"""Which permission each endpoint needs. An endpoint that names none is refused to everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, request
from flask_admin import expose

from portal.policy import Permission

PUBLIC = "public"  # open to whoever can reach the portal
PROGRAMS = "/api/v1/"  # below it programs ask, with a token; everywhere else people, with a session
ANY_SCOPE = ""
Needed = Permission | str

# Endpoints of libraries, which cannot name their permission themselves.
LIBRARY: dict[str, Needed] = {
    "static": PUBLIC,
    "admin.static": PUBLIC,
    "security.static": PUBLIC,
    "security.login": PUBLIC,
    "security.forgot_password": PUBLIC,
    "security.reset_password": PUBLIC,
    "security.logout": Permission.ACCOUNT,
    "security.change_password": Permission.ACCOUNT,
    "api-docs.openapi_json": PUBLIC,
}


def screen(
    url: str, permission: Needed, methods: tuple[str, ...] = ("GET",)
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Expose a method of a view at `url` to those who have the permission."""

    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        view.permission = permission
        return expose(url, methods)(view)

    return mark


def needs(permission: Needed) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Name the permission of a plain view function."""

    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        view.permission = permission
        return view

    return mark


def opens_to(permission: Needed, scope: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Name what a view for programs needs: the permission of the token's person, and the token's scope."""

    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        view.permission, view.scope = permission, scope
        return view

    return mark


def scope_of(app: Flask, endpoint: str | None) -> str | None:
    """The scope an endpoint for programs needs; None for one that is for people."""
    return getattr(app.view_functions.get(endpoint or ""), "scope", None)


def is_for_programs() -> bool:
    """Is what this request asks for read by a program, were it only an error?"""
    return request.path.startswith(PROGRAMS)


def permission_of(app: Flask, endpoint: str | None) -> Needed | None:
    """What an endpoint needs, or None when nobody said."""
    if endpoint in LIBRARY:
        return LIBRARY[endpoint]
    if endpoint is not None and endpoint.endswith(".static"):
        return PUBLIC
    view = app.view_functions.get(endpoint or "")
    stock: dict[str, Needed] = getattr(getattr(view, "__self__", None), "permissions", {})
    return getattr(view, "permission", None) or stock.get(getattr(view, "__name__", ""))
