"""`manage.py models`, `promote` and `rollback`: which version of the score ranks.

In an installation a move goes through the portal's service, as one under *Modelo* does, and is in each NGO's trail.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from ml.artifacts import ArtifactError
from ml.learn import gates, registry
from ml.learn.faults import LearnError
from portal import audit, clock
from portal.commands import installation
from portal.config import instance_path
from portal.extensions import db
from portal.models import Tenant
from portal.services import versions as service

AUTHOR = audit.Author(name="línea de comandos")


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
    figure, less = about["metrics"]["ndcg@10"], about["metrics"].get("validation_less_prior", {})
    gain = gates.told(less) + ("" if gates.told_apart(less) else ", not told apart from it")
    return (f"made {about['made']}, nDCG@10 {figure['value'] or 0:.3f}, less the prior's {gain}, "
            f"data {about['data'][:10]}, seed {about['seed']}")


@contextmanager
def trails() -> Iterator[bool]:
    """Are there NGOs whose trails must know? Where there are, the portal is at work inside.

    Without an installation there is only a folder of versions.
    """
    if not installation.is_there():
        yield False
        return
    with installation.application(), audit.acting_as(AUTHOR):
        try:
            yield inspect(db.engine).has_table(Tenant.__tablename__)
        except SQLAlchemyError as error:
            raise click.ClickException(
                "The database does not answer, so the NGOs' trails cannot be told: what ranks was not changed."
            ) from error


@click.command()
@click.argument("version")
@click.option("--force", metavar="REASON", default="", help="Promote past a closed gate; the reason is kept.")
def promote(version: str, force: str) -> None:
    """Let VERSION rank from now on. Refused where it does not beat the prior or fails the swap test.

    Where chance may have made what it gains over the prior, a line says so, with the interval.
    """
    with refusals(), trails() as told:
        metrics = registry.metrics(root(), version)
        closed = gates.closed(metrics)
        if closed and not force.strip():
            raise click.ClickException("; ".join(closed))
        past = force.strip() if closed else ""
        if told:
            service.let_rank(version, past)
        else:
            registry.promote(root(), version, now(), past)
    for doubt in gates.doubts(metrics):
        click.echo(f"Mind: {doubt.line}", err=True)
    click.echo(f"{version} ranks from now on")


@click.command()
def rollback() -> None:
    """Let the version rank that did before the last promotion (the prior where there was none)."""
    with refusals(), trails() as told:
        name = service.go_back() if told else registry.rollback(root(), now())
    click.echo(f"{name} ranks again")


def now() -> str:
    return clock.now().isoformat(timespec="seconds")
