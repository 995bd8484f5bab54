"""`/metrics`: what all processes counted, and how things are at this moment."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, current_app, request
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from portal.errors import NotFoundError
from portal.queries import state
from portal.services import matching
from portal.views.access import PUBLIC, needs
from portal.watching import exposition, readiness

figures = Blueprint("figures", __name__)


@figures.get("/metrics", endpoint="figures")
@needs(PUBLIC)
def answer() -> Response:
    """The figures, for whoever bears METRICS_TOKEN; for others there is no such page."""
    token = current_app.config["SETTINGS"].metrics_token
    if not exposition.may_ask(token, request.headers.get("Authorization", "")):
        raise NotFoundError
    return Response(exposition.text(Now()), content_type=CONTENT_TYPE_PLAIN_0_0_4)


class Now(Collector):
    """What is so when Prometheus asks, some of it counted by the worker's last sweep.

    With the database away it says so, and leaves out what it cannot know.
    """

    def collect(self) -> Iterator[Metric]:
        parts = readiness.parts(current_app)
        yield _gauge("ayni_ready", "Is this part there?", "part", {name: float(yes) for name, yes in parts.items()})
        yield from _files()
        try:
            yield from _state(state.now(current_app.config["SETTINGS"].instance))
        except SQLAlchemyError:
            return


def _state(found: state.State) -> Iterator[Metric]:
    yield _gauge("ayni_jobs_waiting", "Jobs nobody did yet.", "event", dict(found.waiting) or {"none": 0})
    yield GaugeMetricFamily("ayni_jobs_failed", "Jobs given up.", found.failed)
    yield GaugeMetricFamily("ayni_jobs_oldest_seconds", "Age of the oldest waiting job.", found.oldest_seconds)
    yield GaugeMetricFamily("ayni_holds", "Seats held for a proposal.", found.held)
    yield GaugeMetricFamily("ayni_holds_ending", "Held seats whose time is over within a day.", found.ending)


def _files() -> Iterator[Metric]:
    settings = current_app.config["SETTINGS"]
    at = state.backup_at(settings.instance, [settings.backup_folder] if settings.backup_folder else [])
    yield GaugeMetricFamily("ayni_backup_timestamp_seconds", "When the last backup was made; 0: never.", at)
    yield GaugeMetricFamily(
        "ayni_score_drift", "Population stability index of the score: last week against the four before; absent where "
        "nobody measured it yet, or too few lists were made.", state.drift(settings.instance),
    )
    ranks = matching.ranking()
    yield _gauge("ayni_model", "The version of the score that ranks; refused: 1 stands in for it.", "version",
                 {ranks.scorer.version: 1.0})
    yield GaugeMetricFamily("ayni_model_refused", "Is the promoted version refused?", float(bool(ranks.refused)))


def _gauge(name: str, told: str, label: str, values: dict[str, float]) -> Metric:
    family = GaugeMetricFamily(name, told, labels=[label])
    for code, value in sorted(values.items()):
        family.add_metric([code], value)
    return family
