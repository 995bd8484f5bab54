"""Linear relaxations too large for HiGHS, by a first-order method (PDLP in OR-Tools) that can be stopped at any step.

Its steps are counted and come in stretches: nothing else in the process runs during one. Sums are cut the same way
whatever the number of threads, so that the same part gives the same numbers on any of them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import numpy as np
from ortools.pdlp import solve_log_pb2, solvers_pb2
from ortools.pdlp.python import pdlp
from scipy.sparse import csr_array

from ml.assign.part import Floats, Ints

LEAST_STEPS, MOST_STEPS = 1_000, 3_000
WORK = 1_200_000_000  # columns times steps, as far as the steps allow
STRETCH = WORK // 3  # of one stretch: about ten seconds
SHORTEST = 250  # steps of a stretch: each has to find its pace again
CLOSE = 1e-5  # of the numbers themselves: nearer needs no more steps
SHARDS = 16  # pieces into which sums are cut


def iterates(worth: Floats, rows: csr_array, limit: Ints, seconds: float) -> Iterator[tuple[Floats, Floats]]:
    """(m,) shares and (r,) prices of the rows after each stretch, later ones nearer as a rule.

    Asked is for the most `worth` (m,) under rows (r, m) @ share <= limit (r,). Neither need be quite feasible: the
    caller makes a plan of the one and a bound of the other.
    """
    asked, end, begin = _program(worth, rows, limit), time.monotonic() + seconds, pdlp.PrimalAndDualSolution()
    left, stretch = min(max(WORK // len(worth), LEAST_STEPS), MOST_STEPS), max(STRETCH // len(worth), SHORTEST)
    begin.primal_solution, begin.dual_solution = np.zeros(len(worth)), np.zeros(len(limit))
    while left > 0 and time.monotonic() < end:
        found = pdlp.primal_dual_hybrid_gradient(asked, _how(min(stretch, left), end - time.monotonic()), begin)
        yield np.maximum(found.primal_solution, 0.0), np.maximum(-found.dual_solution, 0.0)
        if found.solve_log.termination_reason != solve_log_pb2.TERMINATION_REASON_ITERATION_LIMIT:
            return
        begin.primal_solution, begin.dual_solution = found.primal_solution, found.dual_solution
        left -= stretch


def _program(worth: Floats, rows: csr_array, limit: Ints) -> pdlp.QuadraticProgram:
    asked = pdlp.QuadraticProgram()
    asked.objective_vector = -worth
    asked.constraint_matrix = rows.tocsc()
    asked.constraint_lower_bounds = np.full(len(limit), -np.inf)
    asked.constraint_upper_bounds = limit.astype(np.float64)
    asked.variable_lower_bounds = np.zeros(len(worth))
    asked.variable_upper_bounds = np.full(len(worth), np.inf)
    return asked


def _how(steps: int, seconds: float) -> solvers_pb2.PrimalDualHybridGradientParams:
    how = solvers_pb2.PrimalDualHybridGradientParams(num_threads=os.cpu_count() or 1, num_shards=SHARDS)
    how.termination_criteria.simple_optimality_criteria.eps_optimal_relative = CLOSE
    how.termination_criteria.simple_optimality_criteria.eps_optimal_absolute = CLOSE
    how.termination_criteria.iteration_limit = steps
    how.termination_criteria.time_sec_limit = seconds
    return how
