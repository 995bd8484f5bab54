"""`manage.py match` and `embed`: the matcher without the portal."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ml import commands
from ml.commands import Outputs, Settings
from portal import clock, places

READ = click.Path(exists=True, dir_okay=False, path_type=Path)
WRITE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("families", type=READ)
@click.argument("providers", type=READ)
@click.option("--out", required=True, type=WRITE, help="Where the suggestions go (CSV).")
@click.option("--why-not", type=WRITE, help="Where each rule that removed a pair goes (CSV).")
@click.option("--assign", type=WRITE, help="Where the capacity-aware plan goes (CSV, and JSON beside it).")
@click.option("--keep", default=10, show_default=True, type=click.IntRange(1), help="Suggestions kept for each child.")
@click.option("--read", default=3, show_default=True, type=click.IntRange(0),
              help="How many of a child's best candidates the judge reads, sentence by sentence.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day it is taken to be (today).")
def match(families: Path, providers: Path, on: datetime | None, **options: Any) -> None:
    """Suggest providers for each child of FAMILIES.csv among PROVIDERS.csv."""
    written = Outputs(options["out"], options["why_not"], options["assign"])
    day = on.date() if on else clock.today()
    settings = Settings(day, options["keep"], options["read"], places.centres())
    sys.exit(commands.match(families, providers, written, settings))


@click.command()
@click.argument("texts", type=READ)
@click.option("--out", required=True, type=WRITE, help="Where the vectors go (NPY).")
@click.option("--engine", default="litert", show_default=True, type=click.Choice(["litert", "tensorflow"]))
def embed(texts: Path, out: Path, engine: str) -> None:
    """Turn TEXTS.txt, one text a line, into float32 unit rows."""
    sys.exit(commands.embed(texts, out, engine))
