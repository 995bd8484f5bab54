"""The score and its versions: teaching it, what each version showed, and which one ranks."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from portal import events
from portal.events import Job
from portal.policy import Permission, allowed
from portal.queries import decisions, jobs, tenants
from portal.services import shadow, versions
from portal.tenancy import current_or_none
from portal.views import model_figures
from portal.views.access import screen
from portal.views.attempt import Obstacle, attempt
from portal.views.base import PortalView
from portal.views.jobs import PAGES, Line, lines_of
from portal.views.links import page_at

Answer = AnyResponse | tuple[str, int]
ALONE = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"  # a page without scripts


class Models(PortalView):
    """What puts suggestions in order, and where it comes from."""

    @screen("/", Permission.MODEL_READ)
    def index(self) -> str:
        """Which one ranks, the versions in sight, and a training."""
        return self._page()

    @screen("/state", Permission.MODEL_READ)
    def fragment(self) -> str:
        """The part about a training, which changes while it runs."""
        return self.render("models/_training.html", line=self._training(), **self._readiness())

    @screen("/train", Permission.MODEL_TRAIN, ("POST",))
    def train(self) -> Answer:
        """Have it learn from the NGO's decisions."""
        obstacle = attempt(lambda: versions.teach(self.actor))
        if obstacle is not None:
            return self._page(obstacle.texts), obstacle.status
        flash(_("Empezó. Puede cerrar esta página: sigue sola."), "success")
        return redirect(url_for(".index"))

    @screen("/compare", Permission.MODEL_READ)
    def compare(self) -> str:
        """Two versions side by side."""
        found = [versions.figures(request.args.get(name, "")) for name in ("one", "other")]
        figures = [one for _version, one in found]
        return self.render(
            "models/compare.html", pair=[version for version, _figures in found],
            rows=model_figures.compared(figures), same=figures[0].get("data") == figures[1].get("data"),
        )

    @screen("/rollback", Permission.MODEL_PROMOTE, ("POST",))
    def rollback(self) -> Answer:
        """The version before ranks again."""
        obstacle = attempt(lambda: versions.rollback(self.actor))
        if obstacle is not None:
            return self._page(obstacle.texts), obstacle.status
        flash(_("Ordena otra vez la versión anterior."), "success")
        return redirect(url_for(".index"))

    @screen("/<version>", Permission.MODEL_READ)
    def show(self, version: str) -> str:
        """What a version showed, beside its baselines."""
        return self._version(version)

    @screen("/<version>/report", Permission.MODEL_READ)
    def report(self, version: str) -> Response:
        """The whole report, with its plots."""
        answer = Response(versions.report(version), mimetype="text/html")
        answer.headers["Content-Security-Policy"] = ALONE
        return answer

    @screen("/<version>/promote", Permission.MODEL_PROMOTE, ("POST",))
    def promote(self, version: str) -> Answer:
        """Let it rank, for every NGO."""
        obstacle = attempt(lambda: versions.promote(self.actor, version, request.form.get("reason", "")))
        if obstacle is not None:
            return self._version(version, obstacle), obstacle.status
        flash(_("Desde ahora ordena esta versión."), "success")
        return redirect(url_for(".show", version=version))

    def _page(self, problems: tuple[str, ...] = ()) -> str:
        return self.render(
            "models/index.html", ranking=versions.ranking(), versions=versions.in_sight(), ngos=_names(),
            history=versions.history() if current_or_none() is None else [], problems=problems,
            line=self._training(), **self._readiness(),
        )

    def _version(self, name: str, obstacle: Obstacle | None = None) -> str:
        version, figures = versions.figures(name)
        inside = current_or_none() is not None
        return self.render(
            "models/show.html", version=version, figures=figures, closed=versions.closed(figures), ngos=_names(),
            doubts=versions.doubts(figures),
            shadow=shadow.of(name) if inside and not version.ranks else None, typed=request.form,
            problems=obstacle.texts if obstacle is not None else (), heads=model_figures.heads(),
            splits=model_figures.splits(figures), swaps=model_figures.swaps(figures),
        )

    def _training(self) -> Line | None:
        """The last training of the NGO at work, as far as this person may see it."""
        job = jobs.last(events.TRAIN) if current_or_none() is not None else None
        seen = job is not None and allowed(self.actor, Permission.JOB_READ, job)
        return lines_of(self.actor, [job])[0] if job is not None and seen else None

    def _readiness(self) -> dict[str, Any]:
        """How many families may teach, and how many are needed."""
        may = allowed(self.actor, Permission.MODEL_TRAIN)
        return {"families": decisions.teachable() if may else 0, "fewest": versions.FEWEST}


def _names() -> dict[str, str]:
    """Id → name of every NGO, for who sees the versions of all."""
    return {str(one.id): one.name for one in tenants.every()} if current_or_none() is None else {}


def _where(job: Job) -> str:
    """The version a training made, or where one is asked for."""
    if not allowed(g.get("actor"), Permission.MODEL_READ):
        return ""
    name = str(job.result.get("version", ""))
    return page_at("models.show", version=name) if name else page_at("models.index")


PAGES[events.TRAIN] = _where
