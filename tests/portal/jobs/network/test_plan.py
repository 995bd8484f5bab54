"""A plan shared out among workers: the same plan, whoever makes its parts."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from ml.assign import components, locks
from ml.assign.pool import Elsewhere
from ml.assignment import Plan, Problem, solve
from portal.jobs.network import Network, Patience
from portal.jobs.queue import HANDS
from tests.bench.instances import Shape, make
from tests.portal.jobs.network.conftest import Broker, Site

pytestmark = pytest.mark.drill


@pytest.fixture
def problem() -> Problem:
    """Scores of components, of twelve countries that share nothing."""
    lands = [make(Shape(300, siblings=True, bands=4, near=6, priorities=3), seed) for seed in range(12)]
    families, providers = (np.cumsum([0, *(len(getattr(one, name)) for one in lands)]) for name in ("demand", "seats"))
    return Problem(
        np.concatenate([one.family + first for one, first in zip(lands, families, strict=False)]),
        np.concatenate([one.provider + first for one, first in zip(lands, providers, strict=False)]),
        *(np.concatenate([getattr(one, name) for one in lands]) for name in ("score", "demand", "seats", "priority")),
    )


def shared(broker: Broker, problem: Problem, seconds: float = 120.0) -> Plan:
    network = Network(broker.url, HANDS)
    there = Elsewhere(partial(network.share, patience=Patience(seconds, seconds)), 2)
    return solve(problem, seconds=900.0, processes=there, prices=True)


def same(one: Plan, other: Plan) -> bool:
    return one.pair.tolist() == other.pair.tolist() and np.array_equal(one.prices, other.prices)


def test_two_workers_make_the_plan_that_is_made_here(site: Site, broker: Broker, problem: Problem) -> None:
    parts = components.split(problem, locks.usable(problem), coverage=True)
    assert len(parts.siblings) > 50
    for _ in range(2):
        site.worker("--queues", "training")
    assert same(shared(broker, problem), solve(problem, seconds=900.0, processes=1, prices=True))
    assert "Traceback" not in site.said()


def test_without_workers_the_plan_is_made_here(broker: Broker) -> None:
    small = make(Shape(100, siblings=True, bands=4))
    assert same(shared(broker, small, seconds=1.0), solve(small, seconds=900.0, processes=1, prices=True))
