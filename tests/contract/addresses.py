"""Every address of the portal, with the id of a row in each of its places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from portal.views.access import scope_of

TABLES = {  # a place in an address → the table whose id stands there
    "family_id": "family", "caregiver_id": "caregiver", "child_id": "child", "provider_id": "provider",
    "item_id": "vetting_item", "document_id": "document", "suggestion_id": "suggestion", "proposal_id": "proposal",
    "placement_id": "placement", "followup_id": "follow_up", "member_id": "membership", "invitation_id": "invitation",
    "import_id": "import_file", "token_id": "api_token", "job_id": "job", "line_id": "plan_line",
    "webhook_id": "webhook", "delivery_id": "webhook_delivery",
}


def asked(app: Flask, ids: dict[str, Any], programs: bool = False) -> Iterator[tuple[Rule, str, str]]:
    """(rule, method, address) of everything for people, or for programs, that is not a file.

    `ids` has the id of a row by its table, and what else stands in an address by the name of its place.
    """
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if rule.endpoint.endswith("static") or (scope_of(app, rule.endpoint) is not None) is not programs:
                continue
            places = {name: ids.get(TABLES.get(name, name), "x") for name in rule.arguments}
            address = rule.build(places, append_unknown=False)
            assert address is not None, rule
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield rule, method, address[1]
