"""The matcher on files: what `manage.py match` and `manage.py embed` do.

Returned are exit statuses: 0 done, 1 not or not all of it done. What is wrong is said on stderr.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from ml import pipeline, planning, records, tables
from ml.artifacts import ArtifactError
from ml.assign.pool import Elsewhere
from ml.encoder import Encoder
from ml.evidence import Failure
from ml.frames import Rules
from ml.judge import Judge
from ml.pipeline import Answer, Request, Suggestion
from ml.planning import Waiting
from ml.reading import Reader
from ml.world import Row, World, blocks, encoded

SUGGESTION = (
    "family_ref", "child_ref", "provider_ref", "rank", "score", "text_score", "distance_km", "contributions",
)
PAIRS = 2  # sentence pairs of a candidate the judge reads
WHY = ("family_ref", "child_ref", "provider_ref", "rule", "needed", "offered", "result")


@dataclass(frozen=True)
class Outputs:
    """Where the results go, and who works out the plan: so many processes, workers elsewhere, or as many as pay."""

    suggestions: Path
    why_not: Path | None = None
    plan: Path | None = None
    planners: int | Elsewhere | None = None


@dataclass(frozen=True)
class Settings:
    """The day it is taken to be, how many suggestions a child gets, how many of the best candidates the judge reads
    (0: none), and where the districts are."""

    on: date
    keep: int = pipeline.SUGGEST
    read: int = 0
    centres: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass
class Results:
    """What was found so far, over all blocks: lines of the files by row of child."""

    suggestions: list[tuple[int, tuple[Any, ...]]] = field(default_factory=list)
    why: list[tuple[int, tuple[Any, ...]]] = field(default_factory=list)
    waiting: Waiting = field(default_factory=Waiting)


def say(line: str) -> None:
    """To stderr: stdout belongs to results."""
    sys.stderr.write(line + "\n")


def progress(what: str) -> Callable[[int, int], None]:
    """A line that is drawn anew on a terminal, and nothing elsewhere."""

    def tell(done: int, total: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{what}: {done} of {total}" + ("\n" if done >= total else ""))
            sys.stderr.flush()

    return tell


def match(families: Path, providers: Path, outputs: Outputs, settings: Settings) -> int:
    """Rank providers for each child of the file."""
    try:
        needs, bad = records.families(families, settings.on, settings.centres, say)
        offers, worse = records.providers(providers, settings.centres, say)
        matched = [row for row in needs if row["consent_services"] and row["consent_matching"]]
        if len(matched) < len(needs):
            say(f"{len(needs) - len(matched)} children are left out: their family did not consent to matching")
        world = encoded(Encoder.load(), matched, offers, progress("sentences encoded"))
        results = _ranked(world, settings, outputs.why_not is not None)
        _write(outputs, needs, world, results)
    except (tables.TableError, ArtifactError) as error:
        say(str(error))
        return 1
    except OSError as error:
        say(f"{error.filename}: {error.strerror}")
        return 1
    return 1 if bad + worse else 0


def _ranked(world: World, settings: Settings, why: bool) -> Results:
    results, done = Results(), 0
    reader = Reader(Judge.load(), settings.read, PAIRS) if settings.read and Judge.is_in() else None
    tell = progress("children ranked")
    for block in blocks(world.needs):
        request = Request(
            records.children_of([world.needs[row] for row in block]), world.providers,
            [world.texts[row] for row in block], world.corpus, Rules(today=settings.on), settings.keep, reader=reader,
        )
        answer = pipeline.rank(request)
        _collect(results, world, block, answer)
        if why:
            failures = pipeline.why_not(request, answer).rows()
            results.why += [(block[one.child], _why_line(world, block, one)) for one in failures]
        done += len(block)
        tell(done, len(world.needs))
    return results


def _collect(results: Results, world: World, block: list[int], answer: Answer) -> None:
    results.waiting.add(answer, block)
    for one in answer.suggestions:
        line = _suggestion_cells(world, one)
        results.suggestions += [(block[child], (*_refs(world, block[child]), *line)) for child in one.children]


def _refs(world: World, row: int) -> tuple[str, str]:
    return world.needs[row]["family_ref"], world.needs[row]["child_ref"]


def _suggestion_cells(world: World, one: Suggestion) -> tuple[Any, ...]:
    shares = json.dumps({name: round(share, 12) for name, share in one.contributions.items()})
    return (
        world.offers[one.provider]["provider_ref"], one.rank, f"{one.score:.12f}", f"{one.text_score:.6f}",
        f"{one.distance_km or 0.0:.3f}", shares,
    )


def _why_line(world: World, block: list[int], one: Failure) -> tuple[Any, ...]:
    return (
        *_refs(world, block[one.child]), world.offers[one.provider]["provider_ref"], one.rule,
        json.dumps(one.needed), json.dumps(one.offered), one.result,
    )


def _write(outputs: Outputs, everyone: list[Row], world: World, results: Results) -> None:
    """Lines in the order of the children in the file; for a child, in the order they were found."""
    asked = (results.waiting, world.children, world.providers)
    solved = planning.solve(*asked, outputs.planners) if outputs.plan else None
    tables.write(outputs.suggestions, SUGGESTION, _in_order(results.suggestions))
    if outputs.why_not is not None:
        tables.write(outputs.why_not, WHY, _in_order(results.why))
    if outputs.plan is not None and solved is not None:
        named = {
            _refs(world, row): (world.offers[provider]["provider_ref"], score)
            for row, (provider, score) in solved.given.items()
        }
        planning.write(outputs.plan, [(row["family_ref"], row["child_ref"]) for row in everyone], named, solved)


def _in_order(lines: list[tuple[int, tuple[Any, ...]]]) -> Iterator[tuple[Any, ...]]:
    return (line for _, line in sorted(lines, key=lambda one: one[0]))


def embed(texts: Path, out: Path, engine: str) -> int:
    """One text a line → (n, d) float32 unit rows in an NPY file."""
    try:
        lines = _text_lines(texts.read_bytes().decode("utf-8-sig"))
        vectors = Encoder.load(engine=engine).encode(lines, progress("texts encoded"))
        with tables.whole(out, binary=True) as file:
            np.save(file, vectors)
    except UnicodeDecodeError as error:
        say(f"{texts.name}: not UTF-8 (byte {error.start + 1})")
        return 1
    except ArtifactError as error:
        say(str(error))
        return 1
    except OSError as error:
        say(f"{error.filename}: {error.strerror}")
        return 1
    return 0


def _text_lines(text: str) -> list[str]:
    """Lines end with a line feed and with nothing else: other separators belong to the text."""
    lines = text.replace("\r\n", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines
