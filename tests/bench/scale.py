"""`manage.py bench scale`: whole runs of the matcher on made-up populations, from the files to the plan, as they grow.

Each run is a process of its own, the one that `manage.py match --assign` is; its memory is read from outside, with that
of the processes that it starts.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
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
@click.option("--beside", type=click.Path(path_type=Path, dir_okay=False, exists=True),
              help="JSON file of an earlier run: its sizes join table and plot, if it was asked with the same options.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False),
              help="Write the plot to this SVG file, and every figure to a JSON file beside it.")
def bench(families: str, target: int, beside: Path | None, out: Path | None, **asked: int) -> None:
    """From the files to the plan, 10,000 to 1,000,000 families: time and memory of each stage, and how they grow."""
    console, measured = printer(), earlier(beside, asked) if beside else []
    options = ("--keep", str(asked["keep"]), "--candidates", str(asked["candidates"]))
    for size in sorted(int(size) for size in families.split(",") if size.strip()):
        with TemporaryDirectory() as folder:
            measured.append(_measured(size, asked["seed"], options, Path(folder)))
        scale_report.show_one(measured[-1], console)
    measured.sort(key=lambda row: row["families"])
    figures = {"machine": machine(), **asked, "measured": measured}
    scale_report.show(figures, target, console)
    if out:
        out.write_text(scale_report.plot(figures), encoding="utf-8")
        out.with_suffix(".json").write_text(json.dumps(figures, indent=1, ensure_ascii=False), encoding="utf-8")


def earlier(file: Path, asked: Mapping[str, int]) -> list[dict[str, Any]]:
    """The runs of a JSON file that `--out` wrote. ClickException where they were asked with other options."""
    found = json.loads(file.read_text(encoding="utf-8"))
    other = [f"--{name} {found.get(name)} instead of {value}" for name, value in asked.items()
             if found.get(name) != value]
    if other:
        raise click.ClickException(f"{file}: measured with {', '.join(other)}: no growth can be read from both")
    return list(found["measured"])


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
