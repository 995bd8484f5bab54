"""The matcher on files: what `manage.py match` and `manage.py embed` do.

Returned are exit statuses: 0 done, 1 not or not all of it done. What is wrong is said on stderr.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ml import lines, planning, records, tables
from ml.artifacts import ArtifactError
from ml.assign.pool import Elsewhere
from ml.crowd import read
from ml.encoder import Encoder
from ml.lines import InOrder
from ml.planning import Waiting
from ml.run import Settings, World, ranked
from ml.sentences import Sentences
from ml.stages import Stages


@dataclass(frozen=True)
class Outputs:
    """Where the results go, and who works out the plan: so many processes, workers elsewhere, or as many as pay.

    `seconds` is the plan's time limit; None is one that grows with the pairs.
    """

    suggestions: Path
    why_not: Path | None = None
    plan: Path | None = None
    planners: int | Elsewhere | None = None
    seconds: float | None = None


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
        if outputs.plan is not None:
            _plan(world, waiting, outputs, stages)
    return bad + crowd.bad


def _plan(world: World, waiting: Waiting, outputs: Outputs, stages: Stages) -> None:
    with stages("plan"):
        solved = planning.solve(waiting, world.crowd.children, world.providers, outputs.planners, outputs.seconds)
    with stages("write"):
        given = {
            int(world.crowd.row[row]): (str(world.providers.ref[provider]), score)
            for row, (provider, score) in solved.given.items()
        }
        if outputs.plan is not None:
            run = {"pairs": sum(map(len, waiting.score)), "sentences": len(world.texts.sentences) - 1,
                   "stages": stages.plain()}
            planning.write(outputs.plan, world.crowd.refs, given, solved, run)


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
