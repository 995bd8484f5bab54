"""A plan shared out among workers: the same plan, whoever makes its parts."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from ml.assign.pool import Elsewhere
from ml.assignment import Plan, Problem, solve
from portal.jobs.network import Network
from portal.jobs.queue import HANDS
from tests.bench.instances import Shape, make
from tests.portal.jobs.network.conftest import Broker, Site

pytestmark = pytest.mark.drill


@pytest.fixture
def problem() -> Problem:
    """Several hundred components, some of one child's families and some with siblings: four tasks."""
    return make(Shape(1_500, siblings=True, bands=4, near=6, priorities=3))


def shared(broker: Broker, problem: Problem, seconds: float = 120.0) -> Plan:
    network = Network(broker.url, HANDS)
    return solve(problem, processes=Elsewhere(partial(network.share, seconds=seconds), 2), prices=True)


def same(one: Plan, other: Plan) -> bool:
    return one.pair.tolist() == other.pair.tolist() and np.array_equal(one.prices, other.prices)


def test_two_workers_make_the_plan_that_is_made_here(site: Site, broker: Broker, problem: Problem) -> None:
    for _ in range(2):
        site.worker("--queues", "training")
    assert same(shared(broker, problem), solve(problem, processes=1, prices=True))
    assert "Traceback" not in site.said()


def test_without_workers_the_plan_is_made_here(broker: Broker) -> None:
    small = make(Shape(100, siblings=True, bands=4))
    assert same(shared(broker, small, seconds=1.0), solve(small, processes=1, prices=True))
