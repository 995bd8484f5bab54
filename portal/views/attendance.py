"""Attendance by day. What nobody recorded is unknown, and unknown is never absence."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import audit
from portal.models import Placement
from portal.models.placement import ATTENDANCE
from portal.policy import Permission
from portal.queries import placements as queries
from portal.services import placements
from portal.views.access import screen
from portal.views.attempt import attempt
from portal.views.base import PortalView, load
from portal.views.weeks import grid, two_weeks


class Attendance(PortalView):
    """Two weeks of one placement."""

    def is_visible(self) -> bool:
        """The page of the placement leads here, no menu."""
        return False

    @screen("/<placement_id>", Permission.ATTENDANCE_RECORD, ("GET", "POST"))
    def index(self, placement_id: str) -> Response | str | tuple[str, int]:
        """The grid, to be filled in and saved as a whole."""
        placement = load(Placement, placement_id, Permission.ATTENDANCE_RECORD, *queries.WHOLE)
        first = two_weeks(placement, request.values.get("from", ""))
        if request.method == "GET":
            return self._show(placement, first, ())
        weeks = grid(placement, first)

        def record() -> None:
            for one in weeks.days:
                value = request.form.get(f"day-{one.day.isoformat()}")
                if value is not None and value != one.value:
                    placements.record_day(self.actor, placement, one.day, value)

        obstacle = attempt(record)
        if obstacle is not None:
            fresh = load(Placement, placement_id, Permission.ATTENDANCE_RECORD, *queries.WHOLE)
            return self._show(fresh, first, obstacle.texts), obstacle.status
        flash(_("Asistencia guardada."), "success")
        return redirect(url_for("attendance.index", placement_id=placement_id, **{"from": first.isoformat()}))

    def _show(self, placement: Placement, first: date, problems: tuple[str, ...]) -> str:
        audit.record("read", placement.family)
        return self.render(
            "placements/attendance.html", placement=placement, child=placement.child, grid=grid(placement, first),
            values=("", *ATTENDANCE), problems=problems, typed=request.form,
        )
