"""The portal's errors, one kind for each way a request can fail.

A service raises one of these; `portal.views.error_pages` turns it into a status and a page. The text of an error never
holds a field's value, SQL or a stack: it says what happened and what the reader can do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class PortalError(Exception):
    """Something the portal refuses; `kind` picks the status and the page."""

    kind = "bad_request"


class InvalidInputError(PortalError):
    """A value given by a person is wrong. `fields`: form field → messages."""

    kind = "bad_request"

    def __init__(self, message: str = "", fields: dict[str, list[str]] | None = None) -> None:
        super().__init__(message)
        self.fields = fields or {}


class NotAllowedError(PortalError):
    """The policy table says no. `of_row`: to this row alone; others of its kind the person may."""

    kind = "forbidden"

    def __init__(self, permission: str = "", of_row: bool = False) -> None:
        super().__init__(permission)
        self.permission, self.of_row = permission, of_row


class NotFoundError(PortalError):
    """No such row for this tenant: a foreign id and a missing id look the same."""

    kind = "not_found"


@dataclass(frozen=True)
class Refusal:
    """One reason why a transition is refused. `code` is worded by `portal.views.wording`."""

    code: str
    values: tuple[tuple[str, object], ...] = ()


class NotKnownError(PortalError):
    """Nobody said who asks, or with a token that opens nothing."""

    kind = "not_known"


class VersionError(PortalError):
    """A change names the version it is made for: none was named (`given` False), or the row has moved on."""

    def __init__(self, given: bool) -> None:
        super().__init__("moved_on" if given else "version_missing")
        self.kind = "version_passed" if given else "version_missing"


class ConflictError(PortalError):
    """The row has moved on, or a guard refuses. `refusals` holds every reason, not only the first."""

    kind = "conflict"

    def __init__(self, code: str = "moved_on", refusals: Sequence[Refusal] = ()) -> None:
        super().__init__(code)
        self.refusals = tuple(refusals) or (Refusal(code),)


class TooLargeError(PortalError):
    """A file or request above the stated limit."""

    kind = "too_large"


class TooManyError(PortalError):
    """Too many tries; a wait of `seconds` is due."""

    kind = "too_many"

    def __init__(self, message: str = "", seconds: int = 0) -> None:
        super().__init__(message)
        self.seconds = seconds


class UnavailableError(PortalError):
    """A part the portal stands on does not answer."""

    kind = "unavailable"


class OnlyReadsError(UnavailableError):
    """The database answers and writes nothing for now."""


STATUS = {
    "bad_request": 400,
    "not_known": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "version_passed": 412,
    "too_large": 413,
    "version_missing": 428,
    "too_many": 429,
    "server_error": 500,
    "unavailable": 503,
}
