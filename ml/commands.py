"""The matcher on files: what `manage.py match` and `manage.py embed` do.

Returned are exit statuses: 0 done, 1 not or not all of it done. What is wrong is said on stderr.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ml import additions, lines, locking, planning, records, tables
from ml.additions import Sides
from ml.artifacts import ArtifactError
from ml.assign.pool import Elsewhere
from ml.assignment import Problem
from ml.crowd import read
from ml.encoder import Encoder
from ml.frames import Rules
from ml.lines import InOrder
from ml.locking import Locks
from ml.planning import Waiting
from ml.run import Settings, World, ranked
from ml.sentences import Sentences
from ml.stages import Stages


@dataclass(frozen=True)
class Outputs:
    """Where the results go, and who works out the plan: so many processes, workers elsewhere, or as many as pay.

    `seconds` is the plan's time limit; None is one that grows with the pairs. `locks` is read: who must stay with whom.
    """

    suggestions: Path
    why_not: Path | None = None
    plan: Path | None = None
    planners: int | Elsewhere | None = None
    seconds: float | None = None
    additions: Path | None = None
    locks: Path | None = None
    sparing: Path | None = None

    def asks_for_a_plan(self) -> bool:
        """Whether something is wanted that only a plan knows."""
        return any(one is not None for one in (self.plan, self.additions, self.sparing))


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
    stages = Stages()
    try:
        bad = _matched(families, providers, (outputs, settings), stages)
    except (tables.TableError, ArtifactError) as error:
        say(str(error))
        return 1
    except OSError as error:
        say(f"{error.filename}: {error.strerror}")
        return 1
    if outputs.plan is not None:
        say("\n".join(stages.lines()))
    return 1 if bad else 0


def _matched(families: Path, providers: Path, how: tuple[Outputs, Settings], stages: Stages) -> int:
    """How many rows were bad. What is ranked is written block by block, and put in place when all of it is there."""
    outputs, settings = how
    sentences = Sentences()
    with stages("read"):
        offers, bad = records.providers(providers, settings.centres, say)
        profiles = [sentences.add(profile) for profile in records.profiles(offers)]
        crowd = read(families, settings.on, settings.centres, sentences, say)
    if len(crowd.row) < len(crowd.refs):
        say(f"{len(crowd.refs) - len(crowd.row)} children are left out: their family did not consent to matching")
    with stages("encode"):
        texts = sentences.encoded(Encoder.load(), progress("sentences encoded"))
        world = World(crowd, records.providers_of(offers), texts, texts.corpus(profiles))
    with ExitStack() as files:
        out = InOrder(files.enter_context(tables.whole(outputs.suggestions)), lines.SUGGESTION)
        why = outputs.why_not and InOrder(files.enter_context(tables.whole(outputs.why_not)), lines.WHY)
        waiting = ranked(world, settings, (out, why or None), stages, progress("children ranked"))
        if outputs.asks_for_a_plan():
            bad += _plan(world, waiting, (outputs, settings), stages)
    return bad + crowd.bad


def _plan(world: World, waiting: Waiting, how: tuple[Outputs, Settings], stages: Stages) -> int:
    """How many rows of the locks were bad."""
    outputs, settings = how
    with stages("plan"):
        asked = planning.problem(waiting, world.crowd.children, world.providers)
        locks, bad = _locks(world, waiting, asked, outputs.locks)
        asked = replace(asked, locks=locks.pairs) if len(locks.pairs) else asked
        solved = planning.solve(waiting, asked, outputs.planners, outputs.seconds)
        priced = locking.told(asked, solved.plan, locks, say)
    if outputs.additions is not None:
        with stages("additions"):
            sides = Sides(world.crowd.children, world.providers, Rules(today=settings.on), waiting.units)
            found = additions.for_plan(sides, asked, solved.plan)
        tables.write(outputs.additions, lines.ADDITION, lines.additions(found.helps, world.providers.ref))
    with stages("write"):
        if outputs.sparing is not None:
            second = _sparing(world, waiting, (asked, solved.worths), settings.keep)
            tables.write(outputs.sparing, lines.SPARING, second)
        given = {
            int(world.crowd.row[row]): (str(world.providers.ref[provider]), score)
            for row, (provider, score) in solved.given.items()
        }
        if outputs.plan is not None:
            run = {"pairs": sum(map(len, waiting.score)), "sentences": len(world.texts.sentences) - 1,
                   "stages": stages.plain()} | ({"locks": priced} if outputs.locks is not None else {})
            planning.write(outputs.plan, world.crowd.refs, given, solved, run)
    return bad


def _sparing(
    world: World, waiting: Waiting, priced: tuple[Problem, np.ndarray], keep: int
) -> Iterator[lines.Line]:
    """Each child's list by `priced[1]` (m,), the scores minus the price of the seats."""
    asked, worths = priced
    for row, pairs in planning.sparing(waiting, asked, worths, keep):
        for rank, pair in enumerate(pairs, start=1):
            score, price = float(asked.score[pair]), float(asked.score[pair] - worths[pair])
            yield (*world.crowd.refs[world.crowd.row[row]], str(world.providers.ref[asked.provider[pair]]), rank,
                   f"{score:.12f}", f"{price:.12f}")


def _locks(world: World, waiting: Waiting, asked: Problem, path: Path | None) -> tuple[Locks, int]:
    if path is None:
        return Locks(np.zeros(0, dtype=np.int64), {}), 0
    family_of = [world.crowd.refs[world.crowd.row[rows[0]]][0] for rows in waiting.units]
    return locking.read(path, asked, family_of, world.providers.ref.tolist(), say)


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
