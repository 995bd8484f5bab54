"""`manage.py train` and `evaluate`: the score learns from decisions, and is measured."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ml.artifacts import ArtifactError
from ml.judge import Judge
from ml.learn import commands, registry, seen
from ml.learn.commands import Run
from ml.learn.faults import LearnError
from ml.learn.folder import Dataset
from ml.learn.options import Options
from ml.learn.places import Places
from ml.reading import Reader
from ml.tables import TableError
from portal import clock, database, places
from portal.commands import faults
from portal.commands.installation import application
from portal.commands.tenants import each_tenant
from portal.config import instance_path
from portal.services import training
from portal.tenancy import current

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(file_okay=False, path_type=Path)
SEED = 7


@click.command()
@click.argument("folder", type=FOLDER, required=False)
@click.option("--tenant", help="The slug of an NGO: learn from its decisions instead of from a folder.")
@click.option("--test", "unseen", type=FOLDER,
              help="Another training folder, all of which is test but the families that are in FOLDER too.")
@click.option("--truth", type=FILE, help="What pairs were worth (truth.csv of synthetic data): measured, never learnt.")
@click.option("--seed", default=SEED, show_default=True, help="The same seed and data give the same version.")
@click.option("--out", type=OUT, help="Where versions are kept (instance/models).")
def train(folder: Path | None, tenant: str | None, seed: int, out: Path | None, **others: Path | None) -> None:
    """Train the score on decisions and measure it beside its baselines.

    FOLDER holds families_data.csv, providers_data.csv and decisions.csv. Only families that consented to training
    count. The version does not rank before it is promoted. A districts.csv (ubigeo, poverty_quintile, area) beside them
    lets the report tell districts apart by poverty; no command makes one. The caregiver's sex only --tenant knows.
    """
    if (folder is None) == (tenant is None):
        raise click.UsageError("give either a FOLDER or --tenant")
    with working(seed) as run:
        dataset, source = (commands.read(folder, run), "") if folder is not None else of_tenant(str(tenant))
        run = dataclasses.replace(with_others(run, others["unseen"], others["truth"]), source=source)
        made, metrics = commands.train(dataset, out or models_folder(), run)
        say_result(metrics)
        click.echo(f"{made.name} is in {made}")
    faults.unusable(dataset.bad)


def of_tenant(slug: str) -> tuple[Dataset, str]:
    """The decisions of one NGO, read without holding up who writes, and its id."""
    with application(), database.reading(), closing(each_tenant(slug)) as chosen:
        next(chosen)
        return training.dataset(), str(current())


def with_others(run: Run, unseen: Path | None, truth: Path | None) -> Run:
    """The run with an unseen dataset and the truth, where they are given."""
    other = commands.read(unseen, run) if unseen is not None else None
    known = commands.truth(truth, run) if truth is not None else None
    return dataclasses.replace(run, options=dataclasses.replace(run.options, unseen=other, truth=known))


def with_reader(run: Run, judge: bool) -> Run:
    """The run with the judge that comes with the project, where it is wanted. Raises ArtifactError."""
    reader = Reader(Judge.load()) if judge else None
    return dataclasses.replace(run, options=dataclasses.replace(run.options, reader=reader))


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--version", "version", help="The version that is measured (the promoted one).")
@click.option("--truth", type=FILE, help="What pairs were worth (truth.csv of synthetic data).")
@click.option("--seed", default=SEED, show_default=True)
@click.option("--judge", is_flag=True, help="In the swap test the judge reads too, as on a screen: 2 minutes more.")
@click.option("--out", type=OUT, help="Where metrics.json and report.html go (instance/evaluations/VERSION).")
def evaluate(folder: Path, version: str | None, out: Path | None, **options: Any) -> None:
    """Measure a version on the decisions of FOLDER beside its baselines: metrics.json and report.html.

    Families the version learned from are not measured; data it was made from are split as they were then.
    A districts.csv (ubigeo, poverty_quintile, area) in FOLDER lets the report tell districts apart by poverty.
    """
    root = models_folder()
    with working(options["seed"]) as run:
        scorer = registry.current(root) if version is None else registry.named(root, version)
        origin = registry.origin(root, scorer.version)
        dataset = commands.read(folder, run)
        run = with_reader(with_others(run, None, options["truth"]), options["judge"])
        target = out or instance_path() / "evaluations" / f"{scorer.version}-{dataset.data[:10]}"
        metrics = commands.evaluate(dataset, (scorer, origin), target, run)
        say_seen(metrics)
        say_result(metrics)
        click.echo(f"metrics.json and report.html are in {target}")
    faults.unusable(dataset.bad)


def models_folder() -> Path:
    """Where the versions of this installation are."""
    return instance_path() / "models"


@contextmanager
def working(seed: int) -> Iterator[Run]:
    """Bars on stderr while it runs; what stands in the way is one line and exit status 1."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    bars = Progress(*columns, console=console, disable=not console.is_terminal)
    with faults.in_one_line(LearnError, TableError, ArtifactError), bars:
        tasks: dict[str, Any] = {}

        def tell(what: str, done: int, total: int) -> None:
            task = tasks.setdefault(what, bars.add_task(what, total=total) if what not in tasks else None)
            bars.update(task, completed=done, total=total)

        known = Places(places.centres(), places.areas())
        yield Run(known, clock.now().isoformat(timespec="seconds"), Options(seed, tell=tell), say)


def say(line: str) -> None:
    """To stderr: stdout belongs to results."""
    click.echo(line, err=True)


def say_seen(metrics: dict[str, Any]) -> None:
    """Whether the version learned from families it is now measured on; nothing of one that learned from nobody."""
    told = metrics["seen"]
    lines = {
        seen.SAME_SPLIT: f"made from these data: split as it was then, by seed {metrics['seed']}",
        seen.LEFT_OUT: f"{told['families_left_out']} families ({told['rows_left_out']} decisions) that the version "
                       "learned from are left out",
        seen.NOT_KNOWN: "the version keeps no list of the families it learned from: whether some are here is not known",
    }
    if told["how"] in lines:
        click.echo(lines[told["how"]])


def say_result(metrics: dict[str, Any]) -> None:
    """A line for each method, best first, on families and on a dataset that nobody learnt from."""
    for kind in ("family", "unseen"):
        if kind in metrics["splits"]:
            say_split(kind, metrics["splits"][kind])


def say_split(kind: str, split: dict[str, Any]) -> None:
    """The order of what was shown, and what is said of chances; where it is known, how good an order can be at all."""
    click.echo(f"{kind} split, {split['families']['test']} families")
    order = sorted(split["methods"].items(), key=lambda item: -(item[1]["shown"]["ndcg@10"]["value"] or 0))
    for name, one in order:
        auc, brier, ece = (one["probability"][key]["value"] or 0.0 for key in ("pr_auc", "brier", "ece"))
        click.echo(f"{name:<11} nDCG@10 {interval(one['shown']['ndcg@10'])}  PR-AUC {auc:.3f}  Brier {brier:.3f}"
                   f"  ECE {ece:.3f}")
    for name, why in split["missing"].items():
        click.echo(f"{name:<11} not run: {why}")
    if split["utility"] is not None:
        most, share = interval(split["utility"]["ndcg@10"]), interval(split["utility"]["share"])
        click.echo(f"among all admissible the hidden utility's own order has nDCG@10 {most}; additive reaches {share}"
                   " of it")


def interval(found: dict[str, Any]) -> str:
    """A figure with its interval."""
    value, low, high = (found[key] or 0.0 for key in ("value", "low", "high"))
    return f"{value:.3f} [{low:.3f}, {high:.3f}]"
