"""Every screen. `SCREENS` is the list of what exists: a new screen is a file here and a line there."""

from __future__ import annotations

from flask import Flask
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme
from flask_babel import lazy_gettext as _l

from portal.audit import AuditEvent
from portal.models import ChecklistItem
from portal.views import accounts, chrome, error_pages, guard, headers, home, language, proxies, sessions
from portal.views.account import Account
from portal.views.attendance import Attendance
from portal.views.base import ScreenMixin
from portal.views.checklist import Checklist
from portal.views.districts import Districts
from portal.views.documents import Documents
from portal.views.families import Families
from portal.views.figures import figures
from portal.views.followups import FollowUps
from portal.views.handover import HandOvers
from portal.views.health import health
from portal.views.imports import Imports
from portal.views.intake import Intake
from portal.views.jobs import Jobs
from portal.views.models import Models
from portal.views.placements import Placements
from portal.views.plans import Plans
from portal.views.proposals import Proposals
from portal.views.providers import Providers
from portal.views.queue import Queue
from portal.views.search import Search
from portal.views.settings import SettingsScreen
from portal.views.suggestions import Suggestions
from portal.views.team import Team
from portal.views.tenants import Tenants
from portal.views.tokens import Tokens
from portal.views.trail import Trail
from portal.views.vetting import Vetting
from portal.views.webhooks import Webhooks


def screens() -> list[ScreenMixin]:
    """A fresh object of every screen: an application has its own."""
    return [
        Queue(name=_l("Por decidir"), endpoint="queue", url="/queue"),
        Proposals(name="", endpoint="proposals", url="/proposals"),
        Plans(name=_l("Plan de cupos"), endpoint="plans", url="/plan"),
        Placements(name=_l("Colocaciones"), endpoint="placements", url="/placements"),
        Attendance(name="", endpoint="attendance", url="/attendance"),
        FollowUps(name=_l("Seguimientos"), endpoint="followups", url="/followups"),
        Account(name="", endpoint="account", url="/account"),
        Team(name=_l("Equipo"), endpoint="team", url="/team"),
        HandOvers(name="", endpoint="handover", url="/handover"),
        Tokens(name="", endpoint="tokens", url="/tokens"),
        Webhooks(name="", endpoint="webhooks", url="/webhooks"),
        Tenants(name=_l("Organizaciones"), endpoint="tenants", url="/tenants"),
        Families(name=_l("Familias"), endpoint="families", url="/families"),
        Intake(name="", endpoint="intake", url="/intake"),
        Search(name="", endpoint="search", url="/search"),
        Suggestions(name="", endpoint="suggestions", url="/suggestions"),
        Districts(name="", endpoint="districts", url="/districts"),
        Providers(name=_l("Cuidadores"), endpoint="providers", url="/providers"),
        Vetting(name="", endpoint="vetting", url="/vetting"),
        Documents(name="", endpoint="documents", url="/documents"),
        Checklist(ChecklistItem, name=_l("Lista de verificación"), endpoint="checklist", url="/checklist"),
        Imports(name=_l("Importar"), endpoint="imports", url="/imports"),
        Models(name=_l("Modelo"), endpoint="models", url="/models"),
        Jobs(name=_l("Trabajos"), endpoint="jobs", url="/jobs"),
        SettingsScreen(name=_l("Ajustes"), endpoint="settings", url="/settings"),
        Trail(AuditEvent, name=_l("Bitácora"), endpoint="trail", url="/trail"),
    ]


def init_app(app: Flask) -> None:
    """Words and sessions first, then the guard, the headers, the pages."""
    proxies.init_app(app)
    language.init_app(app)
    sessions.init_app(app)
    headers.init_app(app)  # before the guard: the last to see an answer, and the guard may make a new one
    guard.init_app(app)
    chrome.init_app(app)
    error_pages.init_app(app)
    accounts.init_app(app)
    app.register_blueprint(health)
    app.register_blueprint(figures)
    admin = Admin(
        name="Ayni",
        index_view=home.Home(name="Mi día", endpoint="admin", url="/"),
        theme=Bootstrap4Theme(base_template="admin/layout_base.html"),
        csp_nonce_generator=headers.nonce,
    )
    admin.add_views(*screens())
    admin.init_app(app)
