"""The description of the interface, as a document and as a page."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from jsonschema import Draft202012Validator, FormatChecker

from portal import tenancy
from portal.api import guide
from portal.models import WebhookDelivery
from portal.models.api_token import SCOPES
from portal.models.webhook import EVENTS, TEST
from portal.services.webhooks import signing
from portal.views.access import scope_of
from tests.ground import Ngo
from tests.portal.worlds import Browser
from tests.programs import V1


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    return app.test_client().get(f"{V1}/openapi.json").json


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for item in document["paths"].values() for name, one in item.items() if name != "parameters"]


def test_it_is_open_and_names_every_endpoint(app: Flask, document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules() if scope_of(app, rule.endpoint) is not None}
    assert len(operations(document)) == len(endpoints)


def test_each_operation_says_its_scope_and_speaks_problems(document: dict[str, Any]) -> None:
    for one in operations(document):
        assert {scope for entry in one["security"] for scope in entry["token"]} <= set(SCOPES)
        assert {"401", "403", "404", "429"} <= set(one["responses"])
    answer = document["components"]["responses"]["NOT_FOUND"]
    assert list(answer["content"]) == ["application/problem+json"]


def test_its_words_are_in_the_readers_language(app: Flask) -> None:
    for language, said in (("es", "Registrar un borrador"), ("en", "Register a draft")):
        document = app.test_client().get(f"{V1}/openapi.json", headers={"Accept-Language": language}).json
        assert document["paths"][f"{V1}/families"]["post"]["summary"] == said


def test_the_page_shows_every_operation_with_its_fields(app: Flask, document: dict[str, Any]) -> None:
    page = Browser(app, "caseworker@semilla.example").get("/api/")
    assert page.status_code == 200
    for path, item in document["paths"].items():
        for method in set(item) - {"parameters"}:
            assert f"{method.upper()} {path}" in page.text
    for name in ("caregiver.given_names", "children[].birth_date", "care.max_monthly_fee_pen", "If-Match"):
        assert f"<code>{name}</code>" in page.text


def test_every_message_to_other_systems_is_described(app: Flask, document: dict[str, Any]) -> None:
    page = Browser(app, "caseworker@semilla.example").get("/api/").text
    assert set(document["webhooks"]) == {*EVENTS, TEST}
    for event, item in document["webhooks"].items():
        told = item["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]
        assert told["type"]["const"] == event
        assert {one["name"] for one in item["post"]["parameters"]} == {
            "webhook-id", "webhook-timestamp", "webhook-signature",
        }
        assert event == TEST or f"<code>{event}</code>" in page
    ready = document["webhooks"]["suggestions.ready"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(ready["properties"]["data"]["properties"]["links"]["properties"]) == {"family", "suggestions"}


def test_what_is_sent_is_what_is_described(app: Flask, semilla: Ngo, document: dict[str, Any]) -> None:
    with app.app_context(), tenancy.acting_for(semilla.id):
        for event, kinds in EVENTS.items():
            ids = {kind: str(uuid4()) for kind in kinds}
            sent = json.loads(signing.body(WebhookDelivery(event=event, ids=ids), "https://ayni.example"))
            content = document["webhooks"][event]["post"]["requestBody"]["content"]["application/json"]
            Draft202012Validator(content["schema"], format_checker=FormatChecker()).validate(sent)


def test_a_field_is_shown_with_its_limits(document: dict[str, Any]) -> None:
    shown = [one for _, group in guide.groups(document) for one in group if one.path == f"{V1}/families"]
    asked = {field.name: field for one in shown for field in one.asks}
    assert (asked["limit"].limits, asked["limit"].place) == ("1 … 100", "query")
    assert asked["caregiver.relation"].limits.startswith("mother, father")
    assert asked["caregiver.given_names"].required
    assert not asked["children[].surnames"].required
