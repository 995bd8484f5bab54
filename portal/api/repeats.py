"""`Idempotency-Key`: a POST that is sent again with the same key is answered as the first time, and done once."""

from __future__ import annotations

import functools
import hmac
import re
from collections.abc import Callable
from typing import Any

from flask import Response, g, request

from portal import audit
from portal.api.asked import reads
from portal.errors import InvalidInputError
from portal.models import Family, KeptAnswer
from portal.policy import Permission
from portal.services import repeats
from portal.views.base import load

KEY = re.compile(r"^[!-~]{1,200}$")
READ = ("read", "family")
KEPT = ("ETag", "Location", "Content-Type")
IDEMPOTENCY_KEY = {
    "in": "header", "name": "Idempotency-Key", "required": False, "description": "Kept for 24 hours",
    "schema": {"type": "string", "pattern": KEY.pattern},
}


def once(view: Callable[..., Response]) -> Callable[..., Response]:
    """Answer from what was kept under the request's key, or do it and keep the answer. Failures are not kept."""

    @functools.wraps(view)
    def asked(*args: Any, **values: Any) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return view(*args, **values)
        if not KEY.match(key):
            raise InvalidInputError("key_length", {"Idempotency-Key": ["key_length"]})
        kept = repeats.claim(g.token.id, key, _fingerprint())
        if kept.status is not None:
            _read_again(kept)
            return Response((kept.body or "") + "\n", kept.status, kept.headers)
        answer = view(*args, **values)
        kept.status, kept.body = answer.status_code, answer.get_data(as_text=True)
        kept.headers = {name: answer.headers[name] for name in KEPT if name in answer.headers}
        read = {str(one.subject_id) for one in audit.waiting() if (one.action, one.subject_type) == READ}
        kept.told_of = sorted(read)
        return answer

    return reads(asked, IDEMPOTENCY_KEY)


def _read_again(kept: KeptAnswer) -> None:
    """Who is shown a family again may still read it, and leaves a read of it as with the first answer."""
    for family in kept.told_of:
        audit.record("read", load(Family, family, Permission.FAMILY_READ))


def _fingerprint() -> str:
    """Stands for method, address and body, under the token's secret: nobody can guess a body by it."""
    secret = (request.authorization.token or "") if request.authorization else ""
    asked = b"\n".join((request.method.encode(), request.full_path.encode(), request.get_data(cache=True)))
    return hmac.digest(secret.encode(), asked, "sha256")[:16].hex()
