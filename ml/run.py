"""A run over all children of a file, block by block: what is found is written at once, and what the plan needs is kept.

However many families there are, only one block's pairs are held.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from ml import lines, pipeline, whynot
from ml.changes import rows
from ml.crowd import Crowd, together
from ml.frames import Ints, Providers, Rules
from ml.judge import Judge
from ml.lines import InOrder, Line
from ml.passages import Corpus, Passage
from ml.pipeline import Request, Weighed
from ml.planning import Waiting
from ml.reading import READ, Reader
from ml.sentences import Texts
from ml.stages import Stages

Progress = Callable[[int, int], None]
FEW = 25  # children
JUDGED = 100  # children whose best candidates are read without being asked for: an eighth of a second each
CANDIDATES = 100  # of a child, the best by score: those a plan looks at


@dataclass(frozen=True)
class Settings:
    """The day it is taken to be, how many suggestions a child gets, how many of the best candidates the judge reads
    (0: none; None: as many as on a screen where there are few children), how many of them the plan looks at, and where
    the districts are."""

    on: date
    keep: int = pipeline.SUGGEST
    read: int | None = 0
    candidates: int = CANDIDATES
    centres: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class World:
    """Both sides, read and encoded."""

    crowd: Crowd
    providers: Providers
    texts: Texts
    corpus: Corpus


def ranked(
    world: World, settings: Settings, files: tuple[InOrder, InOrder | None], stages: Stages, tell: Progress
) -> Waiting:
    """Rank the providers of every child; `files` are the suggestions and, if asked for, why not the others."""
    waiting, done = Waiting(), 0
    settings = replace(settings, read=reads(settings, len(world.crowd.row)))
    reader = Reader(Judge.load(), settings.read) if settings.read and Judge.is_in() else None
    for block in world.crowd.blocks():
        with stages("candidates"):
            request = _request(world, block, settings, reader)
            found = pipeline.measure(request)
        with stages("score"):
            weighed = pipeline.weigh(request, found)
            waiting.add(found.units, weighed.choices, block.tolist(), settings.candidates)
        with stages("write"):
            _write(world, block, weighed, files[0])
            if files[1] is not None:
                _write_why(world, block, request, files[1])
        done += len(block)
        tell(done, len(world.crowd.row))
    return waiting


def reads(settings: Settings, children: int) -> int:
    """How many candidates of each child the judge reads."""
    if settings.read is not None:
        return settings.read
    return READ if children <= JUDGED else 0


def _request(world: World, block: Ints, settings: Settings, reader: Reader | None) -> Request:
    told: dict[int, Passage] = {}
    for text in world.crowd.text[block].tolist():
        if text not in told:
            told[text] = world.texts.passage(text)
    return Request(
        rows.take(world.crowd.children, block), world.providers,
        [told[text] for text in world.crowd.text[block].tolist()], world.corpus, Rules(today=settings.on),
        settings.keep, reader=reader, most=max(settings.candidates, settings.keep, settings.read or 0),
    )


def _write(world: World, block: Ints, weighed: Weighed, file: InOrder) -> None:
    for unit, cells in zip(weighed.found.units, lines.suggestions(weighed, world.providers.ref), strict=True):
        for child in unit:
            row = int(block[child])
            refs = world.crowd.refs[world.crowd.row[row]]
            file.put(row, [(*refs, *one) for one in cells])


def _write_why(world: World, block: Ints, request: Request, file: InOrder) -> None:
    """A few children at a time: all of them are judged with whoever is near one of them."""
    for begin, end in together(request.children.family, FEW):
        found: dict[int, list[Line]] = {row: [] for row in block[begin:end].tolist()}
        children = rows.take(request.children, np.arange(begin, end))
        units = pipeline.units(children)
        for one in whynot.find(children, world.providers, request.rules, units).rows():
            row = int(block[begin + one.child])
            refs = world.crowd.refs[world.crowd.row[row]]
            found[row].append(lines.why(refs, str(world.providers.ref[one.provider]), one))
        for row, mine in found.items():
            file.put(row, mine)
