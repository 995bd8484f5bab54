"""The portal's worker with jobs for drills: one that waits until it is let go on, one that fails at first, one that
tells how far it is. Parts of a plan wait too, where a test holds them. The rest is the worker as it is."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from ml.assign import alone
from portal.config import instance_path
from portal.extensions import db
from portal.jobs import __main__ as worker
from portal.jobs import parts
from portal.jobs.handlers import HANDLERS, LONG, Ids, Tell
from portal.models import PlatformMark
from portal.services.matching import plan_parts
from tests.ml.assign import holding


def begin() -> Path:
    """Leave a line that says which process began."""
    folder = instance_path()
    with (folder / "begun").open("a", encoding="utf-8") as file:
        file.write(f"{os.getpid()}\n")
    return folder


def take_effect() -> None:
    db.session.add(PlatformMark(name=uuid4().hex, value="drill"))
    db.session.flush()


def quick(_: Ids) -> None:
    begin()
    take_effect()


def wait(folder: Path) -> None:
    while not (folder / "go").exists():
        time.sleep(0.05)


def slow(_: Ids) -> None:
    wait(begin())
    take_effect()


def fail_at_first(_: Ids) -> None:
    folder = begin()
    take_effect()
    if len((folder / "begun").read_text(encoding="utf-8").split()) < 2:
        raise RuntimeError("the first time it fails")


def long(_: Ids, tell: Tell) -> None:
    begin()
    for step in range(10_000):
        tell("steps", step, 10_000)
        time.sleep(0.05)
    take_effect()


SOLVE = plan_parts.solve


def held(parcel: bytes, *look: Callable[[], object]) -> bytes:
    if (instance_path() / "hold").exists():
        wait(begin())
    return SOLVE(parcel, *look)


if holding.SECONDS in os.environ:  # every part takes longer than the sign of who solves it stands by itself
    holding.hold_up()
    alone.PROGRAM, alone.LONG, parts.SIGN, parts.OFTEN = holding.__name__, 1, 4, 0.2
plan_parts.solve = held
HANDLERS.update({"drill.quick": quick, "drill.slow": slow, "drill.fail": fail_at_first})
LONG["drill.long"] = long

if __name__ == "__main__":
    worker.main()
