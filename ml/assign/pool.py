"""Parts solved one after the other, side by side in processes where that pays, or by workers elsewhere.

What is put together in one task depends on the parts alone, so that any number of processes makes the same plan. The
process that asks takes the largest task itself, and whatever the others have not begun when it is done.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

from ml.assign import flow, program, wire
from ml.assign.clock import Clock
from ml.assign.components import Split
from ml.assign.part import Done, Part
from ml.assign.wire import Solver

SIBLINGS = 50  # a column of a program costs about so many arcs of a flow
TASK = 400_000  # arcs, or columns at that rate: less is not worth a task of its own
PAYS = 3 * TASK // 2  # in all: less is not worth a second process

Answer = list[tuple[Part, Done]]


@dataclass(frozen=True)
class Task:
    """Some parts for one solver, and what they cost in arcs."""

    solver: Solver
    parts: list[Part]
    cost: int


@dataclass(frozen=True)
class Elsewhere:
    """So many workers on other machines. `share` hands each parcel to one of them, which makes `wire.solved` of it.

    It returns the answers in the order of the parcels, and raises OSError where none comes.
    """

    share: Callable[[Sequence[bytes]], Sequence[bytes]]
    workers: int


@dataclass(frozen=True)
class How:
    """`seconds` for all parts together, in `processes` or elsewhere, or in as many as pay; with `prices` or not."""

    seconds: float
    processes: int | Elsewhere | None = None
    prices: bool = False


def run(split: Split, how: How) -> Answer:
    """Every part with its plan."""
    tasks = [*_tasks(flow.solve_all, split.single, 1), *_tasks(program.solve_all, split.siblings, SIBLINGS)]
    if how.seconds <= 0:  # a flow cannot be stopped once it has begun
        tasks = [Task(program.solve_all, task.parts, task.cost) for task in tasks]
    tasks.sort(key=lambda task: task.cost)
    try:
        if isinstance(how.processes, Elsewhere):
            return _elsewhere(tasks, how, how.processes)
        workers = min(how.processes or _paying(tasks), len(tasks))
        if workers > 1:
            return _side_by_side(tasks, how, workers)
    except (BrokenProcessPool, OSError):  # nobody there to help: one is enough
        pass
    return _one_by_one(tasks, how)


def _tasks(solver: Solver, parts: Sequence[Part], rate: int) -> list[Task]:
    tasks: list[Task] = []
    for part in sorted(parts, key=len, reverse=True):
        cost = len(part) * rate
        if tasks and tasks[-1].cost + cost <= TASK:
            tasks[-1] = Task(solver, [*tasks[-1].parts, part], tasks[-1].cost + cost)
        else:
            tasks.append(Task(solver, [part], cost))
    return tasks


def _paying(tasks: Sequence[Task]) -> int:
    in_worker = multiprocessing.parent_process() is not None
    return 1 if in_worker or sum(task.cost for task in tasks) < PAYS else os.cpu_count() or 1


def _one_by_one(tasks: Sequence[Task], how: How) -> Answer:
    """Small ones first: the time they leave over goes to the large ones."""
    answer: Answer = []
    clock = Clock(how.seconds, sum(task.cost for task in tasks))
    for task in tasks:
        answer += zip(task.parts, task.solver(task.parts, clock.share(task.cost), how.prices), strict=True)
    return answer


def _limits(tasks: Sequence[Task], seconds: float, workers: int) -> list[float]:
    """Seconds for each task, where so many work at once."""
    total = sum(task.cost for task in tasks)
    return [seconds * min(1.0, workers * task.cost / total) for task in tasks]


def _elsewhere(tasks: Sequence[Task], how: How, there: Elsewhere) -> Answer:
    """The largest first: what is left for the end is small."""
    order = list(zip(tasks, _limits(tasks, how.seconds, there.workers), strict=True))[::-1]
    answers = there.share([wire.packed(task.solver, task.parts, limit, how.prices) for task, limit in order])
    answer: Answer = []
    for (task, _), found in zip(order, answers, strict=True):
        answer += zip(task.parts, wire.unpacked(found, task.parts), strict=True)
    return answer


def _side_by_side(tasks: Sequence[Task], how: How, workers: int) -> Answer:
    limits = _limits(tasks, how.seconds, workers)
    with ProcessPoolExecutor(workers - 1, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting: list[tuple[Task, float, Future[list[Done]]]] = [
            (task, limit, pool.submit(task.solver, task.parts, limit, how.prices))
            for task, limit in zip(tasks[-2::-1], limits[-2::-1], strict=True)
        ]
        answer: Answer = list(zip(tasks[-1].parts, tasks[-1].solver(tasks[-1].parts, limits[-1], how.prices),
                                  strict=True))
        for task, limit, future in reversed(waiting):
            done = task.solver(task.parts, limit, how.prices) if future.cancel() else future.result()
            answer += zip(task.parts, done, strict=True)
    return answer
