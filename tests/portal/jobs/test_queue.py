"""The queue: ids go in, ids come out, what somebody waits for first, and nothing is lost with the process."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

from flask import Flask
from huey.api import Task

from portal.jobs.queue import URGENT, Queue, run_with
from tests.portal.jobs.conftest import Work


def test_only_ids_travel(line: Queue) -> None:
    tenant, job = uuid4(), uuid4()
    line.send(tenant, job, can_wait=False)
    task: Task = line.huey.dequeue()
    assert (task.args, task.kwargs) == ((str(tenant), str(job)), {})


def test_what_somebody_waits_for_overtakes_what_can_wait(line: Queue) -> None:
    ids = [uuid4() for _ in range(4)]
    for job, can_wait in zip(ids, (True, True, False, False), strict=True):
        line.send(uuid4(), job, can_wait)
    taken = [line.huey.dequeue() for _ in ids]
    assert [task.args[1] for task in taken] == [str(ids[place]) for place in (2, 3, 0, 1)]
    assert [task.priority for task in taken] == [URGENT, URGENT, 0, 0]


def test_a_queue_is_empty_when_everything_was_taken(line: Queue) -> None:
    assert line.is_empty()
    line.send(uuid4(), uuid4(), can_wait=True)
    assert not line.is_empty()
    line.huey.dequeue()
    assert line.is_empty()
    assert not Queue().is_empty()  # one that was never opened takes nothing


def test_what_waits_outlives_the_process(line: Queue, tmp_path: Path) -> None:
    job = uuid4()
    line.send(uuid4(), job, can_wait=False)
    line.huey.storage.close()
    line.open(str(tmp_path / "jobs.db"), immediate=False)
    assert line.huey.dequeue().args[1] == str(job)


def test_the_worker_is_given_what_was_sent(line: Queue, work: Work) -> None:
    seen: list[tuple[UUID, UUID]] = []
    run_with(lambda tenant, job: seen.append((tenant, job)))
    tenant, job = uuid4(), uuid4()
    line.send(tenant, job, can_wait=False)
    assert work() == [str(job)]
    assert seen == [(tenant, job)]


def test_a_task_that_fails_is_tried_again_later(line: Queue) -> None:
    def fail(tenant: UUID, job: UUID) -> None:
        raise RuntimeError

    run_with(fail)
    line.send(uuid4(), uuid4(), can_wait=False)
    line.huey.execute(line.huey.dequeue())
    assert line.huey.scheduled_count() == 1
    assert line.huey.scheduled()[0].retries == 2


def test_the_portal_opens_its_queue_in_the_instance_folder(app: Flask, line: Queue, tmp_path: Path) -> None:
    line.send(uuid4(), uuid4(), can_wait=False)
    assert (app.config["SETTINGS"].instance / "jobs.db").exists()
