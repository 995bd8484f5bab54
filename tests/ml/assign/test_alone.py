"""A large parcel in a process of its own: the same answer, and whoever asked goes on meanwhile."""

from __future__ import annotations

import pytest

from ml.assign import alone, components, flow, locks, program, wire
from ml.assign.part import Part
from tests.bench.instances import Shape, make
from tests.ml.assign import holding


class StopError(Exception):
    """Somebody does not want the answer any more."""


def two_parts() -> list[Part]:
    """A larger one and a smaller one."""
    problems = [make(Shape(families, bands=4)) for families in (400, 100)]
    return [one for problem in problems for one in components.split(problem, locks.usable(problem), True).single]


def parcel(solver: wire.Solver = flow.solve_all) -> bytes:
    return wire.packed(solver, two_parts(), 60.0, True)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A parcel that counts as large, and whose process holds itself up for an hour."""
    monkeypatch.setattr(alone, "LONG", 1)
    monkeypatch.setattr(alone, "PROGRAM", holding.__name__)
    monkeypatch.setenv(holding.SECONDS, "3600")
    return parcel()


def test_the_answer_is_that_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alone, "LONG", 1)
    found, here = (wire.unpacked(one(parcel()), two_parts()) for one in (alone.solved, wire.solved))
    assert [one.pair.tolist() for one in found] == [one.pair.tolist() for one in here]
    assert [one.bound for one in found] == [one.bound for one in here]


def test_a_small_parcel_needs_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alone, "PROGRAM", "no.such.module")
    assert alone.solved(parcel()) == wire.solved(parcel())


def test_whoever_asked_looks_on_and_may_stop_what_would_never_end(large: bytes) -> None:
    def stop() -> None:
        raise StopError

    with pytest.raises(StopError):
        alone.solved(large, stop)


def test_a_process_that_breaks_is_a_failure(large: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(holding.SECONDS)
    with pytest.raises(RuntimeError, match="ended with 1"):
        alone.solved(large)


def test_a_flow_takes_its_largest_part_in_one_go_and_a_program_lets_others_in() -> None:
    sizes = [len(one) for one in two_parts()]
    assert wire.stretch(parcel()) == max(sizes) > min(sizes)
    assert wire.stretch(parcel(program.solve_all)) == 0
