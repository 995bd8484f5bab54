"""A real training by real workers: stopped in the middle, its worker killed in the middle, and others meanwhile."""

from __future__ import annotations

from uuid import UUID

import psutil
import pytest

from ml.learn import registry
from portal import tenancy
from portal.events import TRAIN
from portal.extensions import db
from portal.jobs.train import PROGRAM
from portal.services import jobs, versions
from tests.portal.jobs.network.conftest import Site, kill
from tests.portal.learning import decided
from tests.portal.worlds import World
from tests.waiting import until

pytestmark = pytest.mark.drill
LONG = 900.0  # seconds a training may take on a busy machine


def asked(site: Site) -> UUID:
    """A training of an NGO with enough decisions."""
    with site.app.app_context(), tenancy.acting_for(site.ngo.id):
        decided.network(World(site.ngo), versions.FEWEST + 4)
        job = jobs.ask(site.ngo.actor("ngo_admin"), TRAIN)
        db.session.commit()
        return job.id


def in_the_middle(site: Site, job: UUID) -> psutil.Process:
    """Its process, halted once it has read the decisions: however quick the machine is, it does not end meanwhile."""
    until(lambda: site.standing(job).doing not in {"", "decisions"}, LONG)
    workers = [psutil.Process(one.pid) for one in site.workers]
    below = [child for worker in workers for child in worker.children(recursive=True)]
    training = next(child for child in below if PROGRAM in child.cmdline())
    training.suspend()
    return training


def made(site: Site) -> list[str]:
    return registry.versions(site.folder / "models")


def test_a_training_makes_a_version_while_others_are_served(machine: Site) -> None:
    machine.worker()
    job = asked(machine)
    training = in_the_middle(machine, job)
    waited_for = [machine.announce("drill.quick") for _ in range(3)]
    until(lambda: {machine.job(one).status for one in waited_for} == {"done"})
    assert machine.standing(job).state == "working"
    training.resume()
    until(lambda: not machine.standing(job).is_open, LONG)
    found = machine.job(job)
    assert (found.status, found.attempts) == ("done", 0)
    assert made(machine) == [found.result["version"]]
    assert found.result["families"] == versions.FEWEST + 4
    about = registry.manifest(machine.folder / "models", found.result["version"])
    assert about["source"] == str(machine.ngo.id)


def test_a_training_that_is_cancelled_in_the_middle_leaves_no_version(site: Site) -> None:
    site.worker("--queues", "training")
    job = asked(site)
    training = in_the_middle(site, job)
    site.cancel(job)
    until(lambda: site.standing(job).state == "cancelled")
    assert not training.is_running()
    assert made(site) == []
    assert "Traceback" not in site.said()


def test_a_training_whose_worker_is_killed_is_begun_again_by_another_once(site: Site) -> None:
    first = site.worker("--queues", "training")
    job = asked(site)
    training = in_the_middle(site, job)
    kill(first)
    training.resume()
    until(lambda: not training.is_running())
    site.worker("--queues", "interactive,training", "--beat")
    until(lambda: not site.standing(job).is_open, LONG)
    found = site.job(job)
    assert (found.status, found.attempts) == ("done", 1)
    assert made(site) == [found.result["version"]]
