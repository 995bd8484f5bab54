"""A job that cannot be done says why, and is not tried again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.watching.jobs import Stopped

Result = Mapping[str, Any]  # codes and counts, kept with the job


class GiveUpError(Stopped):
    """Trying again would not help: `reason` is a code that is worded for who asked."""

    outcome = "refused"

    def __init__(self, reason: str, **values: Any) -> None:
        super().__init__(reason)
        self.result: Result = {"reason": reason, **values}
