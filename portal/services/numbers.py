"""The short numbers people call a case or a provider by: one after the other within an NGO."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from portal.extensions import db
from portal.tenancy import hold


def following(column: InstrumentedAttribute[int]) -> int:
    """The number after the highest. Whoever asks at the same time waits for this commit: else both got the same one,
    and the second person's form was refused."""
    hold(db.session())
    return (db.session.scalar(select(func.max(column))) or 0) + 1
