"""What `bench scale` says of growth: exponents, what comes at the end of it, and a plot that can be drawn."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from rich.console import Console

from tests.bench import scale_report
from tests.bench.scale import bench


def figures(power: float) -> dict[str, Any]:
    """Runs in which everything grows with this power of the families."""
    rows = []
    for size in (10_000, 30_000, 100_000):
        stages = {name: {"seconds": size**power / 1e4, "processor": size**power / 1e4, "peak_mb": size // 100}
                  for name in scale_report.STAGES}
        rows.append({"families": size, "children": size, "providers": size // 10, "sentences": size, "pairs": size,
                     "placed": size, "gap": 0.0, "seconds": size**power / 1e3,
                     "made_seconds": 12.3, "peak_mb": size**power / 100,
                     "stages": stages})
    machine = {"processor": "Made-up 9000", "cores": 2, "load": 0.1, "python": "3.11", "system": "Linux"}
    return {"machine": machine, "seed": 7, "keep": 3, "candidates": 100, "measured": rows}


@pytest.mark.parametrize("power", [0.7, 1.0, 1.3])
def test_the_exponent_is_that_of_the_growth(power: float) -> None:
    assert scale_report.exponent([10, 100, 1000], [size**power for size in (10, 100, 1000)]) == pytest.approx(power)


def test_one_size_has_no_exponent() -> None:
    assert math.isnan(scale_report.exponent([10], [1.0]))
    assert math.isnan(scale_report.exponent([10, 100], [0.0, 1.0]))


def test_growth_is_told_up_to_the_end() -> None:
    console = Console(record=True, width=140)
    scale_report.show_one(figures(1.0)["measured"][0], console)
    scale_report.show(figures(1.0), 1_000_000, console)
    said = console.export_text()
    assert "1,000,000 (reckoned)" in said
    assert "1.00" in said
    assert "Made-up 9000" in said
    assert "12.3" in said
    assert said.count("reached") == 3


def test_the_plot_is_a_picture_with_a_line_for_each_stage() -> None:
    drawn = ElementTree.fromstring(scale_report.plot(figures(1.1)))  # noqa: S314 - written just now
    texts = [one.text for one in drawn.iter() if one.tag.endswith("text")]
    assert {*scale_report.STAGES, "all stages", "MB at most"} <= set(texts)
    assert sum(one.tag.endswith("circle") for one in drawn.iter()) == 3 * (len(scale_report.STAGES) + 2)


def test_an_earlier_run_joins_the_plot(tmp_path: Path) -> None:
    before, plot = tmp_path / "before.json", tmp_path / "growth.svg"
    before.write_text(json.dumps(figures(1.0)), encoding="utf-8")
    told = CliRunner().invoke(
        bench, ["--families", "", "--keep", "3", "--candidates", "100", "--beside", str(before), "--out", str(plot)])
    assert told.exit_code == 0, told.output
    assert "100,000" in told.output
    assert json.loads(plot.with_suffix(".json").read_text())["measured"] == figures(1.0)["measured"]
    assert "<circle" in plot.read_text()


def test_a_run_that_was_asked_otherwise_does_not(tmp_path: Path) -> None:
    before = tmp_path / "before.json"
    before.write_text(json.dumps(figures(1.0)), encoding="utf-8")
    told = CliRunner().invoke(bench, ["--families", "", "--keep", "1", "--beside", str(before)])
    assert told.exit_code == 1
    assert "--keep 3 instead of 1" in told.output
