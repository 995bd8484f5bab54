"""A time limit shared out among pieces of work."""

from __future__ import annotations

import time


class Clock:
    """Time shared out by cost: what one piece does not use, those after it have."""

    def __init__(self, seconds: float, cost: int) -> None:
        self._end, self._cost = time.monotonic() + seconds, cost

    def share(self, cost: int) -> float:
        """Seconds for the next piece of work, of this cost."""
        share = cost / max(self._cost, 1)
        self._cost -= cost
        return self.left() * share

    def left(self) -> float:
        """Seconds until the end, 0 after it."""
        return max(self._end - time.monotonic(), 0.0)
