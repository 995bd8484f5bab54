"""`manage.py bench assign`: plans of families who wait, beside what people would use instead.

Each solver runs in a process of its own, so that its memory is its own; all are given the same instance.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.progress import track

from ml.assign import pool
from ml.assignment import Plan, Problem, solve
from ml.stages import peak_mb, processor_seconds
from tests.bench import assign_report, instances, memory
from tests.bench.instances import Shape
from tests.bench.machine import machine, printer
from tests.bench.rivals import LIMIT, RIVALS

OURS, STABLE = "ayni", "ayni (stable)"
SLOW = 20.0  # seconds after which a solver is asked once only


@dataclass(frozen=True)
class Job:
    """One solver on one instance: the median of `rounds`, fewer where one takes long."""

    solver: str
    shape: Shape
    seed: int
    rounds: int
    processes: int
    seconds: float


@click.command()
@click.option("--single", default="1000,10000,100000", show_default=True, help="Sizes with one child a family.")
@click.option("--siblings", default="1000,10000", show_default=True, help="Sizes with siblings and four age bands.")
@click.option("--near", default=15, show_default=True, help="Providers of a family at most.")
@click.option("--radius", default=15.0, show_default=True, help="Kilometres that a family goes.")
@click.option("--processes", default=os.cpu_count(), show_default=True)
@click.option("--seconds", default=60.0, show_default=True, help="Time limit of each plan.")
@click.option("--rounds", default=5, show_default=True)
@click.option("--seed", default=7, show_default=True)
@click.option("--peers/--no-peers", default=True, show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write every figure to this JSON file.")
def bench(single: str, siblings: str, peers: bool, out: Path | None, **how: Any) -> None:
    """Plans of 1,000 to 1,000,000 families, beside SciPy, lap, NetworkX, matching, HiGHS and CP-SAT."""
    shapes = [Shape(size, near=how["near"], radius=how["radius"]) for size in _sizes(single)]
    shapes += [
        Shape(size, siblings=True, bands=4, near=how["near"], radius=how["radius"]) for size in _sizes(siblings)
    ]
    jobs = [
        Job(solver, shape, how["seed"], how["rounds"], how["processes"], how["seconds"])
        for shape in shapes for solver in _solvers(shape, peers)
    ]
    measured = [_measure(job) for job in track(jobs, "measuring", console=Console(stderr=True), transient=True)]
    figures = {"machine": machine(), "size": {"rounds": how["rounds"], "seed": how["seed"]}, "measured": measured}
    assign_report.show(figures, printer())
    if out:
        out.write_text(json.dumps(figures, indent=1, ensure_ascii=False), encoding="utf-8")


def _sizes(text: str) -> list[int]:
    return [int(size) for size in text.split(",") if size.strip()]


def _solvers(shape: Shape, peers: bool) -> list[str]:
    ours = [OURS] if shape.siblings or shape.families > 10_000 else [OURS, STABLE]
    theirs = [
        name for name, rival in RIVALS.items()
        if shape.families <= rival.families and rival.single in (not shape.siblings, False)
        and (shape.siblings or "whole" not in name)
    ]
    return ours + (theirs if peers else [])


def _measure(job: Job) -> dict[str, Any]:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as own:
        pid = own.submit(os.getpid).result()
        with memory.watched(pid) as peak:
            found = own.submit(measure, job).result()
    return found | {"peak_mb": round(peak.mb)}


def measure(job: Job) -> dict[str, Any]:
    """Solve one instance some times; seconds, what the instance alone takes, and what came of it."""
    problem = instances.make(job.shape, job.seed)
    before = peak_mb()
    times: list[float] = []
    while len(times) < job.rounds and sum(times) < SLOW:
        started, processor = time.perf_counter(), processor_seconds()
        found = _solved(job, problem)
        times.append(time.perf_counter() - started)
    pair = found.pair if isinstance(found, Plan) else found
    taken = pair[pair >= 0]
    return {
        "solver": job.solver, **asdict(job.shape), "pairs": len(problem.family), "providers": len(problem.seats),
        "children": int(problem.demand.sum()), "placed": int(problem.demand[problem.family[taken]].sum()),
        "score": round(float(problem.score[taken].sum()), 6), "seconds": round(statistics.median(times), 4),
        "processor_seconds": round(processor_seconds() - processor, 4), "rounds": len(times),
        "instance_mb": before, "plan": _plan(found), "limit": LIMIT,
    }


def _solved(job: Job, problem: Problem) -> Plan | np.ndarray:
    if job.solver == OURS:
        cost = len(problem.family) * (pool.SIBLINGS if job.shape.siblings else 1)
        return solve(problem, seconds=job.seconds, processes=job.processes if cost >= pool.PAYS else 1)
    if job.solver == STABLE:
        return solve(problem, "stable")
    return RIVALS[job.solver].solve(problem)


def _plan(found: Plan | np.ndarray) -> dict[str, Any] | None:
    if not isinstance(found, Plan):
        return None
    return {
        "objective": found.objective, "bound": found.bound, "gap": found.gap, "blocking_pairs": found.blocking_pairs,
        "aims": {aim.name: {"reached": aim.reached, "bound": aim.bound} for aim in found.aims},
    }
