"""Where several processes of one server add up their figures: files that each of them writes and one of them reads.

The library decides at its import whether it works so, by an environment variable: whoever starts the processes sets it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def environment(instance: Path, name: str) -> dict[str, str]:
    """An empty folder for the processes of one server, as their environment names it.

    `name` is this server's own on this machine (its port): another one that shares the instance has another folder.
    """
    folder = instance / "figures" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    return {VARIABLE: str(folder)}
