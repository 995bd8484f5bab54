"""ETag and If-Match: a change names the version of the row it was made for."""

from __future__ import annotations

from typing import Any

from flask import request

from portal.errors import VersionError

HEADER = {"ETag": {"description": "The row's version", "schema": {"type": "string"}}}
ASKED = {
    "in": "header", "name": "If-Match", "required": True, "description": "The ETag of the row as it was read",
    "schema": {"type": "string", "pattern": '^("[0-9]{1,9}"|\\*)$'},
}


def tagged(row: Any) -> dict[str, str]:
    """The header that says a row's version."""
    return {"ETag": f'"{row.version}"'}


def expect(row: Any) -> None:
    """Raise VersionError unless the request is made for the row as it is."""
    if not request.if_match:
        raise VersionError(given=False)
    if not request.if_match.contains(str(row.version)):
        raise VersionError(given=True)
