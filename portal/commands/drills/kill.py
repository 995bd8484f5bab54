"""The kill drill of one part: kill it under load at random moments, start it again, and look for what is missing."""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal.commands.drills.finding import Finding, left_to_do, look
from portal.commands.drills.load import written_on
from portal.commands.drills.parts import Crew
from portal.commands.drills.postgres import Postgres
from portal.commands.drills.stage import Stage, build

PARTS = ("web", "worker", "database")
SELDOM = 10  # rounds between two words on how far it is
SOONEST, LATEST = 0.0, 1.0  # seconds between a write that was kept and the kill


@dataclass(frozen=True)
class Outcome:
    """One part's line of the table. `seconds`: how long it took each time until its work went on.

    `folder`: where its installation was, and still is where the finding is faulty.
    """

    part: str
    seconds: tuple[float, ...]
    acknowledged: int
    unknown: int
    finding: Finding
    folder: Path


@dataclass(frozen=True)
class Far:
    """How far a part is: rounds that are over, of how many, their seconds, writes kept, and jobs not yet done."""

    rounds: int
    of: int
    seconds: float
    acknowledged: int
    waiting: int

    @property
    def each(self) -> float:
        """Seconds that a round takes."""
        return self.seconds / self.rounds

    @property
    def left(self) -> float:
        """Seconds until the last round is over, at this pace; the jobs that wait then are done after it."""
        return self.each * (self.of - self.rounds)


def run(part: str, rounds: int, on_postgresql: bool, tell: Callable[[Far], None]) -> Outcome:
    """Kill a part so often. `tell` hears after the first round how far it is, then after each tenth and the last.

    Raises TimeoutError when something does not answer any more. Then, and where there is a fault, the installation's
    folder stays, to be looked into; else nothing does.
    """
    folder, stays = Path(tempfile.mkdtemp(prefix="ayni-drill-")), False
    try:
        outcome = _hurt(folder, part, rounds, on_postgresql, tell)
        stays = outcome.finding.is_faulty
        return outcome
    except TimeoutError as error:
        stays = True
        raise TimeoutError(f"{error}; see the logs in {folder}") from error
    finally:
        if not stays:
            shutil.rmtree(folder, ignore_errors=True)


def _hurt(folder: Path, part: str, rounds: int, on_postgresql: bool, tell: Callable[[Far], None]) -> Outcome:
    dice, seconds = random.Random(f"{part}-{rounds}"), []  # noqa: S311 - guards nothing
    with _crew(folder, on_postgresql) as (crew, stage):
        with written_on(stage) as ledger:
            begun = time.monotonic()
            for number in range(1, rounds + 1):
                ledger.wait_for_more()
                time.sleep(dice.uniform(SOONEST, LATEST))
                seconds.append(crew.hurt(part))
                if number in (1, rounds) or number % SELDOM == 0:
                    tell(Far(number, rounds, time.monotonic() - begun, ledger.acknowledged(), left_to_do(stage)))
            ledger.wait_for_more()
        known = ledger.acknowledged()
        return Outcome(part, tuple(seconds), known, len(ledger.writes) - known, look(stage, ledger), folder)


@contextmanager
def _crew(folder: Path, on_postgresql: bool) -> Iterator[tuple[Crew, Stage]]:
    """An installation that runs in a folder."""
    postgres = Postgres(folder / "postgresql") if on_postgresql else None
    try:
        instance = folder / "instance"
        instance.mkdir()
        stage = build(instance, postgres.environment if postgres else {})
        crew = Crew(stage, postgres)
        try:
            crew.start()
            yield crew, stage
        finally:
            crew.stop()
    finally:
        if postgres is not None:
            postgres.stop()
