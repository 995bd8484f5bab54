"""`manage.py bench scale`: whole runs of the matcher on made-up populations, from the files to the plan, as they grow.

Each run is a process of its own, the one that `manage.py match --assign` is; its memory is read from outside, with that
of the processes that it starts.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from tests.bench import memory, scale_report
from tests.bench.machine import machine, printer

ROOT = Path(__file__).resolve().parents[2]
SHARE = 10  # families for each provider
DAY = "2026-11-23"


@click.command()
@click.option("--families", default="10000,30000,100000", show_default=True, help="Sizes, one after the other.")
@click.option("--keep", default=3, show_default=True, help="Suggestions written for each child.")
@click.option("--candidates", default=100, show_default=True, help="Of a child, that the plan looks at.")
@click.option("--to", "target", default=1_000_000, show_default=True, help="Families to reckon the growth up to.")
@click.option("--seed", default=7, show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False),
              help="Write the plot to this SVG file, and every figure to a JSON file beside it.")
def bench(families: str, keep: int, candidates: int, target: int, seed: int, out: Path | None) -> None:
    """From the files to the plan, 10,000 to 1,000,000 families: time and memory of each stage, and how they grow."""
    sizes, console = sorted(int(size) for size in families.split(",") if size.strip()), printer()
    options = ("--keep", str(keep), "--candidates", str(candidates))
    measured = []
    for size in sizes:
        with TemporaryDirectory() as folder:
            measured.append(_measured(size, seed, options, Path(folder)))
        scale_report.show_one(measured[-1], console)
    figures = {"machine": machine(), "seed": seed, "keep": keep, "candidates": candidates, "measured": measured}
    scale_report.show(figures, target, console)
    if out:
        out.write_text(scale_report.plot(figures), encoding="utf-8")
        out.with_suffix(".json").write_text(json.dumps(figures, indent=1, ensure_ascii=False), encoding="utf-8")


def _measured(size: int, seed: int, options: tuple[str, ...], folder: Path) -> dict[str, Any]:
    providers = max(size // SHARE, 1)
    made, _ = run("synth", "--families", str(size), "--providers", str(providers), "--seed", str(seed),
                   "--truth-families", "0", "--out", str(folder), "--on", DAY)
    whole, peak = run("match", str(folder / "families_data.csv"), str(folder / "providers_data.csv"), "--on", DAY,
                       "--out", str(folder / "S.csv"), "--assign", str(folder / "PLAN.csv"), *options)
    plan = json.loads((folder / "PLAN.json").read_text(encoding="utf-8"))
    return {
        "families": size, "providers": providers, "children": plan["placed"] + plan["unplaced"],
        "placed": plan["placed"], "gap": plan["gap"], "aims": plan["aims"], "pairs": plan["pairs"],
        "sentences": plan["sentences"], "made_seconds": round(made, 1), "seconds": round(whole, 1),
        "peak_mb": round(peak), "stages": plan["stages"],
    }


def run(*arguments: str) -> tuple[float, float]:
    """Seconds, and the MB held at most. ClickException with its last words where it fails."""
    started = time.perf_counter()
    command = [sys.executable, "manage.py", *arguments]
    with (
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process,
        memory.watched(process.pid) as peak,
    ):
        _, said = process.communicate()
    if process.returncode:
        raise click.ClickException(f"{arguments[0]} ended with {process.returncode}: {said[-500:]}")
    return time.perf_counter() - started, peak.mb
