"""`manage.py drill`: hurt a throw-away installation and see whether anything is lost."""

from __future__ import annotations

import math
import os
from functools import partial

import click
from rich.console import Console
from rich.table import Table

from portal.commands import translations
from portal.commands.drills import postgres
from portal.commands.drills.kill import PARTS, Far, Outcome, run
from portal.commands.processes import heed_signals

COLUMNS = ("part", "rounds", "acknowledged", "never answered", "jobs", "lost", "twice", "broken",
           "answers again, mean s", "slowest s")


@click.group()
def drill() -> None:
    """Kill processes under load and see whether anything is lost."""


@drill.command()
@click.option("--rounds", default=100, show_default=True, type=click.IntRange(1))
@click.option("--part", "parts", type=click.Choice(PARTS), multiple=True, help="One part alone (all of them).")
@click.option("--database", type=click.Choice(("sqlite", "postgresql")), help="PostgreSQL where the tests have one.")
def kill(rounds: int, parts: tuple[str, ...], database: str | None) -> None:
    """kill -9 of the web processes, the worker and PostgreSQL, at random moments, while people write.

    Each part gets an installation of its own in a folder of its own. Everything the portal said it has kept must be
    there afterwards, once; each job done, once; every trail and every file whole. Else the exit status is 1.
    """
    if os.name == "nt":
        raise click.ClickException("the drill kills whole process groups, which Windows does not have")
    kind = database or ("postgresql" if postgres.is_there() else "sqlite")
    chosen = chosen_parts(parts, kind)
    translations.compile_all()
    heed_signals()  # stopped by a supervisor as by Ctrl-C: nothing stays
    try:
        outcomes = [run(part, rounds, kind == "postgresql", partial(tell, part)) for part in chosen]
    except TimeoutError as error:
        raise click.ClickException(str(error)) from error
    Console(width=150).print(table(outcomes, kind))
    faults = [f"{one.part}: {fault}" for one in outcomes for fault in every_fault(one)]
    if faults:
        stay = [f"{one.part}: its folder stays, {one.folder}" for one in outcomes if one.finding.is_faulty]
        click.echo("\n".join([*faults, *stay]), err=True)
        raise SystemExit(1)


def chosen_parts(parts: tuple[str, ...], kind: str) -> list[str]:
    """The parts to kill. SQLite has no process of its own: killing web and worker is killing it."""
    if kind == "postgresql" and not postgres.is_there():
        raise click.ClickException("no PostgreSQL here: it comes with the test environment (manage.py test)")
    if kind == "sqlite" and "database" in parts:
        raise click.ClickException("SQLite has no process of its own to kill: it dies with web and worker")
    return [part for part in parts or PARTS if kind == "postgresql" or part != "database"]


def tell(part: str, far: Far) -> None:
    """One line, with how long it still takes."""
    ends = f"about {math.ceil(far.left / 60)} min left" if far.rounds < far.of else "looking once the jobs are done"
    pace = f"{far.each:.1f} s a round, {far.acknowledged} writes kept, {far.waiting} jobs wait"
    click.echo(f"{part}: {far.rounds} of {far.of}, {pace}; {ends}", err=True)


def every_fault(outcome: Outcome) -> list[str]:
    """Whatever is not as the portal said."""
    found = outcome.finding
    return [f"{kind} {what}" for kind in ("lost", "twice", "broken") for what in getattr(found, kind)]


def table(outcomes: list[Outcome], kind: str) -> Table:
    """One line a part."""
    made = Table(*COLUMNS, title=f"kill -9 under load, {kind}")
    for one in outcomes:
        found = one.finding
        figures = (len(one.seconds), one.acknowledged, one.unknown, found.jobs, len(found.lost), len(found.twice),
                   len(found.broken))
        mean = sum(one.seconds) / len(one.seconds)
        made.add_row(one.part, *map(str, figures), f"{mean:.2f}", f"{max(one.seconds):.2f}")
    return made
