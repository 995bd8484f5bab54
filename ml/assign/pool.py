"""Parts solved one after the other, or side by side in processes where that pays.

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

from ml.assign import flow, program
from ml.assign.clock import Clock
from ml.assign.components import Split
from ml.assign.part import Done, Part

SIBLINGS = 50  # a column of a program costs about so many arcs of a flow
TASK = 400_000  # arcs, or columns at that rate: less is not worth a task of its own
PAYS = 3 * TASK // 2  # in all: less is not worth a second process

Solver = Callable[[Sequence[Part], float, bool], list[Done]]
Answer = list[tuple[Part, Done]]


@dataclass(frozen=True)
class Task:
    """Some parts for one solver, and what they cost in arcs."""

    solver: Solver
    parts: list[Part]
    cost: int


@dataclass(frozen=True)
class How:
    """`seconds` for all parts together, in `processes`, or as many as pay where that is None; with `prices` or not."""

    seconds: float
    processes: int | None = None
    prices: bool = False


def run(split: Split, how: How) -> Answer:
    """Every part with its plan."""
    tasks = [*_tasks(flow.solve_all, split.single, 1), *_tasks(program.solve_all, split.siblings, SIBLINGS)]
    if how.seconds <= 0:  # a flow cannot be stopped once it has begun
        tasks = [Task(program.solve_all, task.parts, task.cost) for task in tasks]
    tasks.sort(key=lambda task: task.cost)
    workers = min(how.processes or _paying(tasks), len(tasks))
    if workers > 1:
        try:
            return _side_by_side(tasks, how, workers)
        except (BrokenProcessPool, OSError):  # no processes here: one is enough
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


def _side_by_side(tasks: Sequence[Task], how: How, workers: int) -> Answer:
    total = sum(task.cost for task in tasks)
    limits = [how.seconds * min(1.0, workers * task.cost / total) for task in tasks]
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
