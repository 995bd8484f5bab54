"""The peer: a stock Flask-Admin list of the same families. No login, no tenant, nothing encrypted, no trail."""

from __future__ import annotations

import os

from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_babel import Babel
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Table

COLUMNS = ("number", "search_name", "status", "ubigeo", "registered_on", "priority")


def create_app() -> Flask:
    """Flask-Admin as its own guide shows it, over the tables of the database that BENCH_DATABASE names."""
    app = Flask(__name__)
    app.config.update(SECRET_KEY=os.urandom(16).hex(), SQLALCHEMY_DATABASE_URI=os.environ["BENCH_DATABASE"])
    Babel(app)
    db = SQLAlchemy(app)
    with app.app_context():
        table = Table("family", db.metadata, autoload_with=db.engine, resolve_fks=False)
    family = type("Family", (db.Model,), {"__table__": table})
    admin = Admin(app, name="peer", url="/")
    admin.add_view(_Families(family, db, endpoint="families", url="/families"))
    return app


class _Families(ModelView):
    column_list = COLUMNS
    column_searchable_list = ("search_name",)
    column_filters = ("status",)
    page_size = 25
    can_create = can_edit = can_delete = False
