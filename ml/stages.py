"""How long the stages of a run took, and the most memory that it held by the end of each."""

from __future__ import annotations

import platform
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

STATUS = Path("/proc/self/status")


@dataclass
class Stage:
    """Seconds by the clock, and of processor time with that of processes it started; the peak in MB at its end."""

    seconds: float = 0.0
    processor: float = 0.0
    peak_mb: int = 0


class Stages:
    """Times of named stages; one that is entered again goes on."""

    def __init__(self) -> None:
        self.found: dict[str, Stage] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """What runs within is of this stage."""
        started, used = time.perf_counter(), processor_seconds()
        yield
        stage = self.found.setdefault(name, Stage())
        stage.seconds += time.perf_counter() - started
        stage.processor += processor_seconds() - used
        stage.peak_mb = peak_mb()

    def plain(self) -> dict[str, dict[str, Any]]:
        """Stage → its figures."""
        return {name: {key: round(value, 3) for key, value in asdict(stage).items()}
                for name, stage in self.found.items()}

    def lines(self) -> list[str]:
        """A table, one line a stage."""
        return [f"{'stage':12}{'seconds':>10}{'processor s':>13}{'peak MB':>9}"] + [
            f"{name:12}{stage.seconds:10.1f}{stage.processor:13.1f}{stage.peak_mb:9,}"
            for name, stage in self.found.items()
        ]


def processor_seconds() -> float:
    """Of this process, its threads, and the processes it started and saw end."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def peak_mb() -> int:
    """The most memory this process held, in MB.

    Linux counts into `ru_maxrss` what the program held that started this one; the figure of its own is `VmHWM`.
    """
    if STATUS.exists():
        lines = STATUS.read_text(encoding="ascii", errors="replace").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024
    scale = 2**20 if platform.system() == "Darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // scale
