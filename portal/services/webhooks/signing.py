"""Messages as Standard Webhooks (https://www.standardwebhooks.com) has them: a body, and headers that sign it."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from datetime import UTC, datetime

from portal.models import WebhookDelivery

PREFIX = "whsec_"
SECRET = 32  # bytes
V1 = "/api/v1"
LINKS = {  # a row a message names → where a program reads it
    "family": f"{V1}/families/{{}}", "suggestions": f"{V1}/families/{{}}/suggestions",
    "proposal": f"{V1}/proposals/{{}}", "placement": f"{V1}/placements/{{}}", "provider": f"{V1}/providers/{{}}",
}


def new_secret() -> str:
    """A secret as receivers' libraries take it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET)).decode()


def body(message: WebhookDelivery, base_url: str) -> bytes:
    """What is sent, the same in every attempt: the event, when it was, ids, and where to read about it."""
    ids = dict(message.ids)
    linked = {"suggestions": ids["family"], **ids} if message.event == "suggestions.ready" else ids
    links = {name: base_url.rstrip("/") + LINKS[name].format(one) for name, one in linked.items() if name in LINKS}
    told = {
        "type": message.event, "timestamp": message.made_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": {**{f"{name}_id": one for name, one in ids.items()}, "links": links},
    }
    return json.dumps(told, separators=(",", ":")).encode()


def headers(message_id: str, at: datetime, content: bytes, keys: list[str]) -> dict[str, str]:
    """The headers of one attempt: a signature for each secret that is valid now."""
    stamp = str(int(at.timestamp()))
    signed = b".".join((message_id.encode(), stamp.encode(), content))
    return {
        "webhook-id": message_id, "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{_signature(one, signed)}" for one in keys),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
