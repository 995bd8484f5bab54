"""What every screen is: a Flask-Admin view whose methods name their permission (`portal.views.access.screen`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from flask import g, session
from flask_admin import AdminIndexView, BaseView
from flask_admin.contrib.sqla import ModelView
from flask_admin.form import BaseForm
from flask_wtf import FlaskForm
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm.interfaces import ORMOption

from portal.errors import NotFoundError
from portal.extensions import db
from portal.policy import Actor, Permission
from portal.views.guard import require_permission

Row = TypeVar("Row")


class PortalForm(BaseForm, FlaskForm):
    """The base of Flask-Admin's generated forms: with the portal's forgery check, and the NGO it was made for."""

    def hidden_tag(self, *fields: Any) -> Markup:
        """The hidden fields of the form."""
        made_for = Markup('<input type="hidden" name="_tenant" value="{}">').format(session.get("tenant", ""))
        shown: Markup = super().hidden_tag(*fields)
        return shown + made_for


class ScreenMixin:
    """What our own screens and Flask-Admin's have in common."""

    def _run_view(self, view: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin calls a view a second time on any TypeError: side effects would repeat.
        return view(self, *args, **kwargs)

    @property
    def actor(self) -> Actor:
        """The person at work."""
        return g.actor


class PortalView(ScreenMixin, BaseView):
    """A screen of our own."""

    def __init__(self, *args: Any, **options: Any) -> None:
        # Flask-Admin wants a view at "/"; a screen about one row has none, and the menu is our own.
        self._default_view = self._default_view or "index"
        super().__init__(*args, **options)


class HomeView(ScreenMixin, AdminIndexView):
    """The first page."""


def load(kind: type[Row], row_id: str | UUID, permission: Permission, *options: ORMOption) -> Row:
    """A row of the tenant at work: NotFoundError when there is none, NotAllowedError when the policy says no.

    `options` are the loader options of the screen, so that a page asks the database a few times only.
    """
    found = db.session.scalars(select(kind).where(kind.id == as_id(row_id)).options(*options)).unique().one_or_none()
    if found is None:
        raise NotFoundError
    require_permission(permission, found)
    return found


def as_id(text: str | UUID) -> UUID:
    """An id from an address; what is no id is as little found as an unknown one."""
    try:
        return text if isinstance(text, UUID) else UUID(text)
    except ValueError:
        raise NotFoundError from None


class PortalModelView(ScreenMixin, ModelView):
    """A list (and, where a permission is named, a form) made by Flask-Admin from a table of the tenant.

    `permissions` names the permission of each of Flask-Admin's own methods: a method without one is refused.
    Rows come through the session and are narrowed to the tenant there, never here.
    """

    permissions: dict[str, Permission] = {}
    form_base_class = PortalForm
    list_template, create_template, edit_template = "admin/list.html", "admin/create.html", "admin/edit.html"
    can_create = can_edit = can_delete = can_export = can_view_details = False
    column_display_actions = False
    can_set_page_size = False
    page_size = 25
    longest_page = 100
    simple_list_pager = False
    named_filter_urls = True

    def __init__(self, model: type, **options: Any) -> None:
        super().__init__(model, db, **options)

    def get_one(self, id: str) -> Any:
        found = db.session.scalars(select(self.model).where(self.model.id == as_id(id))).one_or_none()
        if found is None:
            raise NotFoundError
        return found

    def get_list(self, page: int | None, *args: Any, **kwargs: Any) -> Any:
        return super().get_list(min(max(page or 0, 0), 10_000), *args, **kwargs)
