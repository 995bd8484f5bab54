"""The score learns from the NGO's decisions, in a process of its own: TensorFlow never enters the worker."""

from __future__ import annotations

from uuid import UUID

from portal import audit
from portal.jobs import apart
from portal.jobs.giving_up import GiveUpError, Result
from portal.tenancy import current

PROGRAM = "portal.commands.train_apart"


def train(ids: dict[str, UUID], tell: apart.Tell) -> Result:
    """Make a version. Raises GiveUpError where the decisions do not suffice."""
    found = apart.run(PROGRAM, str(current()), tell=tell)
    if "reason" in found:
        raise GiveUpError(**found)
    audit.record("train", "model", reason=str(found["version"]))
    return found
