"""What a worker's process does with what comes out of a queue, as the queue sees it: texts in, texts out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Hands:
    """The tasks of a queue, declared once for both."""

    deliver: Callable[[str, str, str], None]  # (tenant id, job id, lane)
    tick: Callable[[str], None]  # (name of an entry of the schedule)
    solve: Callable[[str], str]  # (parcel of a plan in base64) → its answer
