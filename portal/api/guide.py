"""The description of the interface as one page of the portal, made from the same OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, render_template

from portal.api.interface import Interface
from portal.models.webhook import EVENTS
from portal.policy import Permission
from portal.views.access import needs

Spec = dict[str, Any]
METHODS = ("get", "post", "patch")


@dataclass(frozen=True)
class Field:
    """A line of a table: a parameter, or a field of a body at its place within it."""

    name: str
    kind: str
    limits: str
    required: bool
    place: str = "body"


@dataclass(frozen=True)
class Operation:
    """One endpoint as the page shows it."""

    anchor: str
    method: str
    path: str
    summary: object
    scope: str
    asks: list[Field]
    gives: list[Field]
    statuses: list[str]


def init_app(app: Flask, interface: Interface) -> None:
    """Show the page to whoever has an account."""
    page = Blueprint("api-guide", __name__)

    @page.get("/api/", endpoint="index")
    @needs(Permission.ACCOUNT)
    def index() -> str:
        return render_template("api/guide.html", groups=groups(interface.describe()), events=tuple(EVENTS))

    app.register_blueprint(page)


def groups(spec: Spec) -> list[tuple[object, list[Operation]]]:
    """The operations by resource, each with its title."""
    titles = {tag["name"]: tag["description"] for tag in spec["tags"]}
    found: dict[str, list[Operation]] = {name: [] for name in titles}
    for path, item in spec["paths"].items():
        for method in METHODS:
            if method in item:
                found[item[method]["tags"][0]].append(_operation(spec, path, method, item))
    return [(titles[name], operations) for name, operations in found.items()]


def _operation(spec: Spec, path: str, method: str, item: Spec) -> Operation:
    told = item[method]
    scopes = told["security"][0]["token"]
    asks = [_parameter(one) for one in (*item.get("parameters", ()), *told.get("parameters", ()))]
    body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    good = next(answer for status, answer in told["responses"].items() if status.startswith("2"))
    shown = good["content"]["application/json"]["schema"]
    return Operation(
        f"{method}-{path.strip('/').replace('/', '-').replace('{', '').replace('}', '')}", method.upper(), path,
        told["summary"], ", ".join(scopes), [*asks, *_fields(spec, body)], list(_fields(spec, shown)),
        sorted(status for status in told["responses"] if status != "default"),
    )


def _parameter(one: Spec) -> Field:
    schema = one.get("schema", {})
    return Field(one["name"], _kind(schema), _limits(schema), one.get("required", False), one["in"])


def _fields(spec: Spec, schema: Spec, at: str = "") -> Iterator[Field]:
    """The fields of a body, those within others after them."""
    schema = _resolved(spec, schema)
    for name, inner in schema.get("properties", {}).items():
        found = _resolved(spec, inner)
        yield Field(at + name, _kind(found), _limits(found), name in schema.get("required", ()))
        items = found.get("items", {})
        yield from _fields(spec, items, f"{at}{name}[].") if items else _fields(spec, found, f"{at}{name}.")


def _resolved(spec: Spec, schema: Spec) -> Spec:
    reference = schema.get("$ref") or next((one["$ref"] for one in schema.get("anyOf", ()) if "$ref" in one), "")
    return spec["components"]["schemas"][reference.rpartition("/")[2]] if reference else schema


def _kind(schema: Spec) -> str:
    kind = schema.get("type", "object")
    name = " | ".join(kind) if isinstance(kind, list) else str(kind)
    return f"{name} ({schema['format']})" if "format" in schema else name


def _limits(schema: Spec) -> str:
    """What a value may be, as far as it is a list or a range."""
    if "enum" in schema:
        return ", ".join(str(one) or '""' for one in schema["enum"])
    low = schema.get("minimum", schema.get("minLength"))
    high = schema.get("maximum", schema.get("maxLength", schema.get("maxItems")))
    return "" if low is high is None else f"{'' if low is None else low} … {'' if high is None else high}"
