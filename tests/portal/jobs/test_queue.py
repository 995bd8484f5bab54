"""The queue of one machine: ids go in, ids come out, what somebody waits for first, and it outlives the process."""

from __future__ import annotations

import subprocess
import sys
from uuid import UUID, uuid4

from flask import Flask
from huey.api import Task

from portal.config import ROOT
from portal.events import BULK, INTERACTIVE, LANES, TRAINING
from portal.jobs.embedded import PRIORITY
from portal.jobs.periodic import SCHEDULE
from portal.jobs.queue import Queue, Work, work_with
from tests.portal.jobs.conftest import Worker

WEB = """
import sys
from portal import create_app
unwanted = {"portal.jobs.handlers", "portal.jobs.runner", "tensorflow", "keras", "ai_edge_litert"} & set(sys.modules)
print(sorted(unwanted))
"""


def test_only_ids_travel(line: Queue) -> None:
    tenant, job = uuid4(), uuid4()
    line.send(tenant, job, INTERACTIVE)
    task: Task = line.backend.huey.dequeue()
    assert (task.args, task.kwargs) == ((str(tenant), str(job), INTERACTIVE), {})


def test_what_somebody_waits_for_overtakes_what_can_wait(line: Queue) -> None:
    ids = [uuid4() for _ in range(3)]
    for job, lane in zip(ids, (BULK, INTERACTIVE, INTERACTIVE), strict=True):
        line.send(uuid4(), job, lane)
    taken = [line.backend.huey.dequeue() for _ in ids]
    assert [task.args[1] for task in taken] == [str(ids[place]) for place in (1, 2, 0)]
    assert [task.priority for task in taken] == [PRIORITY[lane] for lane in (INTERACTIVE, INTERACTIVE, BULK)]


def test_what_takes_long_waits_beside_what_somebody_waits_for(line: Queue) -> None:
    line.send(uuid4(), job := uuid4(), TRAINING)
    assert [line.is_empty(lane) for lane in LANES] == [True, True, False]
    assert line.backend.huey.dequeue() is None
    assert line.backend.slow.dequeue().args[1] == str(job)


def test_a_lane_is_empty_when_everything_in_it_and_before_it_was_taken(line: Queue) -> None:
    assert all(map(line.is_empty, LANES))
    line.send(uuid4(), uuid4(), BULK)
    assert [line.is_empty(lane) for lane in LANES] == [True, False, True]
    line.backend.huey.dequeue()
    assert all(map(line.is_empty, LANES))
    assert not Queue().is_empty(INTERACTIVE)  # one that was never opened takes nothing


def test_periodic_work_that_waits_is_no_job(line: Queue) -> None:
    line.backend.keep(SCHEDULE)
    for task in line.backend.huey._registry.periodic_tasks:
        line.backend.huey.enqueue(task)
    assert line.backend.huey.pending_count() == len(SCHEDULE)
    assert all(map(line.is_empty, LANES))


def test_what_waits_outlives_the_process(app: Flask, line: Queue) -> None:
    job = uuid4()
    line.send(uuid4(), job, INTERACTIVE)
    line.backend.huey.storage.close()
    line.open(app.config["SETTINGS"])
    assert line.backend.huey.dequeue().args[1] == str(job)


def test_the_worker_is_given_what_was_sent(line: Queue, work: Worker) -> None:
    seen: list[tuple[UUID, UUID]] = []
    work_with(Work(lambda tenant, job: seen.append((tenant, job)), str, bytes))
    tenant, job = uuid4(), uuid4()
    line.send(tenant, job, INTERACTIVE)
    assert work() == [str(job)]
    assert seen == [(tenant, job)]


def test_what_is_to_be_tried_again_waits_as_long_as_the_worker_says(line: Queue, work: Worker) -> None:
    work_with(Work(lambda tenant, job: 40.0, str, bytes))
    line.send(uuid4(), job := uuid4(), BULK)
    work()
    (task,) = line.backend.huey.scheduled()
    assert (task.args[1:], task.priority) == ((str(job), BULK), PRIORITY[BULK])
    assert line.is_empty(BULK)


def test_the_portal_opens_its_queue_in_the_instance_folder(app: Flask, line: Queue) -> None:
    line.send(uuid4(), uuid4(), INTERACTIVE)
    assert (app.config["SETTINGS"].instance / "jobs.db").exists()


def test_the_web_process_knows_neither_handlers_nor_models() -> None:
    web = [sys.executable, "-c", WEB]
    said = subprocess.run(web, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - our own lines
    assert said.stdout.strip() == "[]"
