"""A made-up population of Peru as files: what `manage.py synth` does.

Written are families_data.csv and providers_data.csv, which the matcher reads like any others, truth.csv with the hidden
utility of the pairs within reach that pass every hard rule, and, where asked, decisions.csv (`ml.synthetic.decisions`).
Truth and decisions are of the first `truth_families` families: as many as a report needs, so that a large population is
still made quickly. The families stand in no order, so these are a fair sample of all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from ml import bank, schema, tables
from ml.bank import BankError
from ml.commands import progress, say
from ml.synthetic import decisions, grammar, ordinary, population, reach, rows, truth
from ml.synthetic.concerns import ConcernsError
from ml.synthetic.decisions import Shown
from ml.synthetic.places import District
from ml.synthetic.population import Population, Size

DAY = date(2026, 11, 23)  # it is taken to be, unless another is asked for: not today, or a seed would not be a file
FAMILIES, PROVIDERS, TRUTH, DECISIONS = "families_data.csv", "providers_data.csv", "truth.csv", "decisions.csv"
TRUTH_HEADER = ("family_ref", "child_ref", "provider_ref", "utility")
TRUTH_FAMILIES = 5_000
Line = Sequence[str | int]


@dataclass(frozen=True)
class Settings:
    """What is to be made. `grammar` is train or test, `bank` the folder of needs that words hide."""

    families: int
    providers: int
    seed: int
    on: date = DAY
    grammar: str = grammar.NAMES[0]
    bank: Path = bank.FOLDER
    decisions: bool = False
    truth_families: int = TRUTH_FAMILIES


@dataclass(frozen=True)
class Hidden:
    """Lines of truth.csv and decisions.csv."""

    truth: list[Line]
    decisions: list[Line]


def write(settings: Settings, districts: Sequence[District], folder: Path) -> int:
    """Make the files. Returned is the exit status: 0 done, 1 not, and then nothing in the folder has changed."""
    try:
        _refuse_strangers(settings, folder)
        phrases = grammar.load(settings.grammar)
        everyone = draw(settings, districts)
        lines = hidden(everyone, settings)
        folder.mkdir(parents=True, exist_ok=True)
        _write(settings, folder, everyone, (phrases, lines))
        say(f"{settings.families} families, {len(everyone.children)} children, {settings.providers} providers, "
            f"{len(lines.truth)} pairs of known utility, {len(lines.decisions)} decisions")
    except (BankError, ConcernsError, tables.TableError) as error:
        say(str(error))
        return 1
    except OSError as error:
        say(f"{error.filename}: {error.strerror}")
        return 1
    return 0


def draw(settings: Settings, districts: Sequence[District]) -> Population:
    """Everybody, without their texts."""
    size = Size(settings.families, settings.providers, settings.on)
    return population.draw(settings.seed, size, districts, (bank.load(settings.bank), settings.grammar))


def quiet(settings: Settings, districts: Sequence[District]) -> ordinary.Sentences:
    """What a population's families and providers say that is no need and answers none."""
    return ordinary.said(draw(settings, districts), grammar.load(settings.grammar))


def quiet_stories(settings: Settings, districts: Sequence[District]) -> list[str]:
    """What the same families tell, story by story."""
    return list(ordinary.quiet(draw(settings, districts)).stories(grammar.load(settings.grammar)))


def _refuse_strangers(settings: Settings, folder: Path) -> None:
    """Old decisions beside new families would be about other people."""
    if (folder / DECISIONS).exists() and not settings.decisions:
        raise tables.TableError(f"{folder / DECISIONS}: of another population; remove it, or ask for --decisions")


def hidden(everyone: Population, settings: Settings) -> Hidden:
    """The utility of every admissible pair of the first families, and the decisions drawn from it."""
    found: list[tuple[int, int, float]] = []
    shown: list[Shown] = []
    done, total = 0, min(settings.truth_families, settings.families)
    tell = progress("families judged")
    for block in reach.blocks(everyone, total):
        utility = truth.utility(everyone, block)
        child, provider = np.nonzero(block.admissible)
        found += zip(block.child[child].tolist(), block.provider[provider].tolist(),
                     utility[child, provider].tolist(), strict=True)
        if settings.decisions:
            shown += decisions.decide(everyone, block, utility)
        done += len(np.unique(everyone.children.family[block.child]))
        tell(done, total)
    return Hidden(_truth_lines(everyone, found), list(_decision_lines(everyone, shown)))


def _truth_lines(everyone: Population, found: list[tuple[int, int, float]]) -> list[Line]:
    return [(*_refs(everyone, child), rows.provider_ref(provider), f"{utility:.6f}")
            for child, provider, utility in sorted(found)]


def _decision_lines(everyone: Population, shown: list[Shown]) -> Iterator[Line]:
    each = ((child, one.rank, one) for one in shown for child in one.children)
    for child, rank, one in sorted(each, key=lambda line: line[:2]):
        day = everyone.on - timedelta(days=one.days_ago)
        held = "" if one.held is None else _yes(one.held)
        yield (*_refs(everyone, child), rows.provider_ref(one.provider), day.isoformat(), rank,
               f"{one.propensity:.6f}", _yes(one.approved), held)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _refs(everyone: Population, child: int) -> tuple[str, str]:
    family = int(everyone.children.family[child])
    return rows.family_ref(family), rows.child_ref(family, int(everyone.children.number[child]))


def _write(settings: Settings, folder: Path, everyone: Population, held: tuple[grammar.Grammar, Hidden]) -> None:
    """All files beside their places first, and then put in place together."""
    phrases, lines = held
    told = _counted(rows.families(everyone, phrases), len(everyone.children), "children written")
    files: Mapping[str, tuple[Sequence[str], Any]] = {
        FAMILIES: (list(schema.FAMILIES), told),
        PROVIDERS: (list(schema.PROVIDERS), rows.providers(everyone, phrases)),
        TRUTH: (TRUTH_HEADER, lines.truth),
        **({DECISIONS: (decisions.HEADER, lines.decisions)} if settings.decisions else {}),
    }
    with ExitStack() as together:
        for name, (header, body) in files.items():
            file = together.enter_context(tables.whole(folder / name))
            tables.write_to(file, header, body)
            file.flush()  # a full disk is noticed before the first file is put in place


def _counted(lines: Iterator[rows.Line], total: int, what: str) -> Iterator[rows.Line]:
    tell: Callable[[int, int], None] = progress(what)
    for done, line in enumerate(lines, start=1):
        if done % 1000 == 0 or done == total:
            tell(done, total)
        yield line
