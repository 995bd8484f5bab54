"""Long work that people asked for: what waits, what is at work, how far, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import policy, wording
from portal.events import Job
from portal.policy import Actor, Permission
from portal.queries import jobs, people
from portal.queries.jobs import Standing
from portal.services import again
from portal.services import jobs as service
from portal.views import paging
from portal.views.access import screen
from portal.views.attempt import attempt
from portal.views.base import PortalView, load

PAGE = 20
PAGES: dict[str, Callable[[Job], str]] = {}  # event → where what came of it is, or where it is asked for


@dataclass(frozen=True)
class Line:
    """A job as a page shows it."""

    job: Job
    standing: Standing
    who: str
    said: str  # what came of it, or what to do
    url: str
    may_cancel: bool


class Jobs(PortalView):
    """What the worker does that takes long."""

    @screen("/", Permission.JOB_LIST)
    def index(self) -> str:
        """What is not over first."""
        return self.render("jobs/index.html", **self._page())

    @screen("/list", Permission.JOB_LIST)
    def fragment(self) -> str:
        """The part that changes while the worker is at it."""
        return self.render("jobs/_list.html", **self._page())

    @screen("/<job_id>/cancel", Permission.JOB_CANCEL, ("POST",))
    def cancel(self, job_id: str) -> Response | tuple[str, int]:
        """Ask it to stop."""
        job = load(Job, job_id, Permission.JOB_CANCEL)
        obstacle = attempt(lambda: service.cancel(job.id))
        if obstacle is not None:
            return self.render("jobs/index.html", **self._page(), problems=obstacle.texts), obstacle.status
        if job.status == "cancelled":
            flash(_("Cancelado antes de empezar."), "success")
        else:
            flash(_("Se pidió que pare. Si ya estaba terminando, queda hecho y aquí se dirá."), "success")
        return redirect(url_for(".index"))

    @screen("/<job_id>/again", Permission.JOB_READ, ("POST",))
    def again(self, job_id: str) -> Response | tuple[str, int]:
        """The same work once more, where it failed or was stopped."""
        job = load(Job, job_id, Permission.JOB_READ)
        obstacle = attempt(lambda: again.ask(self.actor, job))
        if obstacle is not None:
            return self.render("jobs/index.html", **self._page(), problems=obstacle.texts), obstacle.status
        flash(_("Se pidió de nuevo."), "success")
        return redirect(url_for(".index"))

    def _page(self) -> dict[str, Any]:
        number = paging.asked()
        found, count = jobs.asked_for(self.actor, PAGE, number)
        lines = lines_of(self.actor, found)
        return {
            "lines": lines, "pages": paging.links(number, count, PAGE, url_for("jobs.index")), "number": number,
            "again": again.offered(self.actor, found), "open": any(one.standing.is_open for one in lines),
        }


def lines_of(actor: Actor, found: list[Job]) -> list[Line]:
    """Jobs with all a page says of them."""
    names = {one.user_id: one.name for one in people.colleagues()} if found else {}
    return [_line(actor, job, names) for job in found]


def _line(actor: Actor, job: Job, names: dict[Any, str]) -> Line:
    at, may = jobs.of(job), policy.allowed(actor, Permission.JOB_CANCEL, job)
    said = wording.came_of(job.event, at.state, job.result)
    return Line(job, at, names.get(job.asked_by_id, ""), said, PAGES.get(job.event, lambda _: "")(job),
                may and at.is_open and not at.cancel_asked)
