"""What is around every page: who is at work, for whom, and where one can go."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Flask, current_app, g, request, session, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from portal import crypto, policy, wording
from portal.policy import Permission, Role
from portal.views import headers, language


@dataclass(frozen=True)
class Entry:
    """A line of the menu."""

    label: object
    endpoint: str
    permission: Permission
    icon: str = ""
    holds: tuple[str, ...] = ()  # screens that lie behind it
    url: str = ""
    active: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Group:
    """Lines of the menu that belong together."""

    title: object
    entries: list[Entry] = field(default_factory=list)


MENU = (
    Group(_l("Trabajo"), [
        Entry(_l("Mi día"), "admin.index", Permission.HOME, "home"),
        Entry(_l("Familias"), "families.index", Permission.FAMILY_LIST, "users", ("intake", "suggestions")),
        Entry(_l("Cuidadores"), "providers.index", Permission.PROVIDER_LIST, "heart", ("vetting", "documents")),
        Entry(_l("Por decidir"), "queue.index", Permission.PROPOSAL_QUEUE, "check", ("proposals",)),
        Entry(_l("Plan de cupos"), "plans.index", Permission.PLAN_READ, "list"),
        Entry(_l("Colocaciones"), "placements.index", Permission.PLACEMENT_READ, "calendar", ("attendance",)),
        Entry(_l("Seguimientos"), "followups.index", Permission.FOLLOWUP_DO, "phone"),
    ]),
    Group(_l("Mi ONG"), [
        Entry(_l("Equipo"), "team.index", Permission.TEAM_READ, "team", ("handover",)),
        Entry(_l("Lista de verificación"), "checklist.index_view", Permission.SETTINGS_MANAGE, "list"),
        Entry(_l("Importar"), "imports.index", Permission.DATA_IMPORT, "upload"),
        Entry(_l("Modelo"), "models.index", Permission.MODEL_TRAIN, "chart"),
        Entry(_l("Trabajos"), "jobs.index", Permission.JOB_LIST, "clock"),
        Entry(_l("Ajustes"), "settings.index", Permission.SETTINGS_MANAGE, "settings", ("webhooks",)),
        Entry(_l("Bitácora"), "trail.index_view", Permission.TRAIL_READ, "shield"),
    ]),
    Group(_l("Plataforma"), [
        Entry(_l("Organizaciones"), "tenants.index", Permission.TENANT_LIST, "building"),
        Entry(_l("Modelo"), "models.index", Permission.MODEL_PROMOTE, "chart"),
    ]),
)


def init_app(app: Flask) -> None:
    """Give every template the names it may use."""
    app.context_processor(lambda: _names())
    app.jinja_env.globals.update(csp_nonce=headers.nonce, can=can, wording=wording)


def can(permission: str, row: Any = None) -> bool:
    """May the person at work do this to this row? Templates ask by the permission's name."""
    return policy.allowed(g.get("actor"), Permission(permission), row)


def _names() -> dict[str, Any]:
    return {
        "navigation": navigation, "tenant_field": lambda: session.get("tenant", ""), "languages": language.LANGUAGES,
        "language": language.chosen(), "person": person(), "tile_url": current_app.config["SETTINGS"].tile_url,
        "search_url": _url("search.index", Permission.SEARCH), "account_url": _url("account.index"),
        "language_url": _url("account.language"), "support": _support(),
        "only_reads": getattr(session, "only_reads", False), "draft_seal": draft_seal,
    }


def _url(endpoint: str, permission: Permission | None = None) -> str:
    """The address of a screen that exists and is open to the person at work, else nothing."""
    if endpoint not in current_app.view_functions or (permission is not None and not can(permission)):
        return ""
    return url_for(endpoint)


def _support() -> str:
    """What an operator inside an NGO is reminded of on every page."""
    actor = g.get("actor")
    if actor is None or actor.tenant is None or Role.OPERATOR not in actor.roles:
        return ""
    ngo = session.get("tenant_name", "")
    return gettext("Está dentro de %(ngo)s como soporte; todo queda en su bitácora. Al terminar, salga.", ngo=ngo)


def person() -> dict[str, Any] | None:
    """Who is at work, or None."""
    actor = g.get("actor")
    if actor is None:
        return None
    roles = ", ".join(wording.label("role", role) for role in sorted(actor.roles))
    return {"id": actor.id, "name": actor.name, "roles_text": roles, "ngo": session.get("tenant_name", "")}


def draft_seal() -> str:
    """The key of the drafts on this person's devices, in base64; "" for nobody at work at an NGO: nothing is kept."""
    actor = g.get("actor")
    return base64.b64encode(crypto.draft_key(actor.id)).decode() if actor and actor.tenant else ""


def navigation() -> list[Group]:
    """The menu of the person at work."""
    groups = [Group(group.title, [_live(entry) for entry in group.entries if _open(entry)]) for group in MENU]
    return [group for group in groups if group.entries]


def _open(entry: Entry) -> bool:
    return entry.endpoint in current_app.view_functions and can(entry.permission)


def _live(entry: Entry) -> Entry:
    here = (request.endpoint or "").partition(".")[0] in (entry.endpoint.partition(".")[0], *entry.holds)
    return replace(entry, url=url_for(entry.endpoint), active=here)
