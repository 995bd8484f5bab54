"""Ayni, the child care exchange portal: one application made of the parts below, in this order."""

from __future__ import annotations

from flask import Flask

from portal import audit, crypto, database, events, tenancy, views
from portal.config import Settings
from portal.extensions import babel, csrf, db, migrate
from portal.jobs import queue
from portal.queries import ready
from portal.services import documents
from portal.views import language
from portal.watching import requests, work


def create_app(settings: Settings | None = None) -> Flask:
    """The application of this process. Raises SettingsError when a secret is missing."""
    settings = settings or Settings.from_environment()
    app = Flask(__name__)
    app.config.from_mapping(settings.flask())
    for part in (database, tenancy, work):  # listen before the first connection
        part.init_app(app)
    db.init_app(app)
    migrate.init_app(app, db, compare_type=True, render_as_batch=False)
    for part in (crypto, audit, events, queue, documents, ready, requests):
        part.init_app(app)
    babel.init_app(app, locale_selector=language.locale)
    csrf.init_app(app)
    views.init_app(app)
    return app
