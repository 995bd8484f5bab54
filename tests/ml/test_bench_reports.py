"""What the benches print beside their times: the machine, the memory, and goals that were not measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tests.bench import encoder_report, machine, rank_report
from tests.bench.engines import OURS, PEER, REFERENCE

MACHINE = {"processor": "Made-up 9000", "cores": 2, "load": 0.1, "python": "3.11", "system": "Linux"}


def encoder(similarity: dict[str, float] | None, judged_ms: float | None = None) -> str:
    row = {"texts_per_second": 100.0, "ms_a_text": 1.0, "seconds": 0.5, "megabytes": 200, "peak_mb": 210, "cosine": 1.0}
    figures: dict[str, Any] = {
        "machine": MACHINE, "size": {"texts": 1, "rounds": 1, "seed": 7, "threads": 2}, "similarity": similarity,
        "judged_ms": judged_ms,
        "measured": [{"engine": name, **row} for name in (OURS, REFERENCE, PEER)],
    }
    console = Console(record=True, width=160)
    encoder_report.show(figures, console)
    return console.export_text()


@pytest.mark.parametrize(("similarity", "told"), [
    (None, "not measured Spearman"), ({OURS: 0.815, REFERENCE: 0.816}, "reached  Spearman"),
    ({OURS: 0.810, REFERENCE: 0.816}, "MISSED   Spearman"), ({OURS: float("nan"), REFERENCE: 0.8}, "MISSED   Spearman"),
])
def test_what_int8_loses_is_a_goal_that_may_go_unmeasured(similarity: dict[str, float] | None, told: str) -> None:
    said = encoder(similarity)
    assert told in said
    assert said.startswith("Made-up 9000, 2 cores")


@pytest.mark.parametrize(("judged_ms", "told"), [
    (None, "not measured 20 candidates"), (90.0, "reached  20 candidates"), (160.0, "MISSED   20 candidates"),
])
def test_the_judge_is_timed_where_there_is_one(judged_ms: float | None, told: str) -> None:
    assert told in encoder(None, judged_ms)


def test_memory_is_told_of_ranking() -> None:
    console = Console(record=True, width=160)
    rank_report.show({
        "machine": MACHINE, "size": {"families": 1, "rounds": 1},
        "measured": [{"providers": 10_000, "suggestions": 3, "peak_mb": 321, "seconds": {
            "ayni, with reasons": 0.01, "ayni, why not the others": 0.01, "pandas": 0.1}}],
        "whole": {"files": {"providers": 3_000, "seconds": 9.0, "peak_mb": 654}},
    }, console)
    said = console.export_text()
    assert said.startswith("Made-up 9000, 2 cores")
    assert "321" in said
    assert "654 MB" in said


def test_the_processor_has_a_name(tmp_path: Path) -> None:
    told = tmp_path / "cpuinfo"
    told.write_text("processor\t: 0\nmodel name\t: Made-up 9000 @ 2 GHz\nprocessor\t: 1\n", encoding="utf-8")
    assert machine.processor(told) == "Made-up 9000 @ 2 GHz"
    assert machine.processor(tmp_path / "none")
    assert machine.machine()["processor"]


@pytest.mark.parametrize("columns", ["40", "200"])
def test_no_figure_is_cut_off_on_a_narrow_terminal(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert machine.printer().width == max(machine.WIDTH, int(columns))
