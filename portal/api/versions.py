"""ETag, If-Match and If-None-Match (RFC 9110): one thing, as it is told, has a tag that stands for all of it.

A change names the tag it was made for. A read that names the tag it has is answered 304 without a body. Such a read
has passed the same permission, and the trail notes it like any other: whoever asks has the case before them.
"""

from __future__ import annotations

import functools
import hmac
from typing import Any

from flask import Response, current_app, request
from marshmallow import Schema

from portal.api.asked import View, reads
from portal.errors import VersionError

HEADER = {"ETag": {"description": "Stands for what is told here", "schema": {"type": "string"}}}
IF_MATCH = {
    "in": "header", "name": "If-Match", "required": True, "description": "The ETag of what was read",
    "schema": {"type": "string", "pattern": '^("[0-9a-f]{1,64}"|\\*)$'},
}
IF_NONE_MATCH = {
    "in": "header", "name": "If-None-Match", "required": False, "schema": {"type": "string"},
    "description": "ETags that are known, or *: if one still holds, the answer is 304 without a body",
}


def tagged(view: View) -> View:
    """Put the tag of what a view tells on its answer; 304 where the reader has it already."""

    @functools.wraps(view)
    def answered(*args: Any, **values: Any) -> Response:
        answer = view(*args, **values)
        tag = _tag(answer.get_data())
        answer.set_etag(tag)
        if request.method in {"GET", "HEAD"} and request.if_none_match.contains_weak(tag):
            answer.status_code = 304
            answer.set_data(b"")
        return answer

    return answered


def guarded(view: View) -> View:
    """A view that holds a change to If-Match, with `expect`."""
    return reads(view, IF_MATCH, 412, 428)


def expect(shape: type[Schema], row: Any) -> None:
    """Raise VersionError unless the request names the row as this shape, in every language alike, tells it now."""
    if not request.if_match:
        raise VersionError(given=False)
    if not request.if_match.contains(_tag(current_app.json.response(shape().dump(row)).get_data())):
        raise VersionError(given=True)


def _tag(told: bytes) -> str:
    """Under the portal's secret: nobody can guess a case by its tag."""
    secret = current_app.secret_key or ""
    return hmac.digest(secret if isinstance(secret, bytes) else secret.encode(), told, "sha256")[:16].hex()
