"""The machine that a bench ran on, as every table's head names it."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path
from typing import Any

from rich.console import Console

CPUS = Path("/proc/cpuinfo")
WIDTH = 120  # columns: the widest table


def machine() -> dict[str, Any]:
    """The processor, its cores, what else keeps them busy, Python and system."""
    load = round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None
    return {"processor": processor(), "cores": os.cpu_count(), "load": load,
            "python": platform.python_version(), "system": platform.system()}


def processor(told: Path = CPUS) -> str:
    """The model of the processor: what Python calls it is empty on many a Linux."""
    text = told.read_text(encoding="utf-8", errors="replace") if told.exists() else ""
    named = re.search(r"^model name\s*:\s*(\S.*?)\s*$", text, re.MULTILINE)
    return named[1] if named else platform.processor() or platform.machine()


def line(found: dict[str, Any]) -> str:
    """In one line."""
    return (f"{found['processor']}, {found['cores']} cores, load {found['load']}, Python {found['python']}, "
            f"{found['system']}")


def printer() -> Console:
    """At least as wide as the widest table, on whatever is narrower too: a figure that is cut off is none."""
    here = Console()
    return here if here.width >= WIDTH else Console(width=WIDTH)
