"""Is this process alive, and does what it stands on answer?"""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy import func, select

from portal.extensions import db
from portal.models import Tenant
from portal.views.access import PUBLIC, needs

health = Blueprint("health", __name__)


@health.get("/health", endpoint="health")
@needs(PUBLIC)
def answer() -> tuple[dict[str, str], int]:
    """200 when the database answers, 503 when not (by the error page)."""
    db.session.scalar(select(func.count(Tenant.id)))
    return {"status": "ok"}, 200
