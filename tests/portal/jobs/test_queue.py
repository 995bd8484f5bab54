"""The queue of one machine: ids go in, ids come out, what somebody waits for first, and nothing is lost with the process."""

from __future__ import annotations

import subprocess
import sys
from uuid import UUID, uuid4

from flask import Flask
from huey.api import Task

from portal.config import ROOT
from portal.events import BULK, INTERACTIVE, LANES, TRAINING
from portal.jobs.embedded import PRIORITY
from portal.jobs.queue import Queue, work_with
from tests.portal.jobs.conftest import Work

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
    ids = [uuid4() for _ in range(4)]
    for job, lane in zip(ids, (TRAINING, BULK, INTERACTIVE, INTERACTIVE), strict=True):
        line.send(uuid4(), job, lane)
    taken = [line.backend.huey.dequeue() for _ in ids]
    assert [task.args[1] for task in taken] == [str(ids[place]) for place in (2, 3, 1, 0)]
    assert [task.priority for task in taken] == [PRIORITY[lane] for lane in (INTERACTIVE, INTERACTIVE, BULK, TRAINING)]


def test_a_lane_is_empty_when_everything_in_it_and_before_it_was_taken(line: Queue) -> None:
    assert all(map(line.is_empty, LANES))
    line.send(uuid4(), uuid4(), BULK)
    assert [line.is_empty(lane) for lane in LANES] == [True, False, False]
    line.backend.huey.dequeue()
    assert all(map(line.is_empty, LANES))
    assert not Queue().is_empty(INTERACTIVE)  # one that was never opened takes nothing


def test_what_waits_outlives_the_process(app: Flask, line: Queue) -> None:
    job = uuid4()
    line.send(uuid4(), job, INTERACTIVE)
    line.backend.huey.storage.close()
    line.open(app.config["SETTINGS"])
    assert line.backend.huey.dequeue().args[1] == str(job)


def test_the_worker_is_given_what_was_sent(line: Queue, work: Work) -> None:
    seen: list[tuple[UUID, UUID]] = []
    work_with(lambda tenant, job: seen.append((tenant, job)), str)
    tenant, job = uuid4(), uuid4()
    line.send(tenant, job, INTERACTIVE)
    assert work() == [str(job)]
    assert seen == [(tenant, job)]


def test_what_is_to_be_tried_again_waits_as_long_as_the_worker_says(line: Queue, work: Work) -> None:
    work_with(lambda tenant, job: 40.0, str)
    line.send(uuid4(), job := uuid4(), BULK)
    work()
    (task,) = line.backend.huey.scheduled()
    assert (task.args[1:], task.priority) == ((str(job), BULK), PRIORITY[BULK])
    assert line.is_empty(BULK)


def test_the_portal_opens_its_queue_in_the_instance_folder(app: Flask, line: Queue) -> None:
    line.send(uuid4(), uuid4(), INTERACTIVE)
    assert (app.config["SETTINGS"].instance / "jobs.db").exists()


def test_the_web_process_knows_neither_handlers_nor_models() -> None:
    said = subprocess.run([sys.executable, "-c", WEB], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
