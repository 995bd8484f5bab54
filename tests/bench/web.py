"""`manage.py bench web`: pages of a full NGO, for one person and for a crowd, beside a stock Flask-Admin list."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
import requests
from rich.console import Console
from rich.progress import Progress

from portal.commands.processes import Processes
from portal.commands.serving import GUNICORN, prepare, web_command, worker_command
from portal.config import ROOT
from tests import ports
from tests.bench import network, report, visit
from tests.bench.machine import machine, printer
from tests.bench.network import Size
from tests.bench.visit import Timed

ROLES = ("caseworker@semilla.example", "supervisor@semilla.example", "admin@semilla.example",
         "operator@platform.example")
ARRIVALS = 5  # people a second: a password costs a tenth of a second of work, on purpose
ARRIVING = 180  # seconds after which whoever has not come is not waited for
SUGGESTED = 200  # families whose suggestions have been worked out
TURNS = 5  # of the list here and the list of the peer


@dataclass(frozen=True)
class Crowd:
    """How many people, for how many seconds after the last has come."""

    users: int
    seconds: int


@click.command()
@click.option("--families", default=20_000, show_default=True)
@click.option("--providers", default=500, show_default=True)
@click.option("--placements", default=2_000, show_default=True)
@click.option("--users", default=150, show_default=True)
@click.option("--seconds", default=60, show_default=True)
@click.option("--rounds", default=21, show_default=True, help="How often each kind of page is asked for.")
@click.option("--seed", default=7, show_default=True)
@click.option("--keep", type=click.Path(path_type=Path), help="Keep the NGO in this folder, or use the one there.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write every figure to this JSON file.")
def bench(keep: Path | None, out: Path | None, seed: int, rounds: int, **counts: int) -> None:
    """Pages of an NGO with many families: one person, then a crowd, beside a stock Flask-Admin list."""
    crowd = Crowd(counts["users"], counts["seconds"])
    size = Size(counts["families"], counts["providers"], counts["placements"], SUGGESTED, crowd.users)
    with _folder(keep) as instance:
        made = instance / "size.json"
        if not made.exists():
            _make(instance, size, seed)
            made.write_text(json.dumps(asdict(size)), encoding="utf-8")
        network.renew(instance)
        size_of_it = json.loads(made.read_text(encoding="utf-8"))
        figures = {"machine": machine(), "size": size_of_it, **_measure(instance, crowd, rounds)}
    report.show(figures, printer())
    if out:
        out.write_text(json.dumps(figures, indent=1, ensure_ascii=False, default=asdict), encoding="utf-8")


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def _make(instance: Path, size: Size, seed: int) -> None:
    with Progress(console=Console(stderr=True)) as progress:
        bars: dict[str, Any] = {}

        def tick(what: str, done: int, total: int) -> None:
            bars.setdefault(what, progress.add_task(what, total=total) if what not in bars else None)
            progress.update(bars[what], completed=done)

        network.make(instance, size, seed, tick)


def _measure(instance: Path, crowd: Crowd, rounds: int) -> dict[str, Any]:
    os.environ.update(INSTANCE_PATH=str(instance), BENCH_DATABASE=f"sqlite:///{instance / 'ayni.db'}")
    here, there = ports.free(), ports.free()
    address, peer = f"http://127.0.0.1:{here}", f"http://127.0.0.1:{there}"
    with Processes(prepare("127.0.0.1", here)) as processes:
        processes.start("portal", web_command("127.0.0.1", here))
        processes.start("worker", worker_command())
        processes.start("peer", [sys.executable, "-m", "gunicorn", *GUNICORN, "--bind", f"127.0.0.1:{there}",
                                 "tests.bench.peer:create_app()"])
        processes.wait_until_answers(f"{address}/health")
        processes.wait_until_answers(f"{peer}/families/")
        return {
            "one_person": {email.partition("@")[0]: dict(visit.walk(address, email, rounds)) for email in ROLES},
            "list": _beside(address, peer, rounds),
            "crowd": _many(address, crowd, instance),
        }


def _beside(address: str, peer: str, rounds: int) -> dict[str, Timed]:
    """The list of families here and at the peer, in turn; the turn with the median p50 of each counts."""
    person, stranger = visit.log_in(address, "supervisor@semilla.example"), requests.Session()
    turns: dict[str, list[Timed]] = {"ayni": [], "flask-admin": []}
    for _ in range(TURNS):
        turns["ayni"].append(visit.ask(person, [f"{address}/families/?page={n}" for n in range(5)], rounds))
        turns["flask-admin"].append(visit.ask(stranger, [f"{peer}/families/?page={n}" for n in range(5)], rounds))
    return {name: sorted(times, key=lambda one: one.p50)[TURNS // 2] for name, times in turns.items()}


def _many(address: str, crowd: Crowd, folder: Path) -> dict[str, Any]:
    """What the crowd measured: overall, and for each kind of request."""
    found = folder / "crowd.json"
    subprocess.run(
        [sys.executable, "-m", "locust", "-f", str(Path(__file__).with_name("crowd.py")), "--headless",
         "--only-summary", "--loglevel", "ERROR", "--host", address, "--users", str(crowd.users),
         "--spawn-rate", str(ARRIVALS), "--run-time", f"{crowd.seconds + ARRIVING}s"],
        env={**os.environ, "BENCH_OUT": str(found), "BENCH_USERS": str(crowd.users),
             "BENCH_SECONDS": str(crowd.seconds), "PYTHONPATH": str(ROOT)},
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    heard = json.loads(found.read_text(encoding="utf-8"))
    times = [one for each in heard["times"].values() for one in each]
    kinds = {name: Timed.of(each) for name, each in heard["times"].items()}
    return {
        **asdict(crowd), "requests_per_second": round(len(times) / crowd.seconds, 1), "all": Timed.of(times),
        "kinds": kinds, "failures": dict(Counter(heard["failures"])),
    }
