"""What can go wrong with a backup, as one line."""

from __future__ import annotations

from portal.errors import PortalError


class BackupError(PortalError):
    """A backup cannot be made, read or restored; the message is one line that says why."""

    kind = "unavailable"
