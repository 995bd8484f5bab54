"""What the portal sends by itself, as the description of the interface tells it (`webhooks` of OpenAPI 3.1)."""

from __future__ import annotations

from typing import Any

from portal.models.webhook import EVENTS, TEST
from portal.services.webhooks import signing
from portal.wording import codes

Spec = dict[str, Any]
ID: Spec = {"type": "string", "format": "uuid"}
HEADERS = {  # name → what it is
    "webhook-id": "The same in every attempt: what was seen already is not done twice",
    "webhook-timestamp": "Seconds since 1970, of this attempt: what is older than five minutes is refused",
    "webhook-signature": "v1,BASE64 of HMAC-SHA256 over id.timestamp.body; while two secrets are valid one of each",
}


def described() -> dict[str, Spec]:
    """Every message there is, by its event."""
    events = {TEST: (), **EVENTS}
    return {event: {"post": _operation(event, kinds)} for event, kinds in events.items()}


def _operation(event: str, kinds: tuple[str, ...]) -> Spec:
    return {
        "summary": codes.WORDS["webhook_event"][event],
        "description": "Signed as Standard Webhooks (https://www.standardwebhooks.com) has it.",
        "parameters": [
            {"in": "header", "name": name, "required": True, "description": told, "schema": {"type": "string"}}
            for name, told in HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _body(event, kinds)}}},
        "responses": {
            "2XX": {"description": "Delivered. Any other answer, or none within 10 seconds, is tried again for a day."},
            "410": {"description": "Not wanted any more: nothing is sent there again."},
        },
    }


def _body(event: str, kinds: tuple[str, ...]) -> Spec:
    linked = [*kinds, *(["suggestions"] if event == "suggestions.ready" else [])]
    links = {one: {"type": "string", "format": "uri"} for one in linked if one in signing.LINKS}
    data = {**{f"{one}_id": ID for one in kinds}, "links": _object(links)}
    return _object({
        "type": {"type": "string", "const": event}, "timestamp": {"type": "string", "format": "date-time"},
        "data": _object(data),
    })


def _object(properties: Spec) -> Spec:
    return {
        "type": "object", "properties": properties, "required": list(properties), "additionalProperties": False,
    }
