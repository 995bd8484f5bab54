"""Is this process alive, and does what it stands on answer? For machines: they are told which part, never why."""

from __future__ import annotations

from flask import Blueprint, current_app
from sqlalchemy import func, select

from portal.extensions import db
from portal.models import Tenant
from portal.views import problems
from portal.views.access import PUBLIC, needs
from portal.watching import readiness

health = Blueprint("health", __name__)


@health.get("/health", endpoint="health")
@needs(PUBLIC)
def answer() -> tuple[dict[str, str], int]:
    """200 when the database answers, 503 when not (by the error page)."""
    db.session.scalar(select(func.count(Tenant.id)))
    return {"status": "ok"}, 200


@health.get("/healthz", endpoint="alive")
@needs(PUBLIC)
def alive() -> tuple[dict[str, str], int]:
    """200 while this process answers at all. It touches nothing: a database that is away is no reason to restart."""
    return {"status": "ok"}, 200


@health.get("/readyz", endpoint="ready")
@needs(PUBLIC)
def ready() -> tuple[dict[str, object], int, dict[str, str]]:
    """503 when a part is away that pages cannot do without; the names of those that are away."""
    away = sorted(name for name, is_there in readiness.parts(current_app).items() if not is_there)
    if any(readiness.is_needed(current_app, name) for name in away):
        return {"status": "not ready", "away": away}, 503, {"Retry-After": str(problems.RETRY)}
    return {"status": "ok", "away": away}, 200, {}
