"""The kill drill of one part: kill it under load at random moments, start it again, and look for what is missing."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal.commands.drills.finding import Finding, look
from portal.commands.drills.load import written_on
from portal.commands.drills.parts import Crew
from portal.commands.drills.postgres import Postgres
from portal.commands.drills.stage import Stage, build

PARTS = ("web", "worker", "database")
SOONEST, LATEST = 0.0, 1.0  # seconds between a write that was kept and the kill


@dataclass(frozen=True)
class Outcome:
    """One part's line of the table. `seconds`: how long it took each time until its work went on."""

    part: str
    seconds: tuple[float, ...]
    acknowledged: int
    unknown: int
    finding: Finding


def run(part: str, rounds: int, on_postgresql: bool, tell: Callable[[int], None]) -> Outcome:
    """Kill a part so often. `tell` hears the number of each round that is over."""
    dice, seconds = random.Random(f"{part}-{rounds}"), []  # noqa: S311 - guards nothing
    with _crew(on_postgresql) as (crew, stage):
        with written_on(stage) as ledger:
            for number in range(1, rounds + 1):
                ledger.wait_for_more()
                time.sleep(dice.uniform(SOONEST, LATEST))
                seconds.append(crew.hurt(part))
                tell(number)
            ledger.wait_for_more()
        known = ledger.acknowledged()
        return Outcome(part, tuple(seconds), known, len(ledger.writes) - known, look(stage, ledger))


@contextmanager
def _crew(on_postgresql: bool) -> Iterator[tuple[Crew, Stage]]:
    """A running installation in a folder of its own, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="ayni-drill-", ignore_cleanup_errors=True) as name:
        folder = Path(name) / "instance"
        folder.mkdir()
        postgres = Postgres(Path(name) / "postgresql") if on_postgresql else None
        try:
            stage = build(folder, postgres.environment if postgres else {})
            crew = Crew(stage, postgres)
            try:
                crew.start()
                yield crew, stage
            finally:
                crew.stop()
        finally:
            if postgres is not None:
                postgres.stop()
