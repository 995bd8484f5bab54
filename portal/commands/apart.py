"""A process that works for a job: what it says, and that it never outlives the worker that started it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from threading import Thread
from typing import Any

NICER = 10  # than whoever answers people
Say = Callable[[Any], None]


def begin() -> Say:
    """Give way to other processes, end when stdin does, and keep stdout for what is said: it returns how.

    Whatever libraries print goes to stderr.
    """
    if hasattr(os, "nice"):
        os.nice(NICER)
    Thread(target=_end_with_the_worker, daemon=True).start()
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)

    def say(what: Any) -> None:
        out.write(json.dumps(what) + "\n")

    return say


def _end_with_the_worker() -> None:
    while sys.stdin.buffer.read(1):
        pass
    os._exit(1)
