"""What this process stands on, and whether it is there. Each part registers how it is asked."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from portal.watching import logs

Probe = Callable[[], bool]
PROBES, NEEDED = "probes", "probes_needed"
log = logs.get("portal.readiness")


def register(app: Flask, part: str, probe: Probe, needed: bool = True) -> None:
    """Ask this too, from now on. A probe says no, or raises; both are a no.

    A process without a part that it does not need still answers: its figures say that the part is away.
    """
    app.extensions.setdefault(PROBES, {})[part] = probe
    app.extensions.setdefault(NEEDED, {})[part] = needed


def is_needed(app: Flask, part: str) -> bool:
    """Should nobody be sent here while this part is away?"""
    return bool(app.extensions[NEEDED][part])


def parts(app: Flask) -> dict[str, bool]:
    """Each part, and whether it is there."""
    return {name: _ask(name, probe) for name, probe in app.extensions.get(PROBES, {}).items()}


def _ask(part: str, probe: Probe) -> bool:
    try:
        return bool(probe())
    except Exception as error:  # whatever it is: the part is not ready, and the log says why
        log.warning("not_ready", part=part, exc_info=error)
        return False
