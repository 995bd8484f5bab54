"""A plan of who goes where, made by a worker; in a network its parts are solved by the others."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from uuid import UUID

from portal.jobs.giving_up import Result
from portal.jobs.network import Network
from portal.jobs.parts import Patience
from portal.jobs.queue import queue
from portal.services import plans
from portal.services.matching import plan_parts, planner
from portal.services.matching.plan_rows import Tell

MORE, TAKEN = 2.5, 5.0  # times the parts' own limit, and seconds until one is taken: then they are solved here


def plan(ids: dict[str, UUID], tell: Tell) -> Result:
    """Make the plan that was asked for, and keep it in place of the one before."""
    policy = plans.policy_of(ids["plan"])
    return plans.keep(ids["plan"], planner.make(policy, tell, partial(share, tell)))


def share(tell: Tell, parcels: Sequence[bytes]) -> Sequence[bytes]:
    """The parts of a plan, by the workers of a network where there is one and some are free, else here."""
    if isinstance(queue.backend, Network) and len(parcels) > 1:
        patience = Patience(MORE * plan_parts.seconds(parcels), TAKEN)
        with suppress(TimeoutError):
            return queue.backend.share(parcels, patience, partial(tell, "parts"))
    return planner.solved_here(tell, parcels)
