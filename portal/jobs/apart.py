"""Work in a process of its own: what takes all a machine has leaves the worker free, ends with it, and can be stopped.

The process says how far it is in lines of JSON on its stdout, `{"doing": …, "step": …, "steps": …}`, and at last what
came of it: any other object. It ends by itself when its stdin does (`portal.commands.apart`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, Any

from portal.config import ROOT

LOOK = 1.0  # seconds between two questions whether to stop, while the process says nothing
Tell = Callable[[str, int, int], None]
Lines = SimpleQueue[str | None]


def run(module: str, *arguments: str, tell: Tell) -> Mapping[str, Any]:
    """What came of it. Raises RuntimeError where the process ended without a word, and whatever `tell` raises: the
    process is killed then.
    """
    process = subprocess.Popen(  # noqa: S603 - this Python, a module of the portal and ids
        [sys.executable, "-m", module, *arguments], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
    )
    with process:  # closes its pipes and waits for it
        try:
            return _heard(process, tell)
        finally:
            process.kill()


def _heard(process: subprocess.Popen[str], tell: Tell) -> Mapping[str, Any]:
    lines, at = _lines_of(process.stdout), ("", 0, 0)
    while True:
        try:
            line = lines.get(timeout=LOOK)
        except Empty:
            tell(*at)
            continue
        if line is None:
            break
        said: dict[str, Any] = json.loads(line)
        if "doing" not in said:
            return said  # what came of it is kept already: whoever asks to stop now comes too late
        at = (str(said["doing"]), int(said["step"]), int(said["steps"]))
        tell(*at)
    raise RuntimeError(f"the process ended without a result (exit status {process.wait()}); see what it said above")


def _lines_of(stream: IO[str] | None) -> Lines:
    """What comes, line by line, and None at the end."""
    found: Lines = SimpleQueue()

    def read() -> None:
        for line in stream or ():
            found.put(line)
        found.put(None)

    Thread(target=read, daemon=True).start()
    return found
