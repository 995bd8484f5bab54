"""What the worker found out and any web process may tell: small files in the instance folder, which they share.

They hold sums over all NGOs and instants, as every figure does. One that is missing, old or unreadable says nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from portal import clock
from portal.watching import logs

log = logs.get("portal.notes")


def write(instance: Path, name: str, values: Mapping[str, Any]) -> None:
    """Keep values under a name, whole or not at all. Where that fails the log says so, and nothing else stops."""
    path, made = instance / name, instance / f".{name}.{os.getpid()}"
    try:
        made.write_text(json.dumps({**values, "at": clock.now().isoformat()}), encoding="utf-8")
        os.replace(made, path)
    except OSError as error:
        log.warning("note_not_kept", file=name, exc_info=error)


def read(instance: Path, name: str, younger: timedelta) -> dict[str, Any] | None:
    """What was kept under a name since then; None where nothing was."""
    try:
        found: dict[str, Any] = json.loads((instance / name).read_text(encoding="utf-8"))
        age = clock.now() - datetime.fromisoformat(found["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if timedelta(0) <= age < younger else None
