"""What this process stands on, and whether it is there. Each part registers how it is asked."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from portal.watching import logs

Probe = Callable[[], bool]
PROBES = "probes"
log = logs.get("portal.readiness")


def register(app: Flask, part: str, probe: Probe) -> None:
    """Ask this too, from now on. A probe says no, or raises; both are a no."""
    app.extensions.setdefault(PROBES, {})[part] = probe


def parts(app: Flask) -> dict[str, bool]:
    """Each part, and whether it is there."""
    return {name: _ask(name, probe) for name, probe in app.extensions.get(PROBES, {}).items()}


def _ask(part: str, probe: Probe) -> bool:
    try:
        return bool(probe())
    except Exception as error:  # whatever it is: the part is not ready, and the log says why
        log.warning("not_ready", part=part, exc_info=error)
        return False
