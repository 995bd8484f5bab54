"""A training folder: families_data.csv, providers_data.csv and decisions.csv as labelled examples.

Only families that consented to training are read further. Every text is encoded once; raw values come from
`ml.pipeline.measure`, as in serving.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ml import artifacts, records
from ml.learn import decisions, measured, places
from ml.learn.examples import Examples
from ml.learn.faults import LearnError
from ml.learn.measured import Placed
from ml.learn.places import Places
from ml.passages import Encodes
from ml.world import Row, World, encoded

FILES = ("families_data.csv", "providers_data.csv", "decisions.csv")
DISTRICTS = "districts.csv"
Report = Callable[[str], None]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Dataset:
    """Labelled examples, the world they come from (None where only frozen values are known), and their hash."""

    examples: Examples
    data: str  # sha256 of the files
    bad: int = 0  # rows that could not be used
    world: World | None = None
    places: Places = field(default_factory=Places)
    decisions: tuple[Placed, ...] = ()
    encoder: Encodes | None = None  # of its texts
    ground: World | None = None  # whom the swap test asks, where `world` is None


@dataclass(frozen=True)
class Reader:
    """What reading a folder needs besides the folder. `report` takes a line, `progress` (done, all) sentences."""

    encoder: Encodes
    places: Places = field(default_factory=Places)
    report: Report = lambda line: None
    progress: Progress | None = None


def read(folder: Path, reader: Reader) -> Dataset:
    """A folder's examples. Raises TableError, and LearnError where nothing is left to learn from."""
    report = reader.report
    districts, bad = places.with_table(reader.places, folder / DISTRICTS, report)
    rows, more = decisions.read(folder / FILES[2], report)
    day = max((row["shown_on"] for row in rows), default=date.min)
    needs, bad_needs = records.families(folder / FILES[0], day, districts.centres, report)
    offers, bad_offers = records.providers(folder / FILES[1], districts.centres, report)
    placed, strangers = decisions.place(folder / FILES[2], rows, _known(needs, offers), report)
    bad += more + bad_needs + bad_offers + strangers
    agreed = _agreed(needs, {needs[child]["family_ref"] for _, child, _ in placed}, report)
    world = encoded(reader.encoder, [needs[row] for row in agreed], offers, reader.progress)
    kept = [(row, agreed[child], provider) for row, child, provider in placed if child in agreed]
    if not kept:
        raise LearnError(f"{folder.name}: no decision of a family that consented to training")
    found = measured.labelled(world, kept, districts, report)
    return Dataset(found, data_hash(folder), bad, world, districts, tuple(kept), reader.encoder)


def data_hash(folder: Path) -> str:
    """sha256 over the files of a training folder, in hexadecimal."""
    total = hashlib.sha256()
    for name in (*FILES, DISTRICTS):
        if (folder / name).is_file():
            total.update(f"{name} {artifacts.sha256(folder / name)}\n".encode())
    return total.hexdigest()


def _known(needs: list[Row], offers: list[Row]) -> tuple[dict[tuple[str, str], int], dict[str, int]]:
    return (
        {(row["family_ref"], row["child_ref"]): place for place, row in enumerate(needs)},
        {row["provider_ref"]: place for place, row in enumerate(offers)},
    )


def _agreed(needs: list[Row], decided: set[str], report: Report) -> dict[int, int]:
    """Row of the file → row of the world, for the children of families that consented and have a decision."""
    ours = [place for place, row in enumerate(needs) if row["family_ref"] in decided]
    agreed = [place for place in ours if needs[place]["consent_training"]]
    if len(agreed) < len(ours):
        report(f"{len(ours) - len(agreed)} children are left out: their family did not consent to training")
    return {place: number for number, place in enumerate(agreed)}
