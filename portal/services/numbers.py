"""The short numbers people call a case or a provider by: one after the other within an NGO."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from portal.extensions import db
from portal.models import Tenant
from portal.tenancy import current


def following(column: InstrumentedAttribute[int]) -> int:
    """The number after the highest. Whoever asks at the same time waits for this commit: else both got the same one,
    and the second person's form was refused.

    The lock lets through what only refers to the NGO, which every new row does. SQLite has one writer anyway.
    """
    db.session.execute(select(Tenant.id).where(Tenant.id == current()).with_for_update(key_share=True))
    return (db.session.scalar(select(func.max(column))) or 0) + 1
