"""Workers and Redis that are killed: nothing is lost, and nothing is done twice."""

from __future__ import annotations

import os
import signal

import pytest

from portal.events import INTERACTIVE
from portal.jobs.queue import queue
from tests.portal.jobs.network.conftest import Broker, Site, kill
from tests.waiting import until

pytestmark = pytest.mark.drill


def test_a_job_is_done_by_a_worker(site: Site) -> None:
    site.worker()
    job = site.announce("drill.quick")
    until(lambda: site.job(job).status == "done")
    assert (site.effects(), len(site.begun()), site.job(job).attempts) == (1, 1, 0)


def test_what_a_killed_worker_was_doing_another_does_once(site: Site) -> None:
    first = site.worker()
    job = site.announce("drill.slow")
    until(site.begun)
    kill(first)
    site.worker("--beat")
    site.go_on()
    until(lambda: site.job(job).status == "done")
    assert (site.effects(), len(site.begun()), site.job(job).attempts) == (1, 2, 1)


def test_what_the_only_worker_of_a_machine_was_doing_when_it_was_killed_the_next_does_once(machine: Site) -> None:
    first = machine.worker()
    job = machine.announce("drill.slow")
    until(machine.begun)
    kill(first)
    machine.worker()
    machine.go_on()
    until(lambda: machine.job(job).status == "done")
    assert (machine.effects(), len(machine.begun()), machine.job(job).attempts) == (1, 2, 1)


def test_what_a_killed_process_was_doing_its_worker_does_once(site: Site) -> None:
    site.worker()
    job = site.announce("drill.slow")
    until(site.begun)
    os.kill(int(site.begun()[0]), signal.SIGKILL)
    site.go_on()
    until(lambda: site.job(job).status == "done")
    assert (site.effects(), len(site.begun())) == (1, 2)


def test_a_redis_that_is_killed_and_comes_back_empty_loses_nothing(site: Site, broker: Broker) -> None:
    site.worker("--beat")
    jobs = [site.announce("drill.slow")]
    until(site.begun)
    jobs += [site.announce("drill.quick") for _ in range(5)]
    broker.kill()
    jobs += [site.announce("drill.quick") for _ in range(3)]  # the web process goes on
    until(lambda: "Connection refused" in site.said())
    broker.start()
    site.go_on()
    until(lambda: {site.job(job).status for job in jobs} == {"done"})
    assert (site.effects(), len(site.begun())) == (9, 9)


def test_a_job_that_comes_many_times_to_two_workers_is_done_once(site: Site) -> None:
    for _ in range(2):
        site.worker("--processes", "2")
    job = site.announce("drill.slow")
    for _ in range(9):
        queue.send(site.ngo.id, job, INTERACTIVE)
    until(site.begun)
    site.go_on()
    until(lambda: site.job(job).status == "done")
    after = site.announce("drill.quick")
    until(lambda: site.job(after).status == "done")
    assert (site.effects(), len(site.begun())) == (2, 2)


def test_a_job_that_fails_is_tried_again_later_and_leaves_nothing_of_the_first_time(site: Site) -> None:
    site.worker()
    job = site.announce("drill.fail")
    until(lambda: site.job(job).attempts == 1)
    found = site.job(job)
    assert (found.due_at - found.made_at).total_seconds() > 9
    until(lambda: site.job(job).status == "done")
    assert (site.effects(), len(site.begun())) == (1, 2)


def test_when_one_of_two_beats_is_killed_the_other_keeps_the_schedule(site: Site) -> None:
    first, _ = site.worker("--only-beat"), site.worker("--only-beat")
    site.worker()
    kill(first)
    until(lambda: site.last_turn("sweep"))
    assert "Traceback" not in site.said()
