"""How much memory a process holds together with those it started, read from outside while it works.

`ru_maxrss` does not do for this: on Linux a process starts with the figure of the one that started it, and that of the
children is the largest single one. Here the figures of all that live are added up, some times a second; memory that
they share is counted once for each, so that the sum is never too low.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
EVERY = 0.1  # seconds


class Held(NamedTuple):
    """MB now, and the most that this program ever held by itself."""

    now: float
    most: float


class Peak:
    """`mb` is the most that was seen so far."""

    def __init__(self) -> None:
        self.mb = 0.0

    def look(self, pid: int) -> None:
        """At a process and whatever it started."""
        held = [one for one in map(_held, family(pid)) if one is not None]
        self.mb = max([self.mb, sum(one.now for one in held), *(one.most for one in held)])


@contextmanager
def watched(pid: int) -> Iterator[Peak]:
    """Look at a process as long as the block runs."""
    peak, done = Peak(), threading.Event()

    def look() -> None:
        while not done.wait(EVERY):
            peak.look(pid)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()


def family(pid: int) -> list[int]:
    """The process and all below it that live."""
    found = [pid]
    for one in found:
        with suppress(OSError):  # it, or a thread of it, ended meanwhile
            for task in (PROC / str(one) / "task").iterdir():
                found += map(int, (task / "children").read_text(encoding="ascii").split())
    return found


def _held(pid: int) -> Held | None:
    """None where it has ended."""
    try:
        text = (PROC / str(pid) / "status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    sizes = {line.split()[0]: int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("Vm")}
    return Held(sizes["VmRSS:"], sizes["VmHWM:"]) if "VmRSS:" in sizes else None
