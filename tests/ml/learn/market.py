"""A small made-up market with decisions, whose hidden wishes the tests know: near, cheap and in one's own language."""

from __future__ import annotations

import dataclasses
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from ml import frames, pipeline, schedule, schema
from ml.frames import Child, Provider, Rules
from ml.passages import Corpus, Passage
from ml.pipeline import Request
from tests.ml import population

DAY = date(2026, 1, 5)
SHOWN = 8  # providers on a list
DISTRICTS = ("150132", "150110", "150108", "150103", "150140", "150101", "150142", "150143")
SILENT = Passage((), np.ones((1, 4), dtype=np.float32) / 2)


def people(families: int, providers: int, seed: int) -> tuple[list[Child], list[Provider]]:
    """Both sides, so that about half of all pairs are admissible."""
    dice = random.Random(seed)
    children, offers = population.people(families, providers, seed)
    hours = [schedule.parse(text) for text in ("mon-sun 00:00-24:00", "mon-sat 04:00-20:00")]
    children = [
        dataclasses.replace(one, family=f"f{place:04d}", max_km=10.0, max_fee=300.0,
                            schedule=schedule.parse("mon-fri 07:00-17:00"), birth=DAY - timedelta(days=700))
        for place, one in enumerate(children)
    ]
    return children, [
        dataclasses.replace(one, status="approved", valid_until=DAY + timedelta(days=dice.randrange(400, 900)),
                            needs=frames.NEEDS, schedule=dice.choice(hours), seats=[3, 3, 3, 3],
                            fee=float(dice.randrange(0, 320, 10)))
        for one in offers
    ]


def wish(raw: dict[str, Any], pair: int) -> float:
    """The hidden utility, in log odds."""
    language = raw["language"][pair]
    return float(1.0 - 0.7 * raw["distance"][pair] + 1.5 * raw["fee"][pair]
                 + 1.5 * (0.0 if np.isnan(language) else language))


def decided(children: list[Child], offers: list[Provider], seed: int) -> list[dict[str, Any]]:
    """The lines of decisions.csv: random admissible lists, noisy answers, one in ten placements not ended yet."""
    dice = np.random.default_rng(seed)
    needs, others = frames.children(children), frames.providers(offers)
    found = pipeline.measure(Request(needs, others, [SILENT] * len(needs), Corpus.of([SILENT] * len(others)), Rules()))
    lines = []
    for child in range(len(children)):
        free = found.candidates.providers_of(child)
        for rank, provider in enumerate(dice.permutation(free)[:SHOWN], start=1):
            pair = found.candidates.first[child] + np.searchsorted(free, provider)
            yes = dice.random() < 1 / (1 + np.exp(-wish(found.raw, pair)))
            held = "" if not yes or dice.random() < 0.1 else dice.choice(["yes", "yes", "yes", "no"])
            lines.append({
                "family_ref": children[child].family, "child_ref": children[child].ref,
                "provider_ref": offers[provider].ref, "shown_on": str(DAY + timedelta(days=child)), "rank": rank,
                "propensity": f"{1 / np.log2(1 + rank):.4f}", "approved": "yes" if yes else "no", "held": held,
            })
    return lines


def folder(path: Path, families: int = 240, providers: int = 60, seed: int = 7) -> Path:
    """A whole training folder; one family in twenty did not consent to training."""
    children, offers = people(families, providers, seed)
    path.mkdir(parents=True, exist_ok=True)
    needs = [
        {**population.family_row(one, population.STORIES[place % 4]), "ubigeo": DISTRICTS[place % 8],
         "consent_training": "no" if place % 20 == 19 else "yes", "sisfoh": ("pobre", "no_pobre")[place % 2]}
        for place, one in enumerate(children)
    ]
    rows = [population.provider_row(one, population.PROFILES[place % 4]) for place, one in enumerate(offers)]
    population.save(path / "families_data.csv", needs, list(schema.FAMILIES))
    population.save(path / "providers_data.csv", rows, list(schema.PROVIDERS))
    population.save(path / "decisions.csv", decided(children, offers, seed), list(schema.DECISIONS))
    return path
