"""A parcel solved in a process of its own, where its solver would hold up the process of whoever asked.

A flow lets nothing else of its process run until it is done: no thread that says that somebody is still at work, and
none that hears of a stop. A small one is over at once and is solved here; a large one takes longer than others wait.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from ml.assign import wire

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "ml.assign.alone"
LONG = 1_000_000  # arcs solved in one go: two or three seconds, several times as many on a slow machine
LOOK = 1.0  # seconds between two looks while the process works


def solved(parcel: bytes, look: Callable[[], object] = lambda: None) -> bytes:
    """`wire.solved` of a parcel. `look` is called each second while a large one is solved, and ends that by raising.

    Raises RuntimeError where the process ended without an answer. One whose asker was killed ends when it is done.
    """
    if wire.stretch(parcel) < LONG:
        return wire.solved(parcel)
    process = subprocess.Popen(  # noqa: S603 - this Python and a module of the matcher
        [sys.executable, "-m", PROGRAM], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:  # closes its pipes and waits for it
        try:
            return _answer(process, parcel, look)
        finally:
            process.kill()


def _answer(process: subprocess.Popen[bytes], parcel: bytes, look: Callable[[], object]) -> bytes:
    given: bytes | None = parcel
    while True:
        try:
            answer, _ = process.communicate(given, timeout=LOOK)
        except subprocess.TimeoutExpired:
            given = None  # it is on its way
            look()
            continue
        if process.returncode:
            raise RuntimeError(f"a parcel's process ended with {process.returncode}; see what it said above")
        return answer


def main() -> None:
    """Solve what comes on stdin; whatever libraries print goes to stderr."""
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        out.write(wire.solved(sys.stdin.buffer.read()))


if __name__ == "__main__":
    main()
