"""`manage.py models`, `promote` and `rollback`: which version of the score ranks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from ml.artifacts import ArtifactError
from ml.learn import gates, registry
from ml.learn.faults import LearnError
from portal import clock
from portal.config import instance_path

FOLDER = click.Path(file_okay=False, path_type=Path)


@contextmanager
def refusals() -> Iterator[None]:
    """What stands in the way is one line and exit status 1."""
    try:
        yield
    except (LearnError, ArtifactError) as error:
        raise click.ClickException(str(error)) from error


def root() -> Path:
    """Where the versions of this installation are."""
    return instance_path() / "models"


@click.command()
def models() -> None:
    """List the versions of the score, which one ranks, and every promotion and rollback."""
    with refusals():
        chosen = registry.promoted(root())
        for version in [registry.PRIOR, *registry.versions(root())]:
            click.echo(f"{'*' if version == chosen else ' '} {version}  {describe(version)}")
        for move in registry.history(root()):
            reason = f"  forced: {move.reason}" if move.reason else ""
            click.echo(f"  {move.at}  {move.action:<8}  {move.version}{reason}")


def describe(version: str) -> str:
    """A version in one line: when it was made, how good it is, whether its files are whole."""
    if version == registry.PRIOR:
        return "set by hand; ranks until a version is promoted"
    try:
        about = registry.manifest(root(), version)
        registry.load(root() / version)
    except ArtifactError as error:
        return f"REFUSED: {error}"
    figure = about["metrics"]["ndcg@10"]
    return f"made {about['made']}, nDCG@10 {figure['value'] or 0:.3f}, data {about['data'][:10]}, seed {about['seed']}"


@click.command()
@click.argument("version")
@click.option("--force", metavar="REASON", default="", help="Promote past a closed gate; the reason is kept.")
def promote(version: str, force: str) -> None:
    """Let VERSION rank from now on. Refused where it does not beat the prior or fails the swap test."""
    with refusals():
        closed = gates.closed(registry.metrics(root(), version))
        if closed and not force.strip():
            raise click.ClickException("; ".join(closed))
        registry.promote(root(), version, clock.now().isoformat(timespec="seconds"), force.strip() if closed else "")
    click.echo(f"{version} ranks from now on")


@click.command()
def rollback() -> None:
    """Let the version rank that did before the last promotion (the prior where there was none)."""
    with refusals():
        click.echo(f"{registry.rollback(root(), clock.now().isoformat(timespec='seconds'))} ranks again")
