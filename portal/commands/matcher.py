"""`manage.py match`, `embed` and `synth`: the matcher without the portal."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from ml import bank, commands, synth
from ml.assign import wire
from ml.assign.pool import Elsewhere
from ml.commands import Outputs
from ml.run import CANDIDATES, JUDGED, Settings
from ml.synthetic import grammar
from ml.synthetic.places import District
from portal import clock, places
from portal.config import queue_url
from portal.jobs.network import Network
from portal.jobs.parts import Patience
from portal.jobs.queue import HANDS

READ = click.Path(exists=True, dir_okay=False, path_type=Path)
WRITE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
MOST = 1_000_000
PATIENCE, MORE = 900.0, 2.5  # seconds at least, and times its limit, until a plan nobody answers for is made here
HOUR = 3600


@click.command()
@click.argument("families", type=READ)
@click.argument("providers", type=READ)
@click.option("--out", required=True, type=WRITE, help="Where the suggestions go (CSV).")
@click.option("--why-not", type=WRITE, help="Where each rule that removed a pair goes (CSV).")
@click.option("--assign", type=WRITE, help="Where the capacity-aware plan goes (CSV, and JSON beside it).")
@click.option("--additions", type=WRITE,
              help="Where it goes what providers could add for those without a place in the plan (CSV: provider_ref; "
              "kind: seat, hours, training; what: the age band, the hours, the need; amount: 1, or minutes a week; "
              "families and children it opens to; placed: how many more children the plan would place, empty where "
              "that was not worked out).")
@click.option("--sparing", type=WRITE,
              help="Where each child's list in its second order goes: by score minus the price that the plan puts on "
              "the seats, so that not all are sent to the same places (CSV).")
@click.option("--locks", type=READ,
              help="Who must stay with whom in the plan (CSV: family_ref, provider_ref); its JSON says each price.")
@click.option("--keep", default=10, show_default=True, type=click.IntRange(1), help="Suggestions kept for each child.")
@click.option("--read", type=click.IntRange(0),
              help="How many of a child's best candidates the judge reads, sentence by sentence, at 6 ms each "
              f"(20 where there are no more than {JUDGED} children, else none).")
@click.option("--candidates", default=CANDIDATES, show_default=True, type=click.IntRange(1),
              help="How many of a child's best candidates the plan looks at.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day it is taken to be (today).")
@click.option("--workers", type=click.IntRange(1),
              help="Share the plan out among so many workers of QUEUE_URL (none: it is made here).")
@click.option("--plan-seconds", type=click.IntRange(1, HOUR),
              help="Time limit of the plan (none: 60 s, and more where there are more than half a million pairs).")
def match(families: Path, providers: Path, on: datetime | None, **options: Any) -> None:
    """Suggest providers for each child of FAMILIES.csv among PROVIDERS.csv."""
    if options["locks"] and not options["assign"]:
        raise click.UsageError("--locks needs --assign")
    planners = elsewhere(options["workers"]) if options["workers"] else None
    written = Outputs(options["out"], options["why_not"], options["assign"], planners, options["plan_seconds"],
                      options["additions"], options["locks"], options["sparing"])
    day = on.date() if on else clock.today()
    settings = Settings(day, options["keep"], options["read"], options["candidates"], places.centres())
    sys.exit(commands.match(families, providers, written, settings))


def elsewhere(workers: int) -> Elsewhere:
    """So many workers of the network's queue. Raises UsageError where there is none."""
    url = queue_url(os.environ)
    if not url:
        raise click.UsageError("--workers needs QUEUE_URL")
    return Elsewhere(partial(_shared, Network(url, HANDS)), workers)


def _shared(network: Network, parcels: Sequence[bytes]) -> Sequence[bytes]:
    patience = max(PATIENCE, MORE * max(map(wire.seconds, parcels), default=0.0))
    return network.share(parcels, Patience(patience, patience))


@click.command()
@click.argument("texts", type=READ)
@click.option("--out", required=True, type=WRITE, help="Where the vectors go (NPY).")
@click.option("--engine", default="litert", show_default=True, type=click.Choice(["litert", "tensorflow"]))
def embed(texts: Path, out: Path, engine: str) -> None:
    """Turn TEXTS.txt, one text a line, into float32 unit rows."""
    sys.exit(commands.embed(texts, out, engine))


@click.command("synth")
@click.option("--families", required=True, type=click.IntRange(1, MOST))
@click.option("--providers", required=True, type=click.IntRange(1, MOST))
@click.option("--seed", required=True, type=click.IntRange(0, 2**63 - 1), help="The same seed makes the same files.")
@click.option("--out", required=True, type=FOLDER, help="The folder the files go to.")
@click.option("--grammar", "phrases", default="train", show_default=True, type=click.Choice(grammar.NAMES),
              help="Which phrases and needs the texts are made of; the two share no phrase.")
@click.option("--decisions", is_flag=True, help="Also write decisions.csv: what was shown, approved, and held.")
@click.option("--truth-families", default=synth.TRUTH_FAMILIES, show_default=True, type=click.IntRange(0, MOST),
              help="Families, from the first on, whose pairs and decisions are written.")
@click.option("--on", default=f"{synth.DAY}", show_default=True, type=click.DateTime(["%Y-%m-%d"]),
              help="The day it is taken to be.")
@click.option("--bank", "needs", default=bank.FOLDER, type=FOLDER, help="The folder of needs that words hide.")
def population(families: int, providers: int, seed: int, out: Path, **more: Any) -> None:
    """Make a population of Peru up: families, providers and the hidden utility of each pair."""
    settings = synth.Settings(
        families, providers, seed, more["on"].date(), more["phrases"], more["needs"], more["decisions"],
        more["truth_families"],
    )
    known = [District(one.code, one.latitude, one.longitude, one.population) for one in places.districts().values()]
    sys.exit(synth.write(settings, known, out))
