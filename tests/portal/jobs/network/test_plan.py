"""A plan shared out among workers: the same plan, whoever makes its parts."""

from __future__ import annotations

import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import select

from ml.assign import components, locks
from ml.assign.pool import Elsewhere
from ml.assignment import Plan, Problem, solve
from portal import tenancy
from portal.events import PARTS
from portal.extensions import db
from portal.jobs.network import Network
from portal.jobs.parts import Patience
from portal.jobs.queue import HANDS
from portal.models import PlanLine
from portal.services import plans
from portal.services.matching import planner
from tests.bench.instances import Shape, make
from tests.ml.assign import holding
from tests.portal.jobs.network.conftest import Broker, Site, kill
from tests.portal.matching.conftest import Scene
from tests.waiting import until

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


def here(problem: Problem) -> Plan:
    """The plan of one process."""
    return solve(problem, seconds=900.0, processes=1, prices=True)


def same(one: Plan, other: Plan) -> bool:
    return one.pair.tolist() == other.pair.tolist() and np.array_equal(one.prices, other.prices)


def solved(site: Site) -> list[dict[str, Any]]:
    """What the workers' own log says of the parts they solved."""
    lines = [json.loads(line) for line in site.said().splitlines() if line.startswith("{")]
    return [one for one in lines if one["event"] == "part_solved"]


def process_of(record: dict[str, Any]) -> str:
    return str(record["place"].rpartition(":")[2])


def group_of(record: dict[str, Any]) -> int:
    """The worker to which the process belongs that solved a part."""
    return os.getpgid(int(process_of(record)))


def test_both_of_two_workers_solve_parts_of_the_plan_that_is_made_here_each_once(
    site: Site, broker: Broker, problem: Problem
) -> None:
    assert len(components.split(problem, locks.usable(problem), coverage=True).siblings) > 50
    workers = [site.worker("--queues", PARTS) for _ in range(2)]
    site.hold()
    with ThreadPoolExecutor(1) as asking:
        plan = asking.submit(shared, broker, problem)
        until(lambda: plan.done() or len(set(site.begun())) == 2)
        site.go_on()
        assert same(plan.result(), here(problem))
    records = solved(site)
    assert {group_of(one) for one in records} == {worker.pid for worker in workers}
    assert len({one["part"] for one in records}) == len(records) == len(site.begun())
    assert "Traceback" not in site.said()


@pytest.mark.parametrize("whole", [True, False], ids=["worker", "its process"])
def test_a_part_whose_worker_is_killed_is_solved_once_by_another(
    site: Site, broker: Broker, problem: Problem, whole: bool
) -> None:
    first = site.worker("--queues", PARTS)
    site.hold()
    with ThreadPoolExecutor(1) as asking:
        plan = asking.submit(shared, broker, problem)
        until(lambda: plan.done() or site.begun())
        (dead,) = site.begun()
        kill(first) if whole else os.kill(int(dead), signal.SIGKILL)
        if whole:
            site.worker("--queues", PARTS)
        site.go_on()
        assert same(plan.result(), here(problem))
    records = solved(site)
    assert dead not in {process_of(one) for one in records}
    assert len({one["part"] for one in records}) == len(records) == len(site.begun()) - 1


def test_a_part_that_takes_longer_than_a_sign_stands_is_begun_once(site: Site, broker: Broker) -> None:
    site.environment[holding.SECONDS] = "10"
    for _ in range(2):
        site.worker("--queues", PARTS)
    site.hold()  # each that is begun leaves a line
    site.go_on()
    singles = make(Shape(300, bands=4))
    assert same(shared(broker, singles), here(singles))
    assert len(site.begun()) == len(solved(site)) == 1
    assert "Traceback" not in site.said()


def test_without_workers_the_plan_is_made_here(broker: Broker) -> None:
    small = make(Shape(100, siblings=True, bands=4))
    assert same(shared(broker, small, seconds=1.0), here(small))


def test_parts_that_no_worker_takes_are_solved_here_soon(broker: Broker) -> None:
    network, heard = Network(broker.url, HANDS), []
    with pytest.raises(TimeoutError):
        network.share([b"x", b"y"], Patience(answered=600.0, taken=0.2), lambda *said: heard.append(said))
    assert set(heard) == {(0, 2)}


def waiting(site: Site) -> UUID:
    """Families with siblings and without, and a plan of them that somebody asked for: the id of its job."""
    with site.app.app_context(), tenancy.acting_for(site.ngo.id):
        scene = Scene(site.ngo)
        for number in range(6):
            scene.home(capacity=2)
            scene.case(1 + number % 2)
        scene.case(ubigeo="050101", latitude=-13.16, longitude=-74.22)
        scene.home(ubigeo="050101", latitude=-13.16, longitude=-74.22)
        job = plans.ask(scene.supervisor, "coverage")
        db.session.commit()
        return job.id


def places(site: Site) -> list[tuple[str, str]]:
    """Who goes where in the plan that counts."""
    with site.app.app_context(), tenancy.acting_for(site.ngo.id):
        lines = db.session.scalars(select(PlanLine).order_by(PlanLine.place))
        return [(str(one.family_id), str(one.provider_id)) for one in lines]


@pytest.mark.parametrize("lanes", [("interactive,bulk", PARTS), ("interactive,bulk",)], ids=["shared", "alone"])
def test_the_portal_s_plan_is_the_same_with_and_without_workers_for_its_parts(
    site: Site, lanes: tuple[str, ...]
) -> None:
    for one in lanes:
        site.worker("--queues", one)
    job = waiting(site)
    until(lambda: not site.standing(job).is_open)
    assert (site.job(job).status, site.job(job).result) == ("done", {"placed": 10, "children": 10})
    shared = places(site)
    with site.app.app_context(), tenancy.acting_for(site.ngo.id):
        found = planner.make("coverage", lambda *said: None)
        assert shared == [(str(one.family), str(one.provider)) for one in found.lines]
    assert "Traceback" not in site.said()
