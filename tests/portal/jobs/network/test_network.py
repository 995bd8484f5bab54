"""The queue of a network without a worker: what is written to Redis, where, and what happens when Redis is away."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from redis import Redis

from portal import clock
from portal.events import BULK, INTERACTIVE, LANES, REFRESH, TRAINING
from portal.jobs import periodic
from portal.jobs.queue import queue
from tests.portal.jobs.network.conftest import Broker, Site
from tests.waiting import until


def test_only_ids_travel_as_json(site: Site, broker: Broker) -> None:
    job = site.announce("family.changed")
    with Redis.from_url(broker.url) as client:
        message = json.loads(client.lindex(INTERACTIVE, 0))
    arguments, named, _ = json.loads(base64.b64decode(message["body"]))
    assert (arguments, named) == ([str(site.ngo.id), str(job), INTERACTIVE], {})
    assert message["content-type"] == "application/json"


@pytest.mark.parametrize(("event", "lane"), [("family.changed", INTERACTIVE), (REFRESH, BULK)])
def test_each_job_waits_in_its_lane(site: Site, event: str, lane: str) -> None:
    assert all(map(queue.is_empty, LANES))
    site.announce(event)
    assert [queue.is_empty(one) for one in LANES] == [one != lane for one in LANES]


def test_without_redis_the_portal_goes_on_and_its_jobs_wait_in_the_database(
    site: Site, broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    broker.kill()
    jobs = [site.announce("family.changed") for _ in range(3)]
    assert {site.job(job).status for job in jobs} == {"waiting"}
    assert len(caplog.records) == 1  # said once, not for each job
    assert not queue.is_empty(INTERACTIVE)  # nobody can say


def test_what_redis_lost_a_sweep_sends_again_once(site: Site, broker: Broker) -> None:
    for _ in range(3):
        site.announce("family.changed")
    with Redis.from_url(broker.url) as client:
        client.flushall()
        with clock.at(clock.now() + timedelta(seconds=periodic.LEFT_LYING + 1)):
            periodic.sweep(site.app)
            assert client.llen(INTERACTIVE) == 3
            periodic.sweep(site.app)
        assert client.llen(INTERACTIVE) == 3


@pytest.mark.drill
def test_a_worker_without_redis_says_so_in_one_line_and_keeps_trying(site: Site, broker: Broker) -> None:
    broker.kill()
    worker = site.worker("--queues", TRAINING)
    until(lambda: site.said().count("Cannot connect") > 1)
    lines = [line for line in site.said().splitlines() if "Cannot connect" in line]
    assert all("Trying again in" in line and str(broker.port) in line for line in lines)
    assert "Traceback" not in site.said()
    assert worker.poll() is None


@pytest.mark.drill
def test_a_worker_takes_from_the_queues_it_is_told_and_no_other(site: Site) -> None:
    site.worker("--queues", INTERACTIVE)
    site.announce(REFRESH)
    job = site.announce("drill.quick")
    until(lambda: site.job(job).status == "done")
    assert not queue.is_empty(BULK)


@pytest.mark.drill
def test_a_job_that_is_cancelled_stops_and_leaves_nothing(site: Site) -> None:
    site.worker()
    job = site.announce("drill.long")
    until(lambda: site.standing(job).share > 0)
    assert (site.standing(job).state, site.standing(job).doing) == ("working", "steps")
    site.cancel(job)
    until(lambda: site.standing(job).state == "cancelled")
    assert site.effects() == 0


@pytest.mark.drill
def test_what_is_waited_for_overtakes_what_can_wait(site: Site) -> None:
    refreshes = [site.announce(REFRESH) for _ in range(30)]
    job = site.announce("drill.quick")
    site.worker()
    until(lambda: {site.job(one).status for one in refreshes} == {"done"})
    assert site.job(job).done_at < min(site.job(one).done_at for one in refreshes)


@pytest.mark.drill
def test_a_job_nobody_knows_is_no_trouble(site: Site) -> None:
    queue.send(site.ngo.id, uuid4(), INTERACTIVE)
    site.worker()
    job = site.announce("drill.quick")
    until(lambda: site.job(job).status == "done")
    assert "Traceback" not in site.said()
