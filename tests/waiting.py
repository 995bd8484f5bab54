"""Waiting for what other processes do: as long as it takes, however busy the machine, and never less."""

from __future__ import annotations

import time
from collections.abc import Callable

LIMIT = 150.0  # seconds anything may take: a lease ends in half a minute, and a sweep comes each minute


def until(true: Callable[[], object], seconds: float = LIMIT) -> None:
    """Return when it is true; TimeoutError when it never is."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError("it did not happen")
        time.sleep(0.05)
