"""A plan of who goes where, made by a worker; in a network its parts are solved by the others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from portal.jobs.giving_up import Result
from portal.jobs.network import Network, Patience
from portal.jobs.queue import queue
from portal.services import plans
from portal.services.matching import planner
from portal.services.matching.plan_rows import Tell

PATIENCE = Patience(answered=2.5 * planner.SECONDS, taken=5.0)  # then the parts are solved here


def plan(ids: dict[str, UUID], tell: Tell) -> Result:
    """Make the plan that was asked for, and keep it in place of the one before."""
    policy = plans.policy_of(ids["plan"])
    return plans.keep(ids["plan"], planner.make(policy, tell, partial(share, tell)))


def share(tell: Tell, parcels: Sequence[bytes]) -> Sequence[bytes]:
    """The parts of a plan, by the workers of a network where there is one, else here. TimeoutError: none is free."""
    if isinstance(queue.backend, Network) and len(parcels) > 1:
        return queue.backend.share(parcels, PATIENCE, partial(tell, "parts"))
    return planner.solved_here(tell, parcels)
