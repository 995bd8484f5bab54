"""Synthetic populations for tests: drawn in memory, or written as files and read back as plain rows."""

from __future__ import annotations

import csv
from pathlib import Path

import needs

from ml import synth
from ml.synth import Settings
from ml.synthetic import grammar, reach, truth
from ml.synthetic.places import District
from ml.synthetic.population import Population
from portal import places

Row = dict[str, str]
FILES = (synth.FAMILIES, synth.PROVIDERS, synth.TRUTH, synth.DECISIONS)


def districts() -> list[District]:
    """Those of Peru."""
    return [District(one.code, one.latitude, one.longitude, one.population) for one in places.districts().values()]


def bank(folder: Path, each: int) -> Path:
    """A folder with a bank of so many concepts of either split."""
    return needs.small_bank(folder / f"bank{each}", each)


def settings(folder: Path, families: int, providers: int, phrases: str = "train") -> Settings:
    """Of seed 7, decisions included; its small bank lies beside the folder."""
    bank = needs.small_bank(folder.parent / "bank")
    return Settings(families, providers, 7, grammar=phrases, bank=bank, decisions=True)


def written(folder: Path, families: int, providers: int, phrases: str = "train") -> Path:
    """The files in a folder."""
    assert synth.write(settings(folder, families, providers, phrases), districts(), folder) == 0
    return folder


def written_bytes(folder: Path, families: int, providers: int) -> tuple[int, list[bytes]]:
    """How this process hashes a text, and what stands in the files: to be asked of another process."""
    written(folder, families, providers)
    return hash("ayni"), [(folder / name).read_bytes() for name in FILES]


def drawn(folder: Path, families: int, providers: int, phrases: str = "train") -> Population:
    """In memory."""
    return synth.draw(settings(folder, families, providers, phrases), districts())


def read(folder: Path, name: str) -> list[Row]:
    """The rows of one file."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def utilities(population: Population, families: int) -> dict[tuple[int, int], float]:
    """(row of child, row of provider) → utility, of the admissible pairs."""
    found = {}
    for block in reach.blocks(population, families):
        known = truth.utility(population, block)
        for child, provider in zip(*block.admissible.nonzero(), strict=True):
            found[int(block.child[child]), int(block.provider[provider])] = float(known[child, provider])
    return found


def stories(population: Population, phrases: str = "train") -> list[str]:
    """The story of each family."""
    return list(population.stories(grammar.load(phrases)))
