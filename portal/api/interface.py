"""flask-smorest as this portal uses it: one decorator an endpoint, problems as RFC 9457, bodies that are JSON."""

from __future__ import annotations

import http
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from flask import Flask, Response, current_app, json
from flask_smorest import Api, Blueprint
from flask_smorest.utils import prepare_response
from marshmallow import Schema
from webargs.core import missing
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from portal.api import versions, webhooks
from portal.api.asked import read_by, reads
from portal.api.shapes.problem import Problem
from portal.policy import Permission
from portal.views.access import ANY_SCOPE, opens_to
from portal.views.problems import CONTENT_TYPE

VERSION = "1.0.0"
OPTIONS = {
    "API_TITLE": "Ayni", "API_VERSION": VERSION, "OPENAPI_VERSION": "3.1.0", "OPENAPI_URL_PREFIX": "/api/v1",
    "ETAG_DISABLED": True,  # ours are the rows' versions: portal.api.versions
}
EXPECTED = (401, 403, 404, 409, 413, 422, 429)  # what any endpoint may answer


class Interface(Api):
    """The interface of one application. It is described when somebody asks for it: most processes never are asked."""

    ERROR_SCHEMA = Problem

    def __init__(self) -> None:
        super().__init__()
        self._resources: list[Blueprint] = []
        self._describing = Lock()

    def register_blueprint(self, blp: Blueprint, *, parameters: Any = None, **options: Any) -> None:
        """Bind a resource, and leave its description for later."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp, **options)
        self._resources.append(blp)

    def describe(self) -> dict[str, Any]:
        """The description; what is not translated in it is translated when it is written."""
        with self._describing:
            if self.spec is None:
                self._describe()
        return self.spec.to_dict()

    def _describe(self) -> None:
        super()._init_spec(webhooks=webhooks.described())
        self.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
        for one in self._resources:
            one.register_views_in_doc(self, self._app, self.spec, name=one.name, parameters=None)
            self.spec.tag({"name": one.name, "description": one.description})

    def _init_spec(self, **options: Any) -> None:
        """Not yet."""

    def _register_responses(self) -> None:
        """Every error is a problem."""
        for status in http.HTTPStatus:
            response: dict[str, Any] = {"description": status.phrase}
            if status >= 400:
                response["schema"] = self.ERROR_SCHEMA
            prepare_response(response, self.spec, CONTENT_TYPE)
            self.spec.components.response(status.name, response, lazy=True)
        default = {"description": "Error", "schema": self.ERROR_SCHEMA}
        prepare_response(default, self.spec, CONTENT_TYPE)
        self.spec.components.response("DEFAULT_ERROR", default, lazy=True)

    def _register_error_handlers(self) -> None:
        """`portal.views.error_pages` answers every error of the application."""

    def _openapi_json(self) -> Response:
        """The description, its words in the reader's language."""
        return current_app.response_class(dump(self.describe()), mimetype="application/json")


def dump(spec: dict[str, Any]) -> str:
    """A description as JSON; what is not translated until now is translated here."""
    return json.dumps(spec, default=str, ensure_ascii=False, indent=1)


class JsonOnly(FlaskParser):
    """Reads arguments; a body of another kind is 415, an unknown parameter is named."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": "raise", "headers": "exclude"}

    def load_json(self, req: Any, schema: Schema) -> Any:
        """The body; that of a shape which may be left out is empty where there is none."""
        if getattr(schema, "may_be_left_out", False) and not req.get_data(cache=True):
            return {}
        return super().load_json(req, schema)

    def _raw_load_json(self, req: Any) -> Any:
        body = super()._raw_load_json(req)
        if body is missing and req.mimetype != "application/json":
            raise UnsupportedMediaType
        return body


@dataclass(frozen=True)
class Needs:
    """What an endpoint asks of the token's person and of the token."""

    permission: Permission
    scope: str = ANY_SCOPE


class Resource(Blueprint):
    """The endpoints about one kind of thing."""

    ARGUMENTS_PARSER = JsonOnly()

    def at(self, rule: str, needs: Needs, summary: object, method: str = "GET") -> Callable[[Any], Any]:
        """Answer `method` at `rule`, for whom `needs` says; `summary` is told in the description."""

        def mark(view: Any) -> Any:
            view = self._conditional(view) if method == "GET" and getattr(view, "is_tagged", False) else view
            read = read_by(view).values()
            for status in (*EXPECTED, *(one for _, statuses in read for one in statuses)):
                view = self.alt_response(status, http.HTTPStatus(status).name)(view)
            view = opens_to(needs.permission, needs.scope)(view)
            told = {"summary": summary, "security": [{"token": [needs.scope] if needs.scope else []}]}
            headers = {"parameters": [header for header, _ in read]} if read else {}
            return self.route(rule, methods=[method])(self.doc(**told, **headers)(view))

        return mark

    def tells(self, schema: type[Schema], status: int = 200) -> Callable[[Any], Any]:
        """Answer with one thing of this shape, under its tag (`portal.api.versions`)."""

        def mark(view: Any) -> Any:
            view = versions.tagged(self.response(status, schema, headers=versions.HEADER)(view))
            view.is_tagged = True
            return view

        return mark

    def _conditional(self, view: Any) -> Any:
        told = "What If-None-Match names still holds"
        return reads(self.alt_response(304, description=told, headers=versions.HEADER)(view), versions.IF_NONE_MATCH)


def make(app: Flask) -> Interface:
    """The interface, bound to an application."""
    app.config.update(OPTIONS)
    found = Interface()
    found.init_app(app)
    return found

