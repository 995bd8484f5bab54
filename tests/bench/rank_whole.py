"""The matcher's whole works, for `bench rank`: from files to files, and what would help everybody who waits."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from ml import additions, assignment, constraints, counterfactual, frames, pipeline
from ml.additions import Sides
from ml.assignment import Problem
from ml.changes.needs import World
from ml.frames import Rules
from ml.stages import peak_mb
from tests.bench.scale import DAY, run
from tests.ml import population

FAMILIES = 1_000
FILES, WAITING = 3_000, 500  # providers
CHILDREN = FAMILIES * 3 // 2  # of which the made-up population makes so many families


def measured(rounds: int, seed: int) -> dict[str, dict[str, float]]:
    """What was done → its providers, its seconds (the median of the rounds) and the MB it held at most."""
    return {
        "files": {"providers": FILES, **_files(rounds, seed)},
        "changes": {"providers": WAITING, "seconds": _changes(rounds, seed), "peak_mb": peak_mb()},
    }


def _files(rounds: int, seed: int) -> dict[str, float]:
    """Two CSV files read, every text encoded, each child ranked, the suggestions written: a process from its start."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        run("synth", "--families", str(FAMILIES), "--providers", str(FILES), "--seed", str(seed),
            "--truth-families", "0", "--out", name, "--on", DAY)
        match = ("match", str(folder / "families_data.csv"), str(folder / "providers_data.csv"), "--on", DAY,
                 "--out", str(folder / "S.csv"))
        times, peaks = zip(*(run(*match) for _ in range(rounds)), strict=True)
        return {"seconds": round(statistics.median(times), 2), "peak_mb": round(max(peaks))}


def _changes(rounds: int, seed: int) -> float:
    """The smallest changes of every family, and what every provider could add."""
    people, offers = population.people(CHILDREN, WAITING, seed)
    asked: Any = (frames.children(people), frames.providers(offers), Rules())
    units, times = pipeline.units(asked[0]), []
    sides, problem = Sides(*asked, units), _problem(World.of(*asked, units))
    plan = assignment.solve(problem)
    for _ in range(rounds):
        started = time.perf_counter()
        counterfactual.for_families(*asked, units)
        additions.for_plan(sides, problem, plan)
        times.append(time.perf_counter() - started)
    return round(statistics.median(times), 2)


def _problem(world: World) -> Problem:
    """Everybody to whomever the rules let them go; no pair is better than another."""
    unit, provider = np.nonzero(~world.any(world.judged(world.children).stops > 0))
    demand = constraints.group_demand(world.children)[world.first]
    return Problem(unit, provider, np.ones(len(unit)), demand, world.providers.seats)
